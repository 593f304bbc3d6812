"""Files of a course in OLX: a folder, or a packed export that is unpacked without trust."""

import tarfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from gzip import GzipFile
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import BinaryIO, Final

from authsvc.kernel.errors import FieldError
from courses.definitions.olx.markup import (
    Effort,
    Element,
    TooMuch,
    UnreadableHtml,
    UnreadableXml,
    markdown_of,
    parse,
)
from courses.domain.errors import InvalidDefinition

ROOT: Final = "course.xml"
LONGEST_FILE: Final = 4_000_000
MOST_FILES: Final = 20_000
MOST_BYTES_READ: Final = 50_000_000
"""Bytes of all files that are read; a file that is read again counts again."""
MOST_BYTES: Final = 200_000_000
MOST_MEMBERS: Final = 10_000
LONGEST_NAME: Final = 500
LONGEST_HEADER: Final = 100_000
"""Bytes of an archive in front of the content of a file. A name can be in a header of any length."""
DEEPEST_FOLDER: Final = 10
"""Files in deeper folders are not extracted. Open edX has none that are read."""
END_OF_ARCHIVE: Final = 2 * tarfile.BLOCKSIZE
"""Bytes of zeros that close every tar archive (POSIX.1-2017, pax, "ustar Interchange Format")."""
CHUNK: Final = 65_536
READ: Final = frozenset({".xml", ".html"})
"""Other files, such as pictures, are not extracted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unmapped:
    """An element that was left out. Without `reason`, because there is no equivalent for such elements."""

    file: str
    line: int
    name: str
    reason: str = ""

    def __str__(self) -> str:
        text = f"{self.file}:{self.line}: <{self.name}> cannot be mapped"
        return " ".join((f"{text}: {self.reason}" if self.reason else text).split())


class UnreadableFile(Exception):
    """A file cannot be read; the message says why."""


@dataclass(slots=True)
class Folder:
    """The folder of a course. Only files in it are read, and none that is too long."""

    root: Path
    unmapped: list[Unmapped] = field(default_factory=list)
    effort: Effort = field(default_factory=Effort)
    read: int = 0
    bytes_read: int = 0
    _real_root: Path = field(init=False)

    def __post_init__(self) -> None:
        self._real_root = self.root.resolve()

    def leave_out(self, element: Element, reason: str = "") -> None:
        self.unmapped.append(
            Unmapped(file=element.file, line=element.line, name=element.tag, reason=reason)
        )

    def element_at(self, name: str) -> Element:
        """The root of an XML file. Raises UnreadableFile, UnreadableXml, TooMuch."""
        return parse(self._bytes(name), name, self.effort)

    def text_at(self, name: str) -> str:
        """Raises UnreadableFile."""
        try:
            return self._bytes(name).decode("utf-8-sig")
        except UnicodeDecodeError:
            raise UnreadableFile(f"{name} is not text in UTF-8") from None

    def whole(self, element: Element) -> Element | None:
        """The element, from the file that it refers to if it does. None, and noted, if that cannot be read."""
        name = element.attributes.get("url_name", "")
        if not element.is_empty or not name:
            return element
        file = f"{element.tag}/{name.replace(':', '/')}.xml"
        if set(element.attributes) - {"url_name"} and not self.has(file):
            return element
        try:
            target = self.element_at(file)
        except UnreadableFile as error:
            self.leave_out(element, str(error))
            return None
        except UnreadableXml as error:
            self.unmapped.append(
                Unmapped(file=file, line=error.line, name=element.tag, reason=str(error))
            )
            return None
        if target.tag != element.tag:
            self.leave_out(element, f"{file} contains a <{target.tag}>")
            return None
        attributes = element.attributes | target.attributes | {"url_name": name}
        return replace(target, attributes=attributes)

    def markdown_in(self, html: Element, text: str, *, file: str = "", line: int = 0) -> str:
        """The text of the element as Markdown. Empty, and noted, if it cannot be converted."""

        def note(at: int, tag: str) -> None:
            self.unmapped.append(Unmapped(file=file or html.file, line=at, name=tag))

        try:
            return markdown_of(text, line=line or html.line, note=note, effort=self.effort)
        except UnreadableHtml as error:
            self.leave_out(html, str(error))
            return ""

    def has(self, name: str) -> bool:
        try:
            self._path(name)
        except UnreadableFile:
            return False
        return True

    def _bytes(self, name: str) -> bytes:
        self.read += 1
        if self.read > MOST_FILES:
            raise TooMuch(f"more than {MOST_FILES:,} files of the course would be read")
        path = self._path(name)
        try:
            with path.open("rb") as stream:
                content = stream.read(LONGEST_FILE + 1)
        except OSError:
            raise UnreadableFile(f"{name} cannot be read") from None
        if len(content) > LONGEST_FILE:
            raise UnreadableFile(f"{name} is longer than {LONGEST_FILE:,} bytes")
        self.bytes_read += len(content)
        if self.bytes_read > MOST_BYTES_READ:
            raise TooMuch(f"more than {MOST_BYTES_READ:,} bytes of the course would be read")
        return content

    def _path(self, name: str) -> Path:
        """The file, which is in the folder after links are resolved. Raises UnreadableFile."""
        steps = PurePosixPath(name)
        try:
            path = (self.root / steps).resolve()
            is_file = path.is_file()
        except (OSError, RuntimeError):
            # A link to itself is a RuntimeError before Python 3.13.
            raise UnreadableFile(f"{name} cannot be read") from None
        if ".." in steps.parts or not path.is_relative_to(self._real_root):
            raise UnreadableFile(f"{name} is outside of the course")
        if not is_file:
            raise UnreadableFile(f"{name} is missing")
        return path


class _BadArchive(Exception):
    """The archive is not unpacked; the message says why."""


class _Bounded:
    """A stream with a limit on its bytes, however small the archive is."""

    def __init__(self, stream: GzipFile, most: int) -> None:
        self._stream = stream
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
        content = self._stream.read(min(size, self._left + 1))
        self._left -= len(content)
        if self._left < 0:
            raise _BadArchive(f"it is larger than {MOST_BYTES:,} bytes when unpacked")
        if data := content.rstrip(b"\0"):
            self.end_of_data = self.position + len(data)
        self.position += len(content)
        return content

    def drain(self) -> None:
        """Read the rest, so that gzip compares its checksum and length."""
        self.expect(MOST_BYTES)
        while self.read(CHUNK):
            pass


def is_archive(file: Path) -> bool:
    return file.name.lower().endswith((".tar.gz", ".tgz"))


@contextmanager
def unpacked(archive: Path) -> Iterator[Path]:
    """A temporary folder with the course. Raises InvalidDefinition, OSError."""
    with TemporaryDirectory(prefix="olx-") as temporary, archive.open("rb") as stream:
        folder = Path(temporary)
        try:
            _unpack(stream, folder)
        except _BadArchive as error:
            detail = str(error)
        except (tarfile.TarError, zlib.error, EOFError, OSError, ValueError, OverflowError):
            # A corrupt header can raise any of these.
            detail = "it is not a complete archive"
        else:
            yield _course_in(folder)
            return
        raise InvalidDefinition(FieldError(path=archive.name, detail=detail))


def _unpack(stream: BinaryIO, folder: Path) -> None:
    with GzipFile(fileobj=stream) as plain:
        bounded = _Bounded(plain, MOST_BYTES)
        with tarfile.open(fileobj=bounded, mode="r|", bufsize=CHUNK) as archive:  # type: ignore[call-overload]  # reads alone
            for number, member in enumerate(archive, start=1):
                if number > MOST_MEMBERS:
                    raise _BadArchive(f"it contains more than {MOST_MEMBERS:,} files")
                bounded.expect(member.size + LONGEST_HEADER)
                _extract(archive, member, folder)
            bounded.drain()
            _check_end(bounded, end_of_members=archive.offset)


def _check_end(content: _Bounded, *, end_of_members: int) -> None:
    """Raise TarError unless zeros, enough of them and nothing else, follow the members.

    tarfile takes a missing or unreadable header, wherever it stands but at the beginning, for the end of the archive.
    """
    has_more = content.end_of_data > end_of_members
    if has_more or content.position < end_of_members + END_OF_ARCHIVE:
        raise tarfile.ReadError


def _extract(archive: tarfile.TarFile, member: tarfile.TarInfo, folder: Path) -> None:
    name = PurePosixPath(member.name)
    if name.is_absolute() or ".." in name.parts or "\\" in member.name:
        raise _BadArchive(f"it contains a file outside of its folder, {_shown(member)}")
    if len(member.name) > LONGEST_NAME:
        raise _BadArchive(f"it contains a file whose name is too long, {_shown(member)}")
    if member.isdir():
        return
    if not member.isreg():
        raise _BadArchive(f"it contains something that is not a file, {_shown(member)}")
    content = archive.extractfile(member)
    if name.suffix not in READ or content is None or len(name.parts) > DEEPEST_FOLDER:
        return
    if member.size > LONGEST_FILE:
        raise _BadArchive(
            f"it contains a file of more than {LONGEST_FILE:,} bytes, {_shown(member)}"
        )
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.read())


def _shown(member: tarfile.TarInfo) -> str:
    return repr(member.name[:100])


def _course_in(folder: Path) -> Path:
    """The folder of course.xml: the top, or a folder in it."""
    roots = sorted(folder.glob(f"*/{ROOT}"))
    return roots[0].parent if roots and not (folder / ROOT).is_file() else folder
