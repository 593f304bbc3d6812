"""Redaction: e-mail addresses, phone numbers, card numbers and secrets are removed from texts before they are stored.

Each pattern starts where a token starts and never backtracks into what it has matched (possessive quantifiers), so that
the time grows linearly with the length of a text, whatever it contains.
"""

import re
from collections.abc import Callable
from typing import Final

EMAIL: Final = "[e-mail removed]"
PHONE: Final = "[phone number removed]"
CARD: Final = "[card number removed]"
SECRET: Final = "[secret removed]"  # noqa: S105  # what stands in place of one

SHORTEST_CARD: Final = 13
FEWEST_PHONE_DIGITS, MOST_PHONE_DIGITS = 9, 15

_KEY_BEGIN: Final = re.compile(r"-----BEGIN (?:[A-Z0-9]{1,20} ){0,3}PRIVATE KEY(?: BLOCK)?-----")
_KEY_END: Final = re.compile(r"-----END [A-Z0-9 ]{1,60}-----")

# Prefixes of keys and tokens of well-known providers, then at least so many characters of the rest.
_PREFIXED: Final = (
    r"sk-[\w-]{16,}+|sk_(?:live|test)_\w{16,}+|rk_(?:live|test)_\w{16,}+|whsec_[\w+/=-]{16,}+"
    r"|gh[pousr]_\w{20,}+|github_pat_\w{20,}+|glpat-[\w-]{16,}+|xox[abeoprs]-[\w-]{10,}+"
    r"|(?:AKIA|ASIA)[0-9A-Z]{16}(?!\w)|AIza[\w-]{30,}+|ya29\.[\w-]{20,}+|npm_\w{30,}+|pypi-[\w-]{30,}+"
    r"|hf_\w{30,}+|SG\.[\w-]{16,}+\.[\w-]{16,}+"
)
# A JSON Web Token, such as an access token of this service.
_JWT: Final = r"eyJ[\w-]{5,}+\.[\w-]{5,}+(?:\.[\w-]*+){1,3}+"
_TOKEN: Final = re.compile(rf"(?<![\w-])(?:{_JWT}|{_PREFIXED})", re.ASCII)
# A refresh token, code or client secret of this service: 256 bits in base64url.
_OPAQUE: Final = re.compile(r"(?<![\w=+/.-])[\w-]{43}(?![\w=+/-])", re.ASCII)
_BEARER: Final = re.compile(
    r"(?<!\w)(bearer|basic|api[_-]?key|access[_-]?token|client[_-]?secret)"
    r"(\"?\s{0,4}[:=]\s{0,4}[\"']?|\s{1,4})([\w.~+/=-]{16,}+)",
    re.IGNORECASE | re.ASCII,
)
_CREDENTIALS: Final = re.compile(r"(?<=://)[^\s/@:]{1,200}+:[^\s/@]{1,200}+(?=@)")

_LOCAL: Final = r"[\w.+'&*=^{|}~#$!?-]"
_EMAIL: Final = re.compile(
    rf"(?<!{_LOCAL}){_LOCAL}++(?:[@\uff20]|%40)[^\W_][\w-]*+(?:\.[^\W_][\w-]*+)++"
)
_DIGITS: Final = re.compile(r"(?<![\w.,/+-])[0-9](?:[ -]?[0-9]){12,18}+(?![\w-])")
_CARD_BEGIN: Final = re.compile(r"4|5[1-5]|2[2-7]|3[47]|6")
_INTERNATIONAL: Final = re.compile(
    r"(?<![\w+])(?:\+|00 ?(?=[1-9]))[0-9](?:[ ./()-]{0,3}[0-9]){6,18}+(?!\w)"
)
_NATIONAL: Final = re.compile(
    r"(?<![\w.,/+(-])(?:"
    r"\([0-9]{2,5}\) ?[0-9](?:[ -]?[0-9]){4,9}+"
    r"|[0-9]{3}[-. ][0-9]{3}[-. ][0-9]{4}"
    r"|0[1-9][0-9]{1,4}[ /-][0-9](?:[ -]?[0-9]){4,9}+"
    r")(?![\w-])"
)


def redacted(text: str) -> str:
    """The text without personal contact data and secrets; each is replaced by a note of what was removed."""
    text = _without_private_keys(text)
    text = _CREDENTIALS.sub(SECRET, text)
    text = _TOKEN.sub(SECRET, text)
    text = _BEARER.sub(_if_secret, text)
    text = _OPAQUE.sub(_if_random, text)
    text = _EMAIL.sub(_if_address, text)
    text = _DIGITS.sub(_if_card, text)
    text = _INTERNATIONAL.sub(_if_phone, text)
    return _NATIONAL.sub(_if_phone, text)


def _without_private_keys(text: str) -> str:
    """The text without the blocks of private keys; one without an end goes on to the end of the text."""
    parts, position = [], 0
    while begin := _KEY_BEGIN.search(text, position):
        end = _KEY_END.search(text, begin.end())
        parts += [text[position : begin.start()], SECRET]
        position = end.end() if end else len(text)
    return "".join([*parts, text[position:]])


def _if_secret(match: re.Match[str]) -> str:
    """A word after "Bearer" is a secret only if it has digits, as in no sentence about bearers."""
    name, between, value = match.groups()
    return f"{name}{between}{SECRET}" if _has(str.isdigit, value) else match[0]


def _if_random(match: re.Match[str]) -> str:
    """A word of 43 characters is a token if it has digits and letters of both cases."""
    tests = (str.isdigit, str.islower, str.isupper)
    return SECRET if all(_has(test, match[0]) for test in tests) else match[0]


def _if_address(match: re.Match[str]) -> str:
    """The last label of a host name is of two letters or more."""
    last = match[0].rpartition(".")[2]
    return EMAIL if len(last) > 1 and last[0].isalpha() else match[0]


def _if_card(match: re.Match[str]) -> str:
    digits = _digits_of(match)
    is_card = len(digits) >= SHORTEST_CARD and _CARD_BEGIN.match(digits) and _passes_luhn(digits)
    return CARD if is_card else match[0]


def _if_phone(match: re.Match[str]) -> str:
    is_phone = FEWEST_PHONE_DIGITS <= len(_digits_of(match)) <= MOST_PHONE_DIGITS
    return PHONE if is_phone else match[0]


def _has(test: Callable[[str], bool], text: str) -> bool:
    return any(test(character) for character in text)


def _digits_of(match: re.Match[str]) -> str:
    return "".join(character for character in match[0] if character.isdigit())


def _passes_luhn(digits: str) -> bool:
    """The check digit of ISO/IEC 7812-1."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (1 + place % 2)
        total += value - 9 if value > 9 else value  # noqa: PLR2004  # the sum of two digits
    return total % 10 == 0
