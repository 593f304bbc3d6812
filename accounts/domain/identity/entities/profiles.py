"""Profiles: what users tell about themselves (OpenID Connect Core §5.1)."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace
from datetime import date
from functools import cache
from typing import Final
from urllib.parse import urlsplit
from zoneinfo import available_timezones

from accounts.domain.identity.errors import UnsuitableProfile
from authsvc.kernel.errors import FieldError
from authsvc.kernel.text import InvalidName, name_of

LONGEST_TEXT: Final = 200
LONGEST_URL: Final = 2000
_VISIBLE: Final = re.compile(r"[!-~]+")
_BIRTHDATE: Final = re.compile(r"([0-9]{4})(-[0-9]{2}-[0-9]{2})?")
_LEAP_YEAR: Final = "2000"
_PHONE_NUMBER: Final = re.compile(r"\+[1-9][0-9]{5,14}")
_PHONE_MARKS: Final = dict.fromkeys(map(ord, " .-()/\u00a0"))
_LANGUAGE_TAG: Final = re.compile(
    r"(?:[a-z]{2,3}(?:-[a-z]{3}){0,3}|[a-z]{4,8})"  # language
    r"(?:-[a-z]{4})?(?:-(?:[a-z]{2}|[0-9]{3}))?"  # script and region
    r"(?:-(?:[a-z0-9]{5,8}|[0-9][a-z0-9]{3}))*"  # variants
    r"(?:-[0-9a-wy-z](?:-[a-z0-9]{2,8})+)*(?:-x(?:-[a-z0-9]{1,8})+)?",  # extensions and private use
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """The profile of a user. Every member is optional, and empty until the user fills it in.

    The members have the names of the claims. `birthdate` is a date, with the year 0000 if the user leaves it out, or a
    year alone; `zoneinfo` names a time zone, and `locale` is a language tag (BCP 47). `phone_number` has the form of
    E.164, and nobody verifies it; `address` is on one line.
    """

    given_name: str = ""
    middle_name: str = ""
    family_name: str = ""
    nickname: str = ""
    preferred_username: str = ""
    profile: str = ""
    picture: str = ""
    website: str = ""
    gender: str = ""
    birthdate: str = ""
    zoneinfo: str = ""
    locale: str = ""
    phone_number: str = ""
    address: str = ""

    @property
    def members(self) -> dict[str, str]:
        """The members that are filled in."""
        values = {name: str(getattr(self, name)) for name in PROFILE_MEMBERS}
        return {name: value for name, value in values.items() if value}

    def changed(self, members: Mapping[str, str]) -> "Profile":
        """With these members, normalized. Raises UnsuitableProfile, with an error for each that is invalid."""
        values: dict[str, str] = {}
        errors: list[FieldError] = []
        for name, text in members.items():
            try:
                values[name] = _FORMS[name](text) if text.strip() else ""
            except ValueError as error:
                errors.append(FieldError(path=name, detail=str(error)))
        if errors:
            raise UnsuitableProfile(*errors)
        return replace(self, **values)


PROFILE_MEMBERS: Final = tuple(field.name for field in fields(Profile))


def _text(text: str) -> str:
    """One line. Raises ValueError."""
    try:
        line = name_of(text)
    except InvalidName as error:
        raise ValueError(str(error).replace("A name", "The text")) from error
    if len(line) > LONGEST_TEXT:
        msg = f"Enter at most {LONGEST_TEXT} characters."
        raise ValueError(msg)
    return line


def _url(text: str) -> str:
    """A URL of a page or a picture that every client may fetch. Raises ValueError."""
    url = text.strip()
    try:
        parts = urlsplit(url) if _VISIBLE.fullmatch(url) else None
        is_safe = parts is not None and parts.scheme == "https" and bool(parts.hostname)
        is_safe = is_safe and parts is not None and parts.username is None and parts.port != 0
    except ValueError:
        is_safe = False
    if not is_safe or len(url) > LONGEST_URL:
        msg = f"Enter a URL that begins with https:// and has at most {LONGEST_URL} characters."
        raise ValueError(msg)
    return url


def _birthdate(text: str) -> str:
    """YYYY-MM-DD, 0000-MM-DD or YYYY. Raises ValueError."""
    birthdate = text.strip()
    match = _BIRTHDATE.fullmatch(birthdate)
    try:
        year, day = match.groups() if match else ("", "")
        date.fromisoformat(f"{_LEAP_YEAR if day and year == '0000' else year}{day or '-01-01'}")
    except ValueError:
        msg = "Enter a date as YYYY-MM-DD, 0000-MM-DD without the year, or a year alone."
        raise ValueError(msg) from None
    return birthdate


def _zone(text: str) -> str:
    """Raises ValueError."""
    zone = text.strip()
    if zone not in _zones():
        msg = "Enter a time zone of the IANA database, such as Europe/Paris."
        raise ValueError(msg)
    return zone


def _language(text: str) -> str:
    """Raises ValueError."""
    tag = text.strip()
    if not _LANGUAGE_TAG.fullmatch(tag):
        msg = "Enter a language tag (BCP 47), such as en or de-AT."
        raise ValueError(msg)
    return tag


def _phone_number(text: str) -> str:
    """E.164, without the blanks, dots, dashes and brackets in which people write it. Raises ValueError."""
    number = text.translate(_PHONE_MARKS)
    if not _PHONE_NUMBER.fullmatch(number):
        msg = "Enter a telephone number with its country code, such as +46 8 123 456."
        raise ValueError(msg)
    return number


@cache
def _zones() -> frozenset[str]:
    """Cached: reading the names takes a walk through all files of the database."""
    return frozenset(available_timezones())


_FORMS: Final[Mapping[str, Callable[[str], str]]] = dict.fromkeys(PROFILE_MEMBERS, _text) | {
    "profile": _url,
    "picture": _url,
    "website": _url,
    "birthdate": _birthdate,
    "zoneinfo": _zone,
    "locale": _language,
    "phone_number": _phone_number,
}
"""The normalized form of each member."""
