"""VC-JWT: credentials as JSON Web Tokens (Open Badges 3.0 §8.2)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from credentials.openbadges.errors import InvalidToken
from credentials.openbadges.json_texts import json_object, json_text
from credentials.openbadges.keys import IssuerKey
from credentials.openbadges.multibase import base64url_of, bytes_of_base64url
from credentials.openbadges.schemas import check_schema, has_schema

TYPE: Final = "JWT"
CLAIMS: Final = frozenset({"iss", "sub", "jti", "nbf", "exp"})
LONGEST_TOKEN: Final = 1_500_000
_HEADER: Final = frozenset({"alg", "kid", "typ"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """A compact JWS whose parts can be read; its signature is not verified yet."""

    algorithm: str
    key_url: str
    document: dict[str, Any]
    claims: Mapping[str, Any]
    signed: bytes
    signature: bytes

    def is_signed_by(self, key: IssuerKey) -> bool:
        """Whether the signature is the key's, by the algorithm of its kind (RFC 8725 §3.1)."""
        return key.kind.algorithm == self.algorithm and key.accepts(self.signature, self.signed)


def as_jwt(document: Mapping[str, Any], key: IssuerKey) -> str:
    """The document as a compact JWS, signed with RS256 or EdDSA.

    The payload is the document with its claims. Raises InvalidDocument if the document violates its schema, and
    InvalidKey if the key has no private half.
    """
    if has_schema(document):
        check_schema(document)
    header = {"alg": key.kind.algorithm, "kid": key.id, "typ": TYPE}
    signed = f"{_encoded(header)}.{_encoded({**document, **claims_of(document)})}"
    return f"{signed}.{base64url_of(key.signature_of(signed.encode()))}"


def claims_of(document: Mapping[str, Any]) -> dict[str, Any]:
    """The claims that repeat members of the document; times in seconds since 1970. Raises InvalidToken."""
    try:
        issuer, subject = document["issuer"], document["credentialSubject"]
        claims = {
            "iss": issuer if isinstance(issuer, str) else issuer["id"],
            "sub": subject.get("id"),
            "jti": document["id"],
            "nbf": _seconds(document["validFrom"]),
            "exp": _seconds(document["validUntil"]) if "validUntil" in document else None,
        }
    except (KeyError, TypeError, AttributeError, ValueError, OverflowError):
        raise InvalidToken("The credential has no issuer, subject, id or time of issue.") from None
    return {name: value for name, value in claims.items() if value is not None}


def read_token(text: str) -> Token:
    """Raises InvalidToken."""
    if len(text) > LONGEST_TOKEN or text.count(".") != 2:  # noqa: PLR2004  # header, payload and signature
        raise InvalidToken("The text is not a compact JSON Web Signature.")
    head, body, tail = text.split(".")
    try:
        header = json_object(bytes_of_base64url(head))
        payload = json_object(bytes_of_base64url(body))
        signature = bytes_of_base64url(tail)
    except ValueError as error:
        raise InvalidToken(f"A part of the token {error}.") from None
    if not {"alg", "kid"} <= header.keys() <= _HEADER or header.get("typ", TYPE) != TYPE:
        raise InvalidToken("The header of the token must have alg and kid and, besides, only typ.")
    if not isinstance(header["alg"], str) or not isinstance(header["kid"], str):
        raise InvalidToken("The header of the token must have alg and kid as texts.")
    return Token(
        algorithm=header["alg"],
        key_url=header["kid"],
        document={name: value for name, value in payload.items() if name not in CLAIMS},
        claims={name: value for name, value in payload.items() if name in CLAIMS},
        signed=f"{head}.{body}".encode(),
        signature=signature,
    )


def _seconds(text: str) -> int:
    return int(datetime.fromisoformat(text).timestamp())


def _encoded(value: Mapping[str, Any]) -> str:
    return base64url_of(json_text(value).encode())
