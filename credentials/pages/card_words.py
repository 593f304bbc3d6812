"""The preview image of a credential: what it says."""

from dataclasses import dataclass

from django.utils.formats import date_format

from credentials.domain.entities.definitions import CredentialType
from credentials.pages.public_words import PublicPage


@dataclass(frozen=True, slots=True, kw_only=True)
class CardWords:
    """The texts of a card, empty where there is nothing to say; the badge of a void credential is grey."""

    state: str
    name: str
    holder: str
    issued: str
    address: str
    type: CredentialType
    is_void: bool

    @classmethod
    def of(cls, page: PublicPage) -> "CardWords":
        issued, is_valid = page.issued, page.verdict.tone == "good"
        day = date_format(issued.issued_at, "j F Y")
        host, _, rest = page.url.partition("://")[2].partition("/credentials/")
        return cls(
            state=page.type if is_valid else page.verdict.title.partition(":")[0],
            name=page.name if page.is_trusted else "Credential",
            holder=page.credential.holder if page.is_trusted and not page.is_void else "",
            issued=f"{page.issuer} · {day}" if page.is_trusted else "",
            address=f"{host}/credentials/{rest[:8]}…",
            type=issued.terms.type,
            is_void=page.is_void,
        )
