"""Data Integrity proofs."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from credentials.openbadges.errors import InvalidDocument, InvalidKey
from credentials.openbadges.integrity import is_signed_by, with_proof
from credentials.openbadges.keys import IssuerKey, KeyKind
from credentials.openbadges.schemas import check_schema
from tests.credentials.openbadges.awards import ISSUED, SCHOOL_ID, document, ed25519, rsa


def signed() -> dict[str, Any]:
    return with_proof(document(), ed25519(), ISSUED + timedelta(microseconds=7))


def test_a_signed_credential_verifies_and_suits_the_schema() -> None:
    credential = signed()
    (proof,) = credential["proof"]

    check_schema(credential)
    assert is_signed_by(ed25519(), credential, proof)
    assert {name: proof[name] for name in proof if name != "proofValue"} == {
        "type": "DataIntegrityProof",
        "cryptosuite": "eddsa-rdfc-2022",
        "created": "2026-03-01T12:30:00Z",
        "verificationMethod": f"{SCHOOL_ID}#key-1",
        "proofPurpose": "assertionMethod",
    }


def test_an_earlier_proof_is_replaced() -> None:
    assert with_proof(signed(), ed25519(), ISSUED) == signed()


def test_the_order_of_members_is_not_signed() -> None:
    credential = dict(reversed(signed().items()))

    assert is_signed_by(ed25519(), credential, credential["proof"][0])


def test_another_key_is_refused() -> None:
    credential = signed()
    other = IssuerKey.generated(KeyKind.ED25519, url=ed25519().id, controller=SCHOOL_ID)

    assert not is_signed_by(other, credential, credential["proof"][0])
    assert not is_signed_by(rsa(), credential, credential["proof"][0])


@pytest.mark.parametrize(
    "member", ["created", "verificationMethod", "proofPurpose", "domain", "nonce", "expires"]
)
def test_options_of_the_proof_are_signed(member: str) -> None:
    credential = signed()
    value = {"proofPurpose": "authentication", "verificationMethod": f"{SCHOOL_ID}#key-2"}
    proof = credential["proof"][0] | {member: value.get(member, "2026-03-01T12:30:01Z")}

    assert not is_signed_by(ed25519(), credential, proof)


@pytest.mark.parametrize(
    "change",
    [
        {"type": "Ed25519Signature2020"},
        {"cryptosuite": "eddsa-jcs-2022"},
        {"cryptosuite": None},
        {"proofValue": 7},
        {"proofValue": "u" + "A" * 86},
        {"proofValue": "z" + "1" * 2_000},
        {"undefinedTerm": "x"},
    ],
)
def test_proofs_of_other_kinds_are_refused(change: dict[str, Any]) -> None:
    credential = signed()

    with pytest.raises(InvalidDocument):
        is_signed_by(ed25519(), credential, credential["proof"][0] | change)


@pytest.mark.parametrize("length", [0, 63, 65])
def test_signatures_of_another_length_are_refused(length: int) -> None:
    credential = signed()
    proof = credential["proof"][0] | {"proofValue": "z" + "1" * length}

    assert not is_signed_by(ed25519(), credential, proof)


def test_documents_that_violate_the_schema_are_not_signed() -> None:
    credential = document()
    del credential["credentialSubject"]["achievement"]["criteria"]

    with pytest.raises(InvalidDocument, match="criteria"):
        with_proof(credential, ed25519(), ISSUED)


def test_undefined_terms_are_not_signed() -> None:
    with pytest.raises(InvalidDocument, match="grade"):
        with_proof(document() | {"grade": "A"}, ed25519(), ISSUED)


def test_keys_sign_in_their_period_alone() -> None:
    retired = replace(ed25519(), retired_at=ISSUED)

    for key in (retired, rsa(), replace(ed25519(), private=None)):
        with pytest.raises(InvalidKey, match="cannot sign"):
            with_proof(document(), key, ISSUED)
