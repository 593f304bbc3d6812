"""Credentials in SVG images, which may contain only what is known to be harmless.

A file is refused, not cleaned: whoever made it sees what is wrong, and nothing that two parsers read differently
passes.
"""

import re
from dataclasses import dataclass, field
from typing import Final, Never
from xml.parsers.expat import ExpatError, ParserCreate, XMLParserType

from credentials.openbadges.errors import InvalidImage
from credentials.openbadges.svg_vocabulary import ATTRIBUTES, EDITORS, ELEMENTS

LARGEST_SVG: Final = 2_097_152
DEEPEST: Final = 64
MOST_PARTS: Final = 50_000
"""Elements and attributes."""

SVG: Final = "http://www.w3.org/2000/svg"
OPEN_BADGES: Final = "https://purl.imsglobal.org/ob/v3p0"
_EARLIER: Final = "http://openbadges.org"
"""Of Open Badges 2.0, whose element is `assertion`."""

_CREDENTIALS: Final = frozenset({f"{OPEN_BADGES} credential", f"{_EARLIER} assertion"})
_XLINK_HREF: Final = "http://www.w3.org/1999/xlink href"
_XML: Final = "http://www.w3.org/XML/1998/namespace "
_ACTIVE: Final = re.compile(
    r"url\((?!\s*['\"]?#)|image-set|src\(|@|\\|//|expression|javascript:", re.IGNORECASE
)
"""Addresses elsewhere, imports and escapes in style sheets, and scripts."""

_ROOT_TAG: Final = re.compile(rb"<([\w.:-]+)(?:[^>\"']|\"[^\"]*\"|'[^']*')*>", re.ASCII)


def svg_with(image: bytes, credential: str, *, is_token: bool) -> bytes:
    """Raises InvalidImage."""
    content = _read(image)
    if content.credentials:
        raise InvalidImage("The image already contains a credential.")
    root = _ROOT_TAG.match(image, content.root_position)
    if root is None or root[0].endswith(b"/>"):
        raise InvalidImage("The SVG image contains no picture.")
    if b"openbadges" in root[0]:
        raise InvalidImage("The SVG image uses the prefix openbadges.")
    namespace = f' xmlns:openbadges="{OPEN_BADGES}"'.encode()
    return b"".join(
        [
            image[: root.end(1)],
            namespace,
            image[root.end(1) : root.end()],
            _element_with(credential, is_token=is_token).encode(),
            image[root.end() :],
        ]
    )


def credentials_in_svg(image: bytes) -> list[str]:
    """Raises InvalidImage."""
    return _read(image).credentials


def _element_with(credential: str, *, is_token: bool) -> str:
    if is_token:
        return f'<openbadges:credential verify="{credential}"/>'
    # The end of CDATA can occur only within a string of the JSON, where its last character may be escaped.
    text = credential.replace("]]>", "]]\\u003e")
    return f"<openbadges:credential><![CDATA[{text}]]></openbadges:credential>"


def _read(image: bytes) -> "_Content":
    """Raises InvalidImage."""
    if len(image) > LARGEST_SVG:
        raise InvalidImage(f"The SVG image has more than {LARGEST_SVG} bytes.")
    try:
        image.decode()
    except UnicodeDecodeError:
        raise InvalidImage("The SVG image is not in UTF-8.") from None
    parser = ParserCreate("utf-8", namespace_separator=" ")
    parser.buffer_text = True
    content = _Content(parser)
    parser.StartElementHandler = content.start
    parser.EndElementHandler = content.end
    parser.CharacterDataHandler = content.text
    parser.XmlDeclHandler = _check_encoding
    parser.StartDoctypeDeclHandler = _refuse_declarations
    parser.ProcessingInstructionHandler = _refuse_instructions
    try:
        parser.Parse(image, True)  # noqa: FBT003  # expat takes no keywords
    except ExpatError as error:
        raise InvalidImage(f"The image is neither PNG nor well-formed SVG: {error}.") from None
    return content


def _check_encoding(_: str, encoding: str | None, __: int) -> None:
    if encoding is not None and encoding.lower() != "utf-8":
        raise InvalidImage("The SVG image is not in UTF-8.")


def _refuse_declarations(*_: object) -> Never:
    raise InvalidImage("The SVG image has a document type, which may declare entities.")


def _refuse_instructions(*_: object) -> Never:
    raise InvalidImage("The SVG image has a processing instruction.")


@dataclass(slots=True)
class _Content:
    """What expat finds in an image."""

    parser: XMLParserType
    credentials: list[str] = field(default_factory=list)
    root_position: int = 0
    path: list[str] = field(default_factory=list)
    parts: int = 0
    styles: list[str] = field(default_factory=list)

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self.parts += 1 + len(attributes)
        if self.parts > MOST_PARTS or len(self.path) >= DEEPEST:
            raise InvalidImage("The SVG image has too many elements, or too deep ones.")
        if not self.path:
            self._start_root(name)
        if self.path and self.path[-1] in _CREDENTIALS:
            raise InvalidImage("The credential in the SVG image contains elements.")
        self.path.append(name)
        if name in _CREDENTIALS:
            self.credentials.append(attributes.pop("verify", ""))
        else:
            _check_element(name)
        for attribute, value in attributes.items():
            _check_attribute(attribute, value)

    def _start_root(self, name: str) -> None:
        if name != f"{SVG} svg":
            raise InvalidImage("The image is neither PNG nor SVG.")
        self.root_position = self.parser.CurrentByteIndex

    def end(self, _: str) -> None:
        if self.path.pop() in _CREDENTIALS:
            self.credentials[-1] = self.credentials[-1].strip()
        if not self.path and _ACTIVE.search("".join(self.styles)):
            raise InvalidImage("The style sheet in the SVG image is not harmless.")

    def text(self, text: str) -> None:
        if self.path[-1] in _CREDENTIALS:
            self.credentials[-1] += text
        elif self.path[-1] == f"{SVG} style":
            self.styles.append(text)


def _check_element(name: str) -> None:
    """Raises InvalidImage."""
    namespace, _, local = name.rpartition(" ")
    if namespace not in EDITORS and (namespace != SVG or local not in ELEMENTS):
        raise InvalidImage(f"The SVG image contains the element {local[:50]!r}, which is refused.")


def _check_attribute(name: str, value: str) -> None:
    """Raises InvalidImage."""
    namespace, _, local = name.rpartition(" ")
    if namespace in EDITORS or name.startswith(_XML):
        return
    if name in {"href", _XLINK_HREF}:
        is_allowed = value.startswith("#")
    else:
        is_known = local in ATTRIBUTES or local.startswith(("data-", "aria-"))
        is_allowed = not namespace and is_known and not _ACTIVE.search(value)
    if not is_allowed:
        raise InvalidImage(f"The SVG image has the attribute {local[:50]!r}, which is refused.")
