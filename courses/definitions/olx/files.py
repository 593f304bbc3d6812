"""Files of a course in OLX: a folder, or a packed export that is read without trust."""

import os
import tarfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, Final, Protocol

from authsvc.kernel.errors import FieldError
from courses.domain.errors import InvalidDefinition

ROOT: Final = "course.xml"
LONGEST_FILE: Final = 4_000_000
MOST_BYTES: Final = 200_000_000
MOST_BYTES_KEPT: Final = 40_000_000
"""Bytes of all files in an archive that can be read. They are in memory together."""
MOST_MEMBERS: Final = 5_000
LONGEST_NAME: Final = 500
LONGEST_HEADER: Final = 100_000
"""Bytes of an archive in front of the content of a file. A name can be in a header of any length."""
DEEPEST_FOLDER: Final = 10
"""Files in deeper folders are not read. Open edX has none that are."""
END_OF_ARCHIVE: Final = 2 * tarfile.BLOCKSIZE
"""Bytes of zeros that close every tar archive (POSIX.1-2017, pax, "ustar Interchange Format")."""
BUFFER: Final = 65_536
CHUNK: Final = 1_048_576
"""Compressed bytes that are read at once."""
GZIP: Final = zlib.MAX_WBITS | 16
MOST_COMPRESSED: Final = 100
"""Parts of an archive that are compressed separately (RFC 1952 §2.2). What follows a part is copied for each."""
READ: Final = frozenset({".xml", ".html", ".json"})
"""Other files, such as pictures, are named alone."""


class UnreadableFile(Exception):
    """A file cannot be read; the message says why."""


class CourseFiles(Protocol):
    """The files of a course, by name."""

    def names(self) -> list[str]:
        """The names of all files, sorted."""

    def has(self, name: str) -> bool:
        """Whether there is a file that can be read."""

    def content(self, name: str) -> bytes:
        """The first LONGEST_FILE + 1 bytes of the file. Raises UnreadableFile."""


@dataclass(frozen=True, slots=True)
class FolderFiles:
    """Files in a folder. Links are followed as long as they stay in it."""

    root: Path
    _real_root: Path = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_real_root", self.root.resolve())

    def names(self) -> list[str]:
        """Without hidden files, and those in folders that are too deep."""
        return sorted(self._names_in(""))

    def _names_in(self, folder: str) -> Iterator[str]:
        """The folder is named with a slash at its end, except for the root."""
        with os.scandir(self.root / folder) as entries:
            for entry in entries:
                name = f"{folder}{entry.name}"
                if entry.name.startswith("."):
                    continue
                if entry.is_dir(follow_symlinks=False):
                    if name.count("/") + 1 < DEEPEST_FOLDER:
                        yield from self._names_in(f"{name}/")
                elif entry.is_file(follow_symlinks=False) or self.has(name):
                    yield name

    def has(self, name: str) -> bool:
        try:
            self._path(name)
        except UnreadableFile:
            return False
        return True

    def content(self, name: str) -> bytes:
        path = self._path(name)
        try:
            with path.open("rb") as stream:
                return stream.read(LONGEST_FILE + 1)
        except OSError:
            raise UnreadableFile(f"{name} cannot be read") from None

    def _path(self, name: str) -> Path:
        """The file, which is in the folder after links are resolved. Raises UnreadableFile."""
        try:
            path = (self.root / name).resolve()
            is_file = path.is_file()
        except (OSError, RuntimeError, ValueError):
            # A link to itself is a RuntimeError before Python 3.13; a NUL in the name is a ValueError.
            raise UnreadableFile(f"{name} cannot be read") from None
        if not path.is_relative_to(self._real_root):
            raise UnreadableFile(f"{name} is outside of the course")
        if not is_file:
            raise UnreadableFile(f"{name} is missing")
        return path


@dataclass(frozen=True, slots=True)
class ArchiveFiles:
    """Files of an archive, in memory."""

    contents: Mapping[str, bytes]

    def names(self) -> list[str]:
        return sorted(self.contents)

    def has(self, name: str) -> bool:
        return name in self.contents

    def content(self, name: str) -> bytes:
        if name not in self.contents:
            raise UnreadableFile(f"{name} is missing")
        return self.contents[name]


class _BadArchive(Exception):
    """The archive is not unpacked; the message says why."""


class _Unpacked:
    """The plain content of a gzip file (RFC 1952), with a limit on its bytes, however small the file is."""

    def __init__(self, stream: BinaryIO, most: int) -> None:
        self._stream = stream
        self._gzip = zlib.decompressobj(wbits=GZIP)
        self._parts = 1
        self._left = most
        self._until = LONGEST_HEADER
        self.position = 0
        self.end_of_data = 0
        """Position behind the last byte so far that is not zero."""

    def expect(self, size: int) -> None:
        """Let only so many bytes be read from here on, for the rest of a file and the header of the next one."""
        self._until = self.position + size

    def read(self, size: int) -> bytes:
        if self.position > self._until:
            raise _BadArchive(f"it contains a header of more than {LONGEST_HEADER:,} bytes")
        content = self._decompressed(min(size, self._left + 1))
        self._left -= len(content)
        if self._left < 0:
            raise _BadArchive(f"it is larger than {MOST_BYTES:,} bytes when unpacked")
        if content != bytes(len(content)):  # comparing zeros is much faster than stripping them
            self.end_of_data = self.position + len(content.rstrip(b"\0"))
        self.position += len(content)
        return content

    def _decompressed(self, size: int) -> bytes:
        """Up to so many bytes; none at the end, where zlib compares checksum and length.

        Raises zlib.error, EOFError.
        """
        parts: list[bytes] = []
        while size > 0:
            is_at_end = self._gzip.eof
            packed = self._next_part() if is_at_end else self._gzip.unconsumed_tail
            if is_at_end and not packed:
                break
            packed = packed or self._stream.read(CHUNK)
            content = self._gzip.decompress(packed, size)
            if not packed and not content:
                raise EOFError
            parts.append(content)
            size -= len(content)
        return b"".join(parts)

    def _next_part(self) -> bytes:
        """The beginning of the next compressed part; empty at the end of the file, which may be padded with zeros."""
        packed = self._gzip.unused_data.lstrip(b"\0")
        while not packed and (more := self._stream.read(CHUNK)):
            packed = more.lstrip(b"\0")
        if packed:
            self._gzip = zlib.decompressobj(wbits=GZIP)
            self._parts += 1
        if self._parts > MOST_COMPRESSED:
            raise _BadArchive(f"it contains more than {MOST_COMPRESSED:,} compressed parts")
        return packed

    def drain(self) -> None:
        """Read the rest, which must be all that the file has."""
        self.expect(MOST_BYTES)
        while self.read(CHUNK):
            pass


def is_readable(name: str) -> bool:
    return os.path.splitext(name)[1] in READ  # noqa: PTH122  # ten times as fast as a path


def is_archive(file: Path) -> bool:
    return file.name.lower().endswith((".tar.gz", ".tgz"))


def files_of(source: Path) -> CourseFiles:
    """The files in a folder or an archive. Raises InvalidDefinition, OSError."""
    if not is_archive(source) or source.is_dir():
        return FolderFiles(source)
    with source.open("rb") as stream:
        try:
            return ArchiveFiles(_in_course(_contents(stream)))
        except _BadArchive as error:
            detail = str(error)
        except (tarfile.TarError, zlib.error, EOFError, OSError, ValueError, OverflowError):
            # A corrupt header can raise any of these.
            detail = "it is not a complete archive"
    raise InvalidDefinition(FieldError(path=source.name, detail=detail))


def _contents(stream: BinaryIO) -> dict[str, bytes]:
    """By name, the content of each file; of files that are never read, nothing."""
    contents: dict[str, bytes] = {}
    size = 0
    unpacked = _Unpacked(stream, MOST_BYTES)
    with tarfile.open(fileobj=unpacked, mode="r|", bufsize=BUFFER) as archive:  # type: ignore[call-overload]  # reads alone
        for number, member in enumerate(archive, start=1):
            if number > MOST_MEMBERS:
                raise _BadArchive(f"it contains more than {MOST_MEMBERS:,} files")
            unpacked.expect(member.size + LONGEST_HEADER)
            name = _name_of(member)
            if member.isdir() or name.count("/") >= DEEPEST_FOLDER:
                continue
            contents[name] = content = _content(archive, member, name)
            size += len(content)
            if size > MOST_BYTES_KEPT:
                raise _BadArchive(f"it contains more than {MOST_BYTES_KEPT:,} bytes of text")
        unpacked.drain()
        _check_end(unpacked, end_of_members=archive.offset)
    return contents


def _check_end(content: _Unpacked, *, end_of_members: int) -> None:
    """Raise TarError unless zeros, enough of them and nothing else, follow the members.

    tarfile takes a missing or unreadable header, wherever it stands but at the beginning, for the end of the archive.
    """
    has_more = content.end_of_data > end_of_members
    if has_more or content.position < end_of_members + END_OF_ARCHIVE:
        raise tarfile.ReadError


def _name_of(member: tarfile.TarInfo) -> str:
    parts = [part for part in member.name.split("/") if part not in ("", ".")]
    if member.name.startswith("/") or ".." in parts or "\\" in member.name:
        raise _BadArchive(f"it contains a file outside of its folder, {_shown(member)}")
    if len(member.name) > LONGEST_NAME:
        raise _BadArchive(f"it contains a file whose name is too long, {_shown(member)}")
    if not (member.isdir() or member.isreg()):
        raise _BadArchive(f"it contains something that is not a file, {_shown(member)}")
    return "/".join(parts)


def _content(archive: tarfile.TarFile, member: tarfile.TarInfo, name: str) -> bytes:
    stream = archive.extractfile(member) if is_readable(name) else None
    if stream is None:
        return b""
    if member.size > LONGEST_FILE:
        raise _BadArchive(
            f"it contains a file of more than {LONGEST_FILE:,} bytes, {_shown(member)}"
        )
    return stream.read()


def _shown(member: tarfile.TarInfo) -> str:
    return repr(member.name[:100])


def _in_course(contents: Mapping[str, bytes]) -> dict[str, bytes]:
    """The files in the folder of course.xml: the top, or the first folder in it that has one."""
    roots = sorted(name for name in contents if name.partition("/")[2] == ROOT)
    folder = "" if ROOT in contents or not roots else roots[0].removesuffix(ROOT)
    return {
        name.removeprefix(folder): content
        for name, content in contents.items()
        if name.startswith(folder) and not _is_hidden(name.removeprefix(folder))
    }


def _is_hidden(name: str) -> bool:
    return name.startswith(".") or "/." in name
