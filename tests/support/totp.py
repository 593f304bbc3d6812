"""An authenticator app (RFC 6238): the code for a key at a moment."""

import hmac
import struct
import time
from base64 import b32decode


def code_of(key: str, *, steps_from_now: int = 0) -> str:
    """Six digits, of which there are others every half minute."""
    step = int(time.time()) // 30 + steps_from_now
    digest = hmac.digest(b32decode(key), struct.pack(">Q", step), "sha1")
    place = digest[-1] & 0xF
    number = int.from_bytes(digest[place : place + 4]) & 0x7FFFFFFF
    return f"{number % 1_000_000:06}"
