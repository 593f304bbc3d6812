"""E-mail addresses, checked by email-validator and stored in one form."""

import unicodedata

from email_validator import SPECIAL_USE_DOMAIN_NAMES, EmailNotValidError, validate_email

from authsvc.kernel.text import is_invisible, mixes_scripts

# The documented way to accept domains of private networks, such as `school.local`.
SPECIAL_USE_DOMAIN_NAMES.clear()

LONGEST = 254


class CheckedEmailAddresses:
    """Accepts domains of private networks, but no host name without a dot and no IP address.

    The stored form has the local part in NFC and the domain in ASCII (IDNA 2008, UTS #46), both in lower case.
    Invisible characters, compatibility characters and letters of mixed scripts are not accepted, because the address
    would look like another.
    """

    def is_valid(self, address: str) -> bool:
        return _checked(address) is not None

    def normalized(self, address: str) -> str:
        return _checked(address) or address.lower()

    def stored_form(self, address: str) -> str | None:
        return _checked(address)


def _checked(address: str) -> str | None:
    """The stored form; None if the address is not valid."""
    try:
        checked = validate_email(
            address, check_deliverability=False, globally_deliverable=False, strict=True
        )
    except EmailNotValidError:
        return None
    local, domain = _in_lower_case(checked.local_part), checked.ascii_domain.lower()
    email = f"{local}@{domain}"
    is_ascii = address.isascii() and checked.domain.isascii()
    is_plain = is_ascii or _is_plain(address, local, checked.domain)
    return email if is_plain and "." in domain and len(email) <= LONGEST else None


def _is_plain(address: str, local: str, domain: str) -> bool:
    """Whether an address beyond ASCII looks like no other."""
    return (
        unicodedata.normalize("NFKC", local) == local
        and not any(is_invisible(character) for character in address)
        and not any(mixes_scripts(part) for part in (local, *domain.split(".")))
    )


def _in_lower_case(text: str) -> str:
    """Lower case, one character at a time: `str.lower` writes a capital sigma in two ways."""
    lower = "".join(character.lower() for character in text)
    return unicodedata.normalize("NFC", lower)
