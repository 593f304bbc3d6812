"""Secured credentials as they arrive: JSON, a compact JWS, or an image with either; and their signatures."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from functools import partial
from typing import Any, Final, Self

from credentials.openbadges.baking import is_image, taken_out
from credentials.openbadges.errors import InvalidDocument
from credentials.openbadges.integrity import PURPOSE, is_signed_by
from credentials.openbadges.json_texts import json_object
from credentials.openbadges.keys import IssuerKey
from credentials.openbadges.tokens import Token, claims_of, read_token

MOST_PROOFS: Final = 4
OPEN_BADGES_2: Final = (
    "This is a badge of Open Badges 2.0, for which its issuer vouches at its address. Only Open Badges 3.0 credentials,"
    " which are signed, can be verified here. Ask the issuer for one."
)
_OPEN_BADGES_2_CONTEXTS: Final = (
    "https://w3id.org/openbadges/v1",
    "https://w3id.org/openbadges/v2",
)


class Form(StrEnum):
    """How a credential is secured: by a proof in it, or by a signature around it."""

    JSON = "json"
    JWT = "jwt"


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """A signature over a credential. `time` is when it was made, as the signer says."""

    key_url: str
    time: datetime
    expires: datetime | None
    is_by: Callable[[IssuerKey], bool]
    """Raises InvalidDocument if the signature does not cover a member."""


@dataclass(frozen=True, slots=True)
class Secured:
    """A credential, and the token in which it was."""

    document: dict[str, Any]
    token: Token | None

    @classmethod
    def read(cls, content: bytes | str) -> Self:
        """Raises OpenBadgesError."""
        text = _text_of(content).strip()
        if text.startswith(("http://", "https://")):
            raise InvalidDocument(OPEN_BADGES_2)
        if not text.startswith(("{", "[")):
            token = read_token(text)
            return cls(token.document, token)
        try:
            document = json_object(text)
        except ValueError as error:
            raise InvalidDocument(f"The credential {error}.") from None
        if document.get("@context") in _OPEN_BADGES_2_CONTEXTS:
            raise InvalidDocument(OPEN_BADGES_2)
        return cls(document, None)

    @property
    def form(self) -> Form:
        return Form.JSON if self.token is None else Form.JWT

    @property
    def issuer_id(self) -> str:
        """The id of the issuer, empty if there is none."""
        issuer = self.document.get("issuer")
        identifier = issuer.get("id") if isinstance(issuer, dict) else issuer
        return identifier if isinstance(identifier, str) else ""

    def signatures(self) -> list[Signature]:
        """The signature of the token and those of embedded proofs. Raises OpenBadgesError; also if there is none."""
        signatures = [*self._outer_signature(), *self._proofs()]
        if not signatures:
            raise InvalidDocument("The credential has no proof, and is not signed.")
        return signatures

    def _outer_signature(self) -> Iterator[Signature]:
        if self.token is None:
            return
        if self.token.claims != claims_of(self.document):
            raise InvalidDocument("The claims of the token differ from the credential.")
        time = time_of(self.document.get("validFrom"))
        yield Signature(
            key_url=self.token.key_url, time=time, expires=None, is_by=self.token.is_signed_by
        )

    def _proofs(self) -> Iterator[Signature]:
        proofs = self.document.get("proof", [])
        proofs = proofs if isinstance(proofs, list) else [proofs]
        if len(proofs) > MOST_PROOFS:
            raise InvalidDocument(f"The credential has more than {MOST_PROOFS} proofs.")
        for proof in proofs:
            yield self._signature_of(proof)

    def _signature_of(self, proof: Any) -> Signature:
        if not isinstance(proof, Mapping) or proof.get("proofPurpose") != PURPOSE:
            raise InvalidDocument("A proof of the credential was made for another purpose.")
        key_url = proof.get("verificationMethod")
        if not isinstance(key_url, str):
            raise InvalidDocument("A proof of the credential does not name its key.")
        return Signature(
            key_url=key_url,
            time=time_of(proof.get("created", self.document.get("validFrom"))),
            expires=time_of(proof["expires"]) if "expires" in proof else None,
            is_by=partial(is_signed_by, document=self.document, proof=proof),
        )


def time_of(text: Any) -> datetime:
    """A time with its offset from UTC. Raises InvalidDocument."""
    try:
        time = datetime.fromisoformat(text)
        in_utc = time.astimezone(UTC)
    except (TypeError, ValueError, OverflowError):
        raise InvalidDocument("A time in the credential is missing or malformed.") from None
    if time.tzinfo is None:
        raise InvalidDocument("A time in the credential has no offset from UTC.")
    return in_utc


def _text_of(content: bytes | str) -> str:
    """The text of the credential, taken out of the image if it is in one. Raises OpenBadgesError."""
    if isinstance(content, str):
        content = content.encode(errors="surrogatepass")
    if is_image(content):
        return taken_out(content)
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InvalidDocument("The credential is neither text in UTF-8 nor an image.") from None
