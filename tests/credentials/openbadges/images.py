"""Small images."""

import zlib
from struct import pack
from typing import Final


def chunk(kind: bytes, content: bytes) -> bytes:
    return pack(">I", len(content)) + kind + content + pack(">I", zlib.crc32(kind + content))


def png(*further: bytes, width: int = 1, height: int = 1) -> bytes:
    """A grey pixel, with further chunks before it."""
    header = chunk(b"IHDR", pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
    picture = chunk(b"IDAT", zlib.compress(b"\0\x80"))
    return b"".join([b"\x89PNG\r\n\x1a\n", header, *further, picture, chunk(b"IEND", b"")])


def text_chunk(text: bytes, keyword: bytes = b"openbadgecredential") -> bytes:
    return chunk(b"iTXt", keyword + b"\0\0\0\0\0" + text)


def svg(inner: str = "", attributes: str = "") -> bytes:
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<!-- A badge -->\n'
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9" {attributes}>'
        f'<title>Knots</title><circle cx="4" cy="4" r="3" style="fill: #123"/>{inner}</svg>'
    ).encode()


NAMESPACE: Final = 'xmlns:openbadges="https://purl.imsglobal.org/ob/v3p0"'
