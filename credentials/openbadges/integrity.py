"""Data Integrity proofs of the cryptosuite eddsa-rdfc-2022 (Data Integrity EdDSA Cryptosuites 1.0 §3.2)."""

from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256
from typing import Any, Final

from authsvc.kernel.canonical import utc_text
from credentials.openbadges.errors import InvalidDocument, InvalidKey
from credentials.openbadges.keys import IssuerKey, KeyKind
from credentials.openbadges.multibase import base58_of, bytes_of_base58
from credentials.openbadges.schemas import check_schema, has_schema

PROOF_TYPE: Final = "DataIntegrityProof"
CRYPTOSUITE: Final = "eddsa-rdfc-2022"
PURPOSE: Final = "assertionMethod"
_SIGNATURE_BYTES: Final = 64


def with_proof(document: Mapping[str, Any], key: IssuerKey, created: datetime) -> dict[str, Any]:
    """The document with a proof by the key, as an array of one.

    Raises InvalidDocument if the document violates its schema, or a member would not be signed, and InvalidKey if the
    key is not Ed25519, has no private half or does not sign at that time.
    """
    if key.kind is not KeyKind.ED25519 or not key.signs_at(created):
        raise InvalidKey("The key cannot sign such a proof at this time.")
    if has_schema(document):
        check_schema(document)
    proof = {
        "type": PROOF_TYPE,
        "cryptosuite": CRYPTOSUITE,
        "created": utc_text(created.replace(microsecond=0)),
        "verificationMethod": key.id,
        "proofPurpose": PURPOSE,
    }
    unsecured = _without_proof(document)
    signature = key.signature_of(_hash_data(unsecured, proof))
    return {**unsecured, "proof": [{**proof, "proofValue": base58_of(signature)}]}


def is_signed_by(key: IssuerKey, document: Mapping[str, Any], proof: Mapping[str, Any]) -> bool:
    """Whether the proof is the key's over all of the document but its proofs.

    Raises InvalidDocument for a proof of another kind, and if a member is not covered by the signature.
    """
    if (proof.get("type"), proof.get("cryptosuite")) != (PROOF_TYPE, CRYPTOSUITE):
        raise InvalidDocument(f"The proof is not a {PROOF_TYPE} of the cryptosuite {CRYPTOSUITE}.")
    if proof.get("@context", document.get("@context")) != document.get("@context"):
        raise InvalidDocument("The proof has contexts other than those of the document.")
    value = proof.get("proofValue")
    try:
        signature = bytes_of_base58(value if isinstance(value, str) else "")
    except ValueError as error:
        raise InvalidDocument(f"The value of the proof {error}.") from None
    configuration = {name: member for name, member in proof.items() if name != "proofValue"}
    message = _hash_data(_without_proof(document), configuration)
    return (
        key.kind is KeyKind.ED25519
        and len(signature) == _SIGNATURE_BYTES
        and key.accepts(signature, message)
    )


def _hash_data(document: Mapping[str, Any], configuration: Mapping[str, Any]) -> bytes:
    """What is signed: the hashes of the proof's options and of the document (§3.2.4)."""
    options = {"@context": document.get("@context"), **configuration}
    return _digest(options) + _digest(document)


def _digest(document: Mapping[str, Any]) -> bytes:
    from credentials.openbadges.canonical import canonical_form  # noqa: PLC0415  # pyld costs time and memory

    return sha256(canonical_form(document).encode()).digest()


def _without_proof(document: Mapping[str, Any]) -> dict[str, Any]:
    return {name: member for name, member in document.items() if name != "proof"}
