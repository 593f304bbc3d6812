"""What a certificate says, on the page and in the PDF alike."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from django.utils.formats import date_format

from authsvc.composition.container import services
from credentials.domain.entities.definitions import CredentialType
from credentials.domain.entities.public import PublicCredential
from credentials.pages.public_words import TYPES

LONGEST_DESCRIPTION: Final = 280
"""Characters, so that the certificate has one page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateWords:
    """The texts of a certificate. `address` is the URL of the credential without its scheme."""

    issuer: str
    holder: str
    kind: str
    name: str
    description: str
    issued_on: str
    valid_until: str
    url: str
    type: CredentialType

    @classmethod
    def of(cls, credential: PublicCredential) -> "CertificateWords":
        issued = credential.issued
        return cls(
            issuer=issued.terms.issuer,
            holder=credential.holder,
            kind=TYPES[issued.terms.type].lower(),
            name=issued.terms.name,
            description=_shortened(issued.terms.description),
            issued_on=_day(issued.issued_at),
            valid_until="" if issued.expires_at is None else _day(issued.expires_at),
            url=services().addresses.page(issued.id),
            type=issued.terms.type,
        )

    @property
    def address(self) -> str:
        return self.url.partition("://")[2]

    @property
    def title(self) -> str:
        return f"Certificate · {self.name} · {self.holder}"


def _day(time: datetime) -> str:
    return date_format(time.astimezone(UTC), "j F Y")


def _shortened(text: str) -> str:
    line = " ".join(text.split())
    if len(line) <= LONGEST_DESCRIPTION:
        return line
    return f"{line[:LONGEST_DESCRIPTION].rpartition(' ')[0] or line[:LONGEST_DESCRIPTION]} …"
