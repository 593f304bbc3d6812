"""Verification without what it needs: the outcome is open, and the credential is not valid."""

from dataclasses import replace
from typing import Final

from credentials.openbadges.documents import credential_document
from credentials.openbadges.integrity import with_proof
from credentials.openbadges.json_texts import json_text
from credentials.openbadges.verification import Outcome, StepName, Verification, verify
from tests.credentials.openbadges.awards import ISSUED, NOW, SMALLEST, document, ed25519
from tests.credentials.openbadges.issuers import Published

JSON: Final = json_text(with_proof(document(), ed25519(), ISSUED))
SMALLEST_SIGNED: Final = json_text(with_proof(credential_document(SMALLEST), ed25519(), ISSUED))


def outcomes(verification: Verification) -> dict[StepName, Outcome]:
    return {step.name: step.outcome for step in verification.steps}


def test_what_cannot_be_resolved_has_neither_failed_nor_passed() -> None:
    verification = verify(JSON, Published({}), NOW)

    assert not verification.is_valid
    assert Outcome.FAILED not in outcomes(verification).values()
    unresolved = {
        name for name, outcome in outcomes(verification).items() if outcome is Outcome.UNRESOLVED
    }
    assert unresolved == {"issuer", "status"}


def test_an_unread_status_list_leaves_the_status_open() -> None:
    verification = verify(JSON, Published(lists={}), NOW)

    assert not verification.is_valid
    assert outcomes(verification)[StepName.PROOF] is Outcome.PASSED
    assert outcomes(verification)[StepName.STATUS] is Outcome.UNRESOLVED


def test_a_holder_without_an_address_cannot_be_compared() -> None:
    key = Published({ed25519().id: replace(ed25519(), controller=SMALLEST.issuer.id)})

    assert verify(SMALLEST_SIGNED, key, NOW).is_valid
    verification = verify(SMALLEST_SIGNED, key, NOW, email="anna@example.org")

    assert outcomes(verification)[StepName.SUBJECT] is Outcome.UNRESOLVED
    assert not verification.is_valid
