"""Packed exports of Open edX, unpacked without trust."""

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
READ: Final = frozenset({".xml", ".html"})
"""What else a course has, such as pictures, is not looked at."""


class _Refused(Exception):
    """The archive is not one that is unpacked; says why."""


class _Bounded:
    """Gives no more than so many bytes, however small the archive is that they come from."""

    def __init__(self, stream: GzipFile, most: int) -> None:
        self._stream = stream
        self._left = most

    def read(self, size: int) -> bytes:
        content = self._stream.read(min(size, self._left + 1))
        self._left -= len(content)
        if self._left < 0:
            raise _Refused("there is too much in it")
        return content


def is_archive(file: Path) -> bool:
    return file.name.lower().endswith((".tar.gz", ".tgz"))


@contextmanager
def unpacked(archive: Path) -> Iterator[Path]:
    """The folder with the course, for as long as the context lasts. Raises InvalidDefinition, OSError."""
    with TemporaryDirectory(prefix="olx-") as place, archive.open("rb") as stream:
        folder = Path(place)
        try:
            _unpack(stream, folder)
        except _Refused as error:
            detail = str(error)
        except (tarfile.TarError, zlib.error, EOFError, OSError, ValueError, OverflowError):
            # A header that was tampered with fails in any of these ways.
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
    """Where course.xml lies: at the top, or in a folder at the top."""
    found = sorted(folder.glob(f"*/{ROOT}"))
    return found[0].parent if found and not (folder / ROOT).is_file() else folder
