"""The files of a course in OLX, and what could not be mapped in them."""

from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath
from typing import Final

from courses.definitions.olx.elements import Element, UnreadableXml, parse
from courses.definitions.olx.markdown import UnreadableHtml, markdown_of
from courses.definitions.olx.unmapped import Unmapped

LONGEST_FILE: Final = 4_000_000
MOST_FILES: Final = 50_000


class UnreadableFile(Exception):
    """A file that something refers to cannot be read; says why."""


class TooMuch(Exception):
    """More files are read than a course has."""


@dataclass(slots=True)
class Folder:
    """Reads nothing but files within itself, and each no longer than it may be."""

    root: Path
    unmapped: list[Unmapped] = field(default_factory=list)
    read: int = 0

    def leave_out(self, element: Element, reason: str = "") -> None:
        self.unmapped.append(
            Unmapped(file=element.file, line=element.line, name=element.tag, reason=reason)
        )

    def element_at(self, name: str) -> Element:
        """The root of an XML file. Raises UnreadableFile, UnreadableXml."""
        return parse(self._bytes(name), name)

    def text_at(self, name: str) -> str:
        """Raises UnreadableFile."""
        try:
            return self._bytes(name).decode("utf-8-sig")
        except UnicodeDecodeError:
            raise UnreadableFile(f"{name} is not text in UTF-8") from None

    def whole(self, element: Element) -> Element | None:
        """The element itself, or what stands in the file that it points to; None, noted, if that cannot be read."""
        name = element.attributes.get("url_name", "")
        if not element.is_empty or not name:
            return element
        file = f"{element.tag}/{name.replace(':', '/')}.xml"
        if set(element.attributes) - {"url_name"} and not self.has(file):
            return element
        try:
            found = self.element_at(file)
        except UnreadableFile as error:
            self.leave_out(element, str(error))
            return None
        except UnreadableXml as error:
            self.unmapped.append(
                Unmapped(file=file, line=error.line, name=element.tag, reason=str(error))
            )
            return None
        if found.tag != element.tag:
            self.leave_out(element, f"{file} holds a <{found.tag}>")
            return None
        return replace(found, attributes=element.attributes | found.attributes | {"url_name": name})

    def markdown_in(self, html: Element, text: str, *, file: str = "", line: int = 0) -> str:
        """The text, which belongs to the element, as Markdown; empty, and noted, if it is none."""
        try:
            return markdown_of(
                text, file=file or html.file, line=line or html.line, note=self.unmapped.append
            )
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
            raise TooMuch
        path = self._path(name)
        try:
            with path.open("rb") as stream:
                content = stream.read(LONGEST_FILE + 1)
        except OSError:
            raise UnreadableFile(f"{name} cannot be read") from None
        if len(content) > LONGEST_FILE:
            raise UnreadableFile(f"{name} is too long")
        return content

    def _path(self, name: str) -> Path:
        """Where the file is, which is within the folder, wherever links lead. Raises UnreadableFile."""
        steps = PurePosixPath(name)
        try:
            path = (self.root / steps).resolve()
            is_file = path.is_file()
        except (OSError, RuntimeError):
            # A link that leads to itself is a RuntimeError before Python 3.13.
            raise UnreadableFile(f"{name} cannot be read") from None
        if ".." in steps.parts or not path.is_relative_to(self.root.resolve()):
            raise UnreadableFile(f"{name} is outside of the course")
        if not is_file:
            raise UnreadableFile(f"{name} is missing")
        return path
