"""Multibase and multihash: binary values as text (Controlled Identifiers 1.0 §2.4, §2.5)."""

import binascii
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Final

_ALPHABET: Final = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_DIGITS: Final = {character: number for number, character in enumerate(_ALPHABET)}
_BASE: Final = len(_ALPHABET)
_LONGEST_BASE58: Final = 1_000
_BASE64URL: Final = re.compile(r"[A-Za-z0-9_-]*", re.ASCII)
_SHA2_256: Final = b"\x12\x20"


def base58_of(content: bytes) -> str:
    """The bytes in base58btc, with the prefix `z`."""
    number, characters = int.from_bytes(content, "big"), []
    while number:
        number, digit = divmod(number, _BASE)
        characters.append(_ALPHABET[digit])
    zeros = len(content) - len(content.lstrip(b"\0"))
    return "z" + _ALPHABET[0] * zeros + "".join(reversed(characters))


def bytes_of_base58(text: str) -> bytes:
    """Raises ValueError. Its time grows with the square of the length, which is therefore limited."""
    if not text.startswith("z") or len(text) > _LONGEST_BASE58:
        raise ValueError("is not multibase in base58btc")
    digits, number = text[1:], 0
    for character in digits:
        if character not in _DIGITS:
            raise ValueError("is not multibase in base58btc")
        number = number * _BASE + _DIGITS[character]
    zeros = len(digits) - len(digits.lstrip(_ALPHABET[0]))
    return b"\0" * zeros + number.to_bytes((number.bit_length() + 7) // 8, "big")


def base64url_of(content: bytes) -> str:
    """The bytes in base64url without padding (RFC 4648 §5), without a prefix."""
    return urlsafe_b64encode(content).decode().rstrip("=")


def bytes_of_base64url(text: str) -> bytes:
    """Raises ValueError, also for a second spelling of the same bytes."""
    if not _BASE64URL.fullmatch(text):
        raise ValueError("is not base64url")
    try:
        content = urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except binascii.Error:
        raise ValueError("is not base64url") from None
    if base64url_of(content) != text:
        raise ValueError("is not base64url")
    return content


def digest_multibase(sha256_hex: str) -> str:
    """A SHA-256 of 64 hexadecimal digits as multihash in base64url, with the prefix `u`. Raises ValueError."""
    digest = bytes.fromhex(sha256_hex)
    if len(digest) != _SHA2_256[1]:
        raise ValueError("is not a SHA-256")
    return "u" + base64url_of(_SHA2_256 + digest)


def sha256_in(multibase: str) -> str:
    """The SHA-256 in a multihash as `digest_multibase` writes it, in hexadecimal digits. Raises ValueError."""
    content = bytes_of_base64url(multibase.removeprefix("u"))
    digest = content.removeprefix(_SHA2_256)
    if not multibase.startswith("u") or len(digest) != _SHA2_256[1] or digest == content:
        raise ValueError("is not a SHA-256 in base64url")
    return digest.hex()
