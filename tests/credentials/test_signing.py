"""Signing: what is issued is signed in the same unit of work, with evidence, and stays as it was signed."""

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from accounts.domain.access import OPERATOR
from authsvc.kernel.canonical import utc_text
from authsvc.kernel.tenancy import ALL_TENANTS
from credentials.domain.entities.credentials import IssuedCredential, IssuedCredentialId
from credentials.domain.entities.definitions import Alignment
from credentials.domain.entities.issuers import Addresses
from credentials.domain.errors import (
    IssuedCredentialAltered,
    IssuedCredentialNotFound,
    StatusListNotFound,
)
from credentials.domain.services.signed_verification import OwnKeys
from credentials.openbadges.errors import InvalidKey
from credentials.openbadges.integrity import is_signed_by
from credentials.openbadges.keys import IssuerKey
from credentials.openbadges.status_lists import decoded, is_set
from credentials.openbadges.tokens import read_token
from credentials.openbadges.verification import Outcome, StepName
from progress.domain.entities.events import EventType
from tests.credentials.storing import a_stored_issue
from tests.support.learning import a_credential_for, a_learner, a_published_course
from tests.support.worlds import World


def earned(world: World, **terms: Any) -> IssuedCredential:
    anna, course = a_learner(world), a_published_course(world.services)
    a_credential_for(world.services, course, **terms)
    anna.passes(course)
    return anna.held()[-1].issued


def document_of(world: World, issued: IssuedCredential) -> dict[str, Any]:
    return dict(json.loads(world.services.signing.shown(issued.id).document))


def key_of(world: World, issued: IssuedCredential, url: str) -> IssuerKey:
    keys = world.services.issuer_keys.issuer(issued.org_id).keys
    published = [key.public(world.services.addresses) for key in keys]
    return next(key for key in published if key.id == url)


def is_barred(world: World, issued: IssuedCredential) -> bool:
    """Whether the bit of the credential is set in its status list."""
    entry = document_of(world, issued)["credentialStatus"]
    number = int(entry["statusListCredential"].rpartition("/")[2])
    text = world.services.status_lists.credential(issued.org_id, number)
    bits = decoded(json.loads(text)["credentialSubject"]["encodedList"])
    return is_set(bits, int(entry["statusListIndex"]))


def test_what_is_issued_is_signed_at_once_and_verifies(memory: World) -> None:
    issued = earned(memory, valid_for_days=30)

    signed = memory.repositories.signed_credentials.find(issued.id)

    assert signed is not None
    document, token = json.loads(signed.document), read_token(signed.token)
    (proof,) = document["proof"]
    assert is_signed_by(key_of(memory, issued, proof["verificationMethod"]), document, proof)
    assert token.is_signed_by(key_of(memory, issued, token.key_url))
    assert token.document == document
    assert document["validFrom"] == utc_text(issued.issued_at)
    assert document["validUntil"] == utc_text(issued.issued_at + timedelta(days=30))
    assert document["id"] == f"http://localhost:8000/v1/issued/{issued.id}"


def test_terms_with_as_little_as_ever_was_possible_are_signed(memory: World) -> None:
    issued = earned(memory, description="", criteria="", issuer="", image_url="")

    achievement = document_of(memory, issued)["credentialSubject"]["achievement"]

    assert achievement["description"] == achievement["criteria"]["narrative"] == issued.terms.name


@pytest.mark.parametrize(
    "url",
    [
        "https://school.example/a|b.png",
        "https://school.example/{a}.png",
        "https://school.example/ä b.png",
        "https://school.example/100%.png",
        "https://xn--mnchen-3ya.example/a.png?x=[1]#<b>",
    ],
)
def test_an_unusual_address_of_an_image_is_signed(memory: World, url: str) -> None:
    issued = earned(
        memory,
        image_url=url,
        alignments=(Alignment(target_name="Ropework", target_url=url),),
        tags=("knots",),
    )

    document = document_of(memory, issued)

    (proof,) = document["proof"]
    key = key_of(memory, issued, proof["verificationMethod"])
    assert is_signed_by(key, document, proof)


def test_the_signed_part_names_neither_the_holder_nor_their_address(memory: World) -> None:
    issued = earned(memory)
    user = memory.repositories.users.get(issued.user_id)

    signed = memory.services.signing.shown(issued.id)

    for text in (signed.document, json.dumps(read_token(signed.token).document)):
        assert str(user.id) not in text
        assert user.email not in text
        assert user.name not in text


def test_two_credentials_of_a_person_have_different_subjects(memory: World) -> None:
    anna, subjects = a_learner(memory), set()
    for _ in range(2):
        course = a_published_course(memory.services)
        a_credential_for(memory.services, course)
        anna.passes(course)
    for held in anna.held():
        subjects.add(document_of(memory, held.issued)["credentialSubject"]["id"])

    assert len(subjects) == len(anna.held()) == 2


def test_the_evidence_is_the_event_of_the_completion_with_its_hash(memory: World) -> None:
    issued = earned(memory)
    (event,) = [
        event
        for event in memory.repositories.events.stream(issued.stream, scope=ALL_TENANTS)
        if event.fact.type is EventType.COURSE_COMPLETED
    ]

    (evidence,) = document_of(memory, issued)["evidence"]

    assert evidence["id"] == f"urn:uuid:{event.id}"
    assert event.hash in evidence["narrative"]
    assert "Version 1 of course" in evidence["description"]
    assert evidence["digestMultibase"].startswith("u")


def test_all_holders_share_the_achievement_of_a_version(memory: World) -> None:
    course = a_published_course(memory.services)
    credential = a_credential_for(memory.services, course)
    achievements = []
    for _ in range(2):
        anna = a_learner(memory)
        anna.passes(course)
        document = document_of(memory, anna.held()[-1].issued)
        achievements.append(document["credentialSubject"]["achievement"])

    assert achievements[0] == achievements[1]
    place = f"http://localhost:8000/v1/credentials/{credential.id}/versions/1"
    assert achievements[0]["id"] == place


def test_one_that_is_older_than_signatures_is_signed_when_it_is_first_read(memory: World) -> None:
    issued = earned(memory)
    del memory.repositories.signed_credentials.store[issued.id]  # type: ignore[attr-defined]  # in memory
    memory.clock.go_on(days=400)

    signed = memory.services.signing.shown(issued.id)

    document = json.loads(signed.document)
    assert document["validFrom"] == utc_text(issued.issued_at)
    assert document["proof"][0]["created"] == utc_text(memory.clock.now())
    assert memory.services.signing.shown(issued.id) == signed


def test_one_that_was_revoked_before_it_was_signed_is_set_in_a_list_that_was_read_before(
    memory: World,
) -> None:
    first, revoked = earned(memory), earned(memory)
    del memory.repositories.signed_credentials.store[revoked.id]  # type: ignore[attr-defined]  # in memory
    memory.services.issuing.revoke(revoked.id, reason="Copied.", by=OPERATOR)
    assert not is_barred(memory, first)

    assert is_barred(memory, revoked)


def test_a_record_that_no_event_states_is_never_signed(memory: World) -> None:
    issued = a_stored_issue(memory)

    with pytest.raises(IssuedCredentialAltered):
        memory.services.signing.shown(issued.id)
    with pytest.raises(IssuedCredentialNotFound):
        memory.services.signing.shown(IssuedCredentialId(uuid4()))
    assert memory.repositories.signed_credentials.find(issued.id) is None


def test_a_revoked_one_and_a_suspended_one_are_set_in_the_list_and_a_resumed_one_is_not(
    memory: World,
) -> None:
    issuing, (first, second) = memory.services.issuing, (earned(memory), earned(memory))
    assert not is_barred(memory, first)

    issuing.revoke(first.id, reason="Copied.", by=OPERATOR)
    issuing.suspend(second.id, reason="Under review.", by=OPERATOR)
    assert is_barred(memory, first)
    assert is_barred(memory, second)

    issuing.resume(second.id, reason="Reviewed.", by=OPERATOR)
    assert is_barred(memory, first)
    assert not is_barred(memory, second)


def test_a_list_that_did_not_change_has_the_same_bytes(memory: World) -> None:
    issued = earned(memory)
    lists = memory.services.status_lists
    before = lists.credential(None, 1)
    lists.cached.clear()
    memory.clock.go_on(days=1)

    assert lists.credential(None, 1) == before
    memory.services.issuing.revoke(issued.id, reason="Copied.", by=OPERATOR)
    assert lists.credential(None, 1) != before
    with pytest.raises(StatusListNotFound):
        lists.credential(None, 2)


def test_what_cannot_be_signed_is_not_issued(memory: World) -> None:
    keys = memory.repositories.issuer_keys
    earned(memory)
    for key in keys.current_of(None, scope=ALL_TENANTS):
        stored = replace(key, encrypted_private="of another secret key")
        keys.store[key.id] = stored  # type: ignore[attr-defined]  # in memory
    memory.services.issuer_keys.loaded.clear()
    anna, course = a_learner(memory), a_published_course(memory.services)
    a_credential_for(memory.services, course)

    with pytest.raises(Exception, match="encrypted with another secret key"):
        anna.passes(course)

    assert anna.held() == []


def test_a_credential_of_another_public_url_names_its_key_at_another_address(memory: World) -> None:
    issued = earned(memory)
    moved = Addresses(home="https://moved.example")
    verifier = replace(memory.services.issued_verification, addresses=moved)

    steps = {step.name: step for step in verifier.verify(issued.id).steps}

    assert steps[StepName.ISSUER].outcome is Outcome.FAILED
    assert steps[StepName.ISSUER].message == (
        "The credential names its key at another address than that of this service."
    )


def test_another_key_is_not_that_of_a_credential(memory: World) -> None:
    issued = earned(memory)
    url = document_of(memory, issued)["proof"][0]["verificationMethod"]
    own = key_of(memory, issued, url)

    with pytest.raises(InvalidKey, match="names another key than the one that signed it"):
        OwnKeys(own).key(f"{url}0", own.controller)
