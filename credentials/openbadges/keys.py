"""Keys of issuers: Ed25519 for embedded proofs, RSA for VC-JWT; and the documents in which issuers publish them.

A key signs from `valid_from` until `retired_at`. What it signed then remains valid, because credentials outlive keys;
so retired keys remain published. Signatures of a compromised key count up to `compromised_from`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Final, Self
from urllib.parse import quote, unquote, urlsplit

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import (
    RSAPrivateKey,
    RSAPublicKey,
    RSAPublicNumbers,
    generate_private_key,
)
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from authsvc.kernel.canonical import utc_text
from credentials.openbadges.contexts import CREDENTIALS, OPEN_BADGES
from credentials.openbadges.documents import Profile, profile_object
from credentials.openbadges.errors import InvalidKey
from credentials.openbadges.multibase import (
    base58_of,
    base64url_of,
    bytes_of_base58,
    bytes_of_base64url,
)

ALWAYS: Final = datetime.min.replace(tzinfo=UTC)
MULTIKEY: Final = "Multikey"
JSON_WEB_KEY: Final = "JsonWebKey"
_MULTIKEYS: Final = (MULTIKEY, "Ed25519VerificationKey2020")
_JSON_WEB_KEYS: Final = (JSON_WEB_KEY, "JsonWebKey2020")
"""Types of verification methods, with those that Controlled Identifiers 1.0 has replaced and issuers still publish."""
_SECURITY: Final = "https://w3id.org/security#"
_TERMS: Final = {
    "alsoKnownAs": {"@id": "https://www.w3.org/ns/activitystreams#alsoKnownAs", "@type": "@id"},
    JSON_WEB_KEY: {
        "@id": f"{_SECURITY}{JSON_WEB_KEY}",
        "@context": {
            "controller": {"@id": f"{_SECURITY}controller", "@type": "@id"},
            "publicKeyJwk": {"@id": f"{_SECURITY}publicKeyJwk", "@type": "@json"},
        },
    },
}
"""Those of https://w3id.org/security/jwk/v1, and one of DIDs: not every verifier has these contexts as a whole."""
DID_CONTEXTS: Final = (
    "https://www.w3.org/ns/did/v1",
    "https://w3id.org/security/multikey/v1",
    _TERMS,
)
RSA_BITS: Final = 2048
DID_KEY: Final = "did:key:"
_MOST_RSA_BITS: Final = 8192
_EXPONENT: Final = 65537
_ED25519: Final = b"\xed\x01"
_ED25519_BYTES: Final = 32


class KeyKind(StrEnum):
    ED25519 = "Ed25519"
    RSA = "RSA"

    @property
    def algorithm(self) -> str:
        """The name in JSON Object Signing and Encryption (RFC 7518, RFC 8037)."""
        return "EdDSA" if self is KeyKind.ED25519 else "RS256"


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuerKey:
    """The key of an issuer, with its private half or without.

    `id` is a URL: of the verification method or, of an RSA key, one from which its JSON Web Key can be read.
    `controller` is the id of the issuer in credentials.
    """

    id: str
    controller: str
    public: Ed25519PublicKey | RSAPublicKey = field(repr=False)
    private: Ed25519PrivateKey | RSAPrivateKey | None = field(default=None, repr=False)
    valid_from: datetime = ALWAYS
    retired_at: datetime | None = None
    compromised_from: datetime | None = None

    @classmethod
    def generated(
        cls, kind: KeyKind, *, url: str, controller: str, valid_from: datetime = ALWAYS
    ) -> Self:
        private = (
            Ed25519PrivateKey.generate()
            if kind is KeyKind.ED25519
            else generate_private_key(_EXPONENT, RSA_BITS)
        )
        return cls.of_private(private, url=url, controller=controller, valid_from=valid_from)

    @classmethod
    def of_pem(cls, pem: str, *, url: str, controller: str, valid_from: datetime = ALWAYS) -> Self:
        """The key with this private half (PKCS #8, not encrypted). Raises InvalidKey."""
        try:
            private = load_pem_private_key(pem.encode(), None)
        except (ValueError, TypeError):
            raise InvalidKey("The private key cannot be read.") from None
        if not isinstance(private, Ed25519PrivateKey | RSAPrivateKey):
            raise InvalidKey("The private key is neither Ed25519 nor RSA.")
        return cls.of_private(private, url=url, controller=controller, valid_from=valid_from)

    @classmethod
    def of_private(
        cls,
        private: Ed25519PrivateKey | RSAPrivateKey,
        *,
        url: str,
        controller: str,
        valid_from: datetime = ALWAYS,
    ) -> Self:
        return cls(
            id=url,
            controller=controller,
            public=private.public_key(),
            private=private,
            valid_from=valid_from,
        )

    @classmethod
    def of_multikey(cls, text: str, *, url: str, controller: str) -> Self:
        """The public key in Multikey form (Controlled Identifiers 1.0 §2.2.2). Raises InvalidKey."""
        try:
            content = bytes_of_base58(text)
        except ValueError as error:
            raise InvalidKey(f"The key {error}.") from None
        if not content.startswith(_ED25519) or len(content) != len(_ED25519) + _ED25519_BYTES:
            raise InvalidKey("The key is not an Ed25519 key in Multikey form.")
        public = Ed25519PublicKey.from_public_bytes(content.removeprefix(_ED25519))
        return cls(id=url, controller=controller, public=public)

    @classmethod
    def of_did_key(cls, url: str) -> Self:
        """The key that a did:key verification method is itself, controlled by its identifier. Raises InvalidKey."""
        did, _, fragment = url.partition("#")
        text = did.removeprefix(DID_KEY)
        if did == text or fragment != text:
            raise InvalidKey("The identifier of the key is not a did:key verification method.")
        return cls.of_multikey(text, url=url, controller=did)

    @classmethod
    def of_jwk(cls, jwk: Mapping[str, Any], *, url: str, controller: str) -> Self:
        """The public key in a JSON Web Key (RFC 7517). Raises InvalidKey."""
        try:
            public = _public_key_of(jwk)
        except (KeyError, TypeError, ValueError, AttributeError):
            raise InvalidKey("The JSON Web Key is malformed, or of another kind.") from None
        return cls(id=url, controller=controller, public=public)

    @property
    def kind(self) -> KeyKind:
        return KeyKind.ED25519 if isinstance(self.public, Ed25519PublicKey) else KeyKind.RSA

    @property
    def private_pem(self) -> str:
        """PKCS #8, not encrypted. Raises InvalidKey without a private half."""
        encoding = (Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        return self._signer.private_bytes(*encoding).decode()

    @property
    def public_multikey(self) -> str:
        """The public key in Multikey form. Raises InvalidKey for RSA, which has none here."""
        if not isinstance(self.public, Ed25519PublicKey):
            raise InvalidKey("Only Ed25519 keys have a Multikey form.")
        return base58_of(_ED25519 + self.public.public_bytes_raw())

    @property
    def public_jwk(self) -> dict[str, Any]:
        """The public key as a JSON Web Key (RFC 7517, RFC 8037); `kid` is the id."""
        common = {"kid": self.id, "use": "sig", "alg": self.kind.algorithm}
        if isinstance(self.public, Ed25519PublicKey):
            x = base64url_of(self.public.public_bytes_raw())
            return {"kty": "OKP", "crv": "Ed25519", "x": x, **common}
        numbers = self.public.public_numbers()
        return {"kty": "RSA", "n": _text_of(numbers.n), "e": _text_of(numbers.e), **common}

    def signs_at(self, time: datetime) -> bool:
        """Whether the issuer signs with it at that time."""
        return self.private is not None and self.objection_to(time) is None

    def objection_to(self, time: datetime) -> str | None:
        """Why a signature of that time does not count; None if it does."""
        if self.compromised_from is not None and time >= self.compromised_from:
            return f"The key is compromised since {utc_text(self.compromised_from)}."
        if time < self.valid_from:
            return f"The key was not valid before {utc_text(self.valid_from)}."
        if self.retired_at is not None and time >= self.retired_at:
            return f"The key was retired on {utc_text(self.retired_at)}."
        return None

    def signature_of(self, message: bytes) -> bytes:
        """Ed25519 (RFC 8032), or RSA PKCS #1 v1.5 with SHA-256. Raises InvalidKey without a private half."""
        signer = self._signer
        if isinstance(signer, Ed25519PrivateKey):
            return signer.sign(message)
        return signer.sign(message, PKCS1v15(), SHA256())

    def accepts(self, signature: bytes, message: bytes) -> bool:
        """Whether it is the signature of this key over the message."""
        try:
            if isinstance(self.public, Ed25519PublicKey):
                self.public.verify(signature, message)
            else:
                self.public.verify(signature, message, PKCS1v15(), SHA256())
        except InvalidSignature:
            return False
        return True

    @property
    def _signer(self) -> Ed25519PrivateKey | RSAPrivateKey:
        if self.private is None:
            raise InvalidKey("The private half of the key is not here.")
        return self.private

    @property
    def verification_method(self) -> dict[str, Any]:
        """The key in a controlled identifier document (Controlled Identifiers 1.0 §2.2)."""
        method: dict[str, Any] = {"id": self.id, "controller": self.controller}
        if self.kind is KeyKind.ED25519:
            method |= {"type": MULTIKEY, "publicKeyMultibase": self.public_multikey}
        else:
            method |= {"type": JSON_WEB_KEY, "publicKeyJwk": self.public_jwk}
        if self.compromised_from is not None:
            method["revoked"] = utc_text(self.compromised_from)
        return method

    @property
    def dereferenced(self) -> dict[str, Any]:
        """What is at its id, for verifiers of embedded proofs and for those of tokens: both forms in one object."""
        return self.verification_method | self.public_jwk

    @classmethod
    def of_method(cls, method: Mapping[str, Any]) -> Self:
        """The key of a verification method. Raises InvalidKey."""
        url, controller = method.get("id"), method.get("controller")
        if not isinstance(url, str) or not isinstance(controller, str):
            raise InvalidKey("The verification method has no id or no controller.")
        key = cls._of_material(method, url=url, controller=controller)
        if "revoked" not in method:
            return key
        try:
            revoked = datetime.fromisoformat(method["revoked"]).astimezone(UTC)
        except (TypeError, ValueError, OverflowError):
            raise InvalidKey("The verification method was revoked at an unreadable time.") from None
        return replace(key, compromised_from=revoked)

    @classmethod
    def _of_material(cls, method: Mapping[str, Any], *, url: str, controller: str) -> Self:
        kind, text, jwk = (
            method.get(name) for name in ("type", "publicKeyMultibase", "publicKeyJwk")
        )
        if kind in _MULTIKEYS and isinstance(text, str):
            return cls.of_multikey(text, url=url, controller=controller)
        if kind in _JSON_WEB_KEYS and isinstance(jwk, Mapping):
            return cls.of_jwk(jwk, url=url, controller=controller)
        raise InvalidKey("The verification method is neither a Multikey nor a JSON Web Key.")


def did_web(url: str) -> str:
    """The identifier of the issuer whose document is at `<url>/did.json` (did:web §3.2)."""
    parts = urlsplit(url)
    path = [quote(step, safe="") for step in parts.path.split("/") if step]
    return ":".join(["did", "web", quote(parts.netloc, safe=""), *path])


def did_url(did: str) -> str:
    """The address of the document of a did:web identifier. Raises ValueError."""
    prefix, method, host, *path = [unquote(part) for part in did.partition("#")[0].split(":")]
    if (prefix, method) != ("did", "web") or not host:
        raise ValueError("is not a did:web identifier")
    return "/".join([f"https://{host}", *(path or [".well-known"]), "did.json"])


def did_document(issuer: Profile, keys: Iterable[IssuerKey]) -> dict[str, Any]:
    """The DID document of an issuer.

    Retired keys stay assertion methods, so that what they signed verifies. Compromised ones stay verification methods
    with the time from which they are, but others cannot tell when they signed, and should accept nothing of theirs.
    """
    methods = list(keys)
    document: dict[str, Any] = {
        "@context": list(DID_CONTEXTS),
        "id": issuer.id,
        "alsoKnownAs": list(issuer.also_known_as),
        "verificationMethod": [key.verification_method for key in methods],
        "assertionMethod": [key.id for key in methods if key.compromised_from is None],
    }
    return {name: value for name, value in document.items() if value}


def profile_document(issuer: Profile, keys: Iterable[IssuerKey]) -> dict[str, Any]:
    """What the https address of the issuer answers: its profile, with the keys of the DID document."""
    document = did_document(issuer, keys)
    contexts = [CREDENTIALS, OPEN_BADGES, *document.pop("@context")]
    return {"@context": contexts, **profile_object(issuer), **document}


def _public_key_of(jwk: Mapping[str, Any]) -> Ed25519PublicKey | RSAPublicKey:
    if jwk["kty"] == "OKP" and jwk["crv"] == "Ed25519":
        return Ed25519PublicKey.from_public_bytes(bytes_of_base64url(jwk["x"]))
    modulus, exponent = _number_of(jwk["n"]), _number_of(jwk["e"])
    if jwk["kty"] != "RSA" or not RSA_BITS <= modulus.bit_length() <= _MOST_RSA_BITS:
        raise ValueError("is not an RSA key of 2048 to 8192 bits")
    if exponent != _EXPONENT:
        raise ValueError("has an unusual exponent")
    return RSAPublicNumbers(exponent, modulus).public_key()


def _number_of(text: str) -> int:
    return int.from_bytes(bytes_of_base64url(text), "big")


def _text_of(number: int) -> str:
    return base64url_of(number.to_bytes((number.bit_length() + 7) // 8, "big"))
