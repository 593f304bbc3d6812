"""Safe extraction of Open edX exports (tar, packed with gzip)."""

import tarfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from gzip import GzipFile
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import BinaryIO, Final

from authsvc.kernel.errors import Complaint
from courses.definitions.olx.folders import LONGEST_FILE
from courses.definitions.olx.reading import ROOT
from courses.domain.errors import InvalidDefinition

MOST_BYTES: Final = 200_000_000
MOST_MEMBERS: Final = 20_000
LONGEST_NAME: Final = 500
END_OF_ARCHIVE: Final = 2 * tarfile.BLOCKSIZE
"""Bytes of zeros that close every tar archive (POSIX.1-2017, pax, "ustar Interchange Format")."""
CHUNK: Final = 65_536
READ: Final = frozenset({".xml", ".html"})
"""Extensions of the files that are unpacked; all else, such as pictures, is skipped."""


class _Refused(Exception):
    """The archive is not unpacked; the message says why."""


class _Bounded:
    """Reads at most so many bytes, however small the archive that they are unpacked from."""

    def __init__(self, stream: GzipFile, most: int) -> None:
        self._stream = stream
        self._left = most
        self.position = 0
        self.end_of_data = 0
        """Position behind the last byte so far that is not zero."""

    def read(self, size: int) -> bytes:
        content = self._stream.read(min(size, self._left + 1))
        self._left -= len(content)
        if self._left < 0:
            raise _Refused("there is too much in it")
        if data := content.rstrip(b"\0"):
            self.end_of_data = self.position + len(data)
        self.position += len(content)
        return content

    def drain(self) -> None:
        """Read the rest, so that gzip compares its checksum and length."""
        while self.read(CHUNK):
            pass


def is_archive(file: Path) -> bool:
    return file.name.lower().endswith((".tar.gz", ".tgz"))


@contextmanager
def unpacked(archive: Path) -> Iterator[Path]:
    """Unpack into a temporary folder; yield the course's place in it. Raises InvalidDefinition, OSError."""
    with TemporaryDirectory(prefix="olx-") as place, archive.open("rb") as stream:
        folder = Path(place)
        try:
            _unpack(stream, folder)
        except _Refused as error:
            detail = str(error)
        except (tarfile.TarError, zlib.error, EOFError, OSError, ValueError, OverflowError):
            # A damaged header raises any of these.
            detail = "it is not a whole archive"
        else:
            yield _course_in(folder)
            return
        raise InvalidDefinition(Complaint(path=archive.name, detail=detail))


def _unpack(stream: BinaryIO, folder: Path) -> None:
    with GzipFile(fileobj=stream) as plain:
        bounded = _Bounded(plain, MOST_BYTES)
        with tarfile.open(fileobj=bounded, mode="r|") as archive:  # type: ignore[call-overload]  # reads alone
            for number, member in enumerate(archive, start=1):
                if number > MOST_MEMBERS:
                    raise _Refused("it holds too many files")
                _put(archive, member, folder)
            bounded.drain()
            _check_end(bounded, end_of_members=archive.offset)


def _check_end(content: _Bounded, *, end_of_members: int) -> None:
    """Raise TarError unless zeros, enough of them and nothing else, follow the members.

    tarfile takes a missing or unreadable header, wherever it stands but at the beginning, for the end of the archive.
    """
    has_more = content.end_of_data > end_of_members
    if has_more or content.position < end_of_members + END_OF_ARCHIVE:
        raise tarfile.ReadError


def _put(archive: tarfile.TarFile, member: tarfile.TarInfo, folder: Path) -> None:
    name = PurePosixPath(member.name)
    if name.is_absolute() or ".." in name.parts or "\\" in member.name:
        raise _Refused(f"it holds a file outside of itself, {_shown(member)}")
    if len(member.name) > LONGEST_NAME:
        raise _Refused(f"it holds a file with too long a name, {_shown(member)}")
    if member.isdir():
        return
    if not member.isreg():
        raise _Refused(f"it holds something that is no file, {_shown(member)}")
    content = archive.extractfile(member)
    if name.suffix not in READ or content is None:
        return
    if member.size > LONGEST_FILE:
        raise _Refused(f"it holds a file that is too long, {_shown(member)}")
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.read())


def _shown(member: tarfile.TarInfo) -> str:
    return repr(member.name[:100])


def _course_in(folder: Path) -> Path:
    """The folder with course.xml: the top one, or one directly below it."""
    roots = sorted(folder.glob(f"*/{ROOT}"))
    return roots[0].parent if roots and not (folder / ROOT).is_file() else folder
