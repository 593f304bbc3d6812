"""Status lists (Bitstring Status List 1.0): one bit for each credential, the leftmost bit of a byte first."""

import zlib
from collections.abc import Iterable
from datetime import datetime
from gzip import compress
from typing import Any, Final

from authsvc.kernel.canonical import utc_text
from credentials.openbadges.contexts import CREDENTIALS
from credentials.openbadges.errors import InvalidStatusList
from credentials.openbadges.multibase import base64url_of, bytes_of_base64url

SHORTEST_LIST: Final = 131_072
"""Entries, so that an address tells nobody which credential its reader asks about."""

LONGEST_LIST: Final = 8 * SHORTEST_LIST
LIST_TYPE: Final = "BitstringStatusListCredential"
_PREFIX: Final = "u"
_GZIP: Final = 16 + zlib.MAX_WBITS
_BITS: Final = 8


def encoded(indexes: Iterable[int], length: int = SHORTEST_LIST) -> str:
    """The list in which the entries with these indexes are set (§3.1).

    The same indexes give the same text. Raises InvalidStatusList for an impossible length or index.
    """
    if not SHORTEST_LIST <= length <= LONGEST_LIST or length % _BITS:
        raise InvalidStatusList(
            f"A status list has {SHORTEST_LIST} to {LONGEST_LIST} entries, a multiple of {_BITS}."
        )
    bits = bytearray(length // _BITS)
    for index in indexes:
        if not 0 <= index < length:
            raise InvalidStatusList(f"The status list has no entry {index}.")
        bits[index // _BITS] |= 0x80 >> index % _BITS
    return _PREFIX + base64url_of(compress(bytes(bits), mtime=0))


def decoded(text: str) -> bytes:
    """The bits (§3.2). Raises InvalidStatusList, also for a list that is larger than any should be."""
    if not text.startswith(_PREFIX) or len(text) > LONGEST_LIST // _BITS * 2:
        raise InvalidStatusList("The status list is not multibase in base64url, or too long.")
    unpacking = zlib.decompressobj(_GZIP)
    try:
        compressed = bytes_of_base64url(text.removeprefix(_PREFIX))
        bits = unpacking.decompress(compressed, LONGEST_LIST // _BITS + 1)
    except (ValueError, zlib.error):
        raise InvalidStatusList("The status list is not compressed with gzip.") from None
    if len(bits) > LONGEST_LIST // _BITS:
        raise InvalidStatusList(f"The status list has more than {LONGEST_LIST} entries.")
    if not unpacking.eof or unpacking.unused_data:
        raise InvalidStatusList("The status list ends too early or too late.")
    if len(bits) * _BITS < SHORTEST_LIST:
        raise InvalidStatusList(f"The status list has fewer than {SHORTEST_LIST} entries.")
    return bits


def is_set(bits: bytes, index: int) -> bool:
    """Raises InvalidStatusList if there is no such entry."""
    if not 0 <= index < len(bits) * _BITS:
        raise InvalidStatusList(f"The status list has no entry {index}.")
    return bool(bits[index // _BITS] & 0x80 >> index % _BITS)


def list_document(
    *,
    url: str,
    issuer_id: str,
    purpose: str,
    encoded_list: str,
    valid_from: datetime,
    valid_until: datetime | None = None,
) -> dict[str, Any]:
    """The credential of a status list without its proof (§2.2). *purpose* is `revocation` or `suspension`."""
    until = {} if valid_until is None else {"validUntil": utc_text(valid_until)}
    return {
        "@context": [CREDENTIALS],
        "id": url,
        "type": ["VerifiableCredential", LIST_TYPE],
        "issuer": issuer_id,
        "validFrom": utc_text(valid_from),
        **until,
        "credentialSubject": {
            "id": f"{url}#list",
            "type": "BitstringStatusList",
            "statusPurpose": purpose,
            "encodedList": encoded_list,
        },
    }
