"""Credentials in PNG images (PNG, third edition §5, §11.3.3.4): an uncompressed iTXt chunk after the header."""

import zlib
from collections.abc import Iterator
from struct import pack, unpack
from typing import Final

from credentials.openbadges.errors import InvalidImage

SIGNATURE: Final = b"\x89PNG\r\n\x1a\n"
LARGEST_PNG: Final = 8_388_608
LONGEST_SIDE: Final = 8_192
KEYWORD: Final = b"openbadgecredential"
_EARLIER_KEYWORD: Final = b"openbadges"
"""Of Open Badges 2.0."""

_KEYWORDS: Final = frozenset({KEYWORD, _EARLIER_KEYWORD})
_TEXTS: Final = frozenset({b"tEXt", b"zTXt", b"iTXt"})
_HEADER_BYTES: Final = 13


def png_with(image: bytes, credential: str) -> bytes:
    """Raises InvalidImage."""
    if credentials_in_png(image):
        raise InvalidImage("The image already contains a credential.")
    content = KEYWORD + b"\0\0\0\0\0" + credential.encode()
    end_of_header = len(SIGNATURE) + 12 + _HEADER_BYTES
    return image[:end_of_header] + _chunk(b"iTXt", content) + image[end_of_header:]


def credentials_in_png(image: bytes) -> list[str]:
    """Raises InvalidImage."""
    chunks = list(_chunks_of(image))
    _check_header(*(chunks or [(b"", b"")])[0])
    if chunks[-1] != (b"IEND", b"") or [kind for kind, _ in chunks].count(b"IEND") > 1:
        raise InvalidImage("The PNG image does not end as it should.")
    if b"IDAT" not in {kind for kind, _ in chunks}:
        raise InvalidImage("The PNG image contains no picture.")
    return [
        _text_of(kind, content)
        for kind, content in chunks
        if kind in _TEXTS and content.partition(b"\0")[0] in _KEYWORDS
    ]


def _chunks_of(image: bytes) -> Iterator[tuple[bytes, bytes]]:
    """The chunks with their type and content. Raises InvalidImage."""
    if not image.startswith(SIGNATURE) or len(image) > LARGEST_PNG:
        raise InvalidImage(f"The image is not a PNG of at most {LARGEST_PNG} bytes.")
    position = len(SIGNATURE)
    while position < len(image):
        length = int.from_bytes(image[position : position + 4], "big")
        kind = image[position + 4 : position + 8]
        content = image[position + 8 : position + 8 + length]
        end = position + 12 + length
        if image[position:end] != _chunk(kind, content):
            raise InvalidImage("The PNG image is damaged.")
        yield kind, content
        position = end


def _chunk(kind: bytes, content: bytes) -> bytes:
    return pack(">I", len(content)) + kind + content + pack(">I", zlib.crc32(kind + content))


def _check_header(kind: bytes, content: bytes) -> None:
    """Raises InvalidImage."""
    if kind != b"IHDR" or len(content) != _HEADER_BYTES:
        raise InvalidImage("The PNG image has no header.")
    width, height = unpack(">II", content[:8])
    if not (0 < width <= LONGEST_SIDE and 0 < height <= LONGEST_SIDE):
        raise InvalidImage(f"The PNG image has more than {LONGEST_SIDE} pixels on a side, or none.")


def _text_of(kind: bytes, content: bytes) -> str:
    """The text of an uncompressed chunk. Raises InvalidImage."""
    keyword, _, rest = content.partition(b"\0")
    if kind == b"iTXt":
        flags, rest = rest[:2], rest[2:]
        _language, _, rest = rest.partition(b"\0")
        _translation, _, rest = rest.partition(b"\0")
        if flags != b"\0\0":
            raise InvalidImage("The credential in the PNG image is compressed.")
    elif kind == b"zTXt" or keyword == KEYWORD:
        raise InvalidImage("The credential in the PNG image is in a chunk of another kind.")
    try:
        return rest.decode()
    except UnicodeDecodeError:
        raise InvalidImage("The credential in the PNG image is not in UTF-8.") from None
