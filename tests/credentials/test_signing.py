"""Signing: what is issued is signed in the same unit of work, with evidence, and stays as it was signed."""

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import DatabaseError, transaction

from accounts.domain.access import OPERATOR
from authsvc.kernel.canonical import utc_text
from authsvc.kernel.tenancy import ALL_TENANTS
from credentials.domain.entities.credentials import IssuedCredential, IssuedCredentialId
from credentials.domain.entities.signed import SignedCredential, StatusList
from credentials.domain.errors import (
    IssuedCredentialAltered,
    IssuedCredentialNotFound,
    StatusListNotFound,
)
from credentials.models import SignedCredential as SignedRow
from credentials.openbadges.integrity import is_signed_by
from credentials.openbadges.keys import IssuerKey
from credentials.openbadges.status_lists import decoded, is_set
from credentials.openbadges.tokens import read_token
from progress.domain.entities.events import EventType
from tests.credentials.storing import a_stored_issue
from tests.support.builders import NOON
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
        issued = anna.held()[-1].issued
        subjects.add(document_of(memory, issued)["credentialSubject"]["id"])

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


def a_list(world: World, number: int = 1) -> StatusList:
    status_list = StatusList(id=uuid4(), org_id=None, number=number, version=1, changed_at=NOON)
    assert world.repositories.status_lists.add(status_list, scope=ALL_TENANTS)
    return status_list


def a_signed_one(world: World, status_list: StatusList, index: int = 7) -> SignedCredential:
    world.services.issuer_keys.signing_keys(None)
    key, token_key = world.repositories.issuer_keys.current_of(None, scope=ALL_TENANTS)
    return SignedCredential(
        issued_id=a_stored_issue(world).id,
        org_id=None,
        document="{}",
        token="a.b.c",
        proof_key_id=key.id,
        token_key_id=token_key.id,
        status_list_id=status_list.id,
        status_index=index,
        signed_at=NOON,
    )


def test_signed_forms_are_stored_once_at_a_place_of_their_own(world: World) -> None:
    signed_credentials, status_list = world.repositories.signed_credentials, a_list(world)
    first, second = (a_signed_one(world, status_list) for _ in range(2))

    assert signed_credentials.add(first, scope=ALL_TENANTS)
    assert not signed_credentials.add(second, scope=ALL_TENANTS)
    assert signed_credentials.add(replace(second, status_index=8), scope=ALL_TENANTS)
    assert signed_credentials.find(first.issued_id) == first
    assert signed_credentials.find(IssuedCredentialId(uuid4())) is None


def test_lists_are_numbered_and_count_their_changes(world: World) -> None:
    lists, first = world.repositories.status_lists, a_list(world)
    signed = a_signed_one(world, first)
    world.repositories.signed_credentials.add(signed, scope=ALL_TENANTS)

    assert not lists.add(replace(first, id=uuid4()), scope=ALL_TENANTS)
    second = a_list(world, 2)
    assert lists.latest_of(None, scope=ALL_TENANTS) == second
    assert lists.shown(None, 1) == first
    with pytest.raises(StatusListNotFound):
        lists.shown(None, 3)

    later = NOON + timedelta(days=1)
    lists.count_change(signed.issued_id, at=later, scope=ALL_TENANTS)
    lists.count_change(IssuedCredentialId(uuid4()), at=later, scope=ALL_TENANTS)
    assert lists.shown(None, 1) == replace(first, version=2, changed_at=later)
    assert lists.shown(None, 2) == second


def test_the_places_of_revoked_and_suspended_ones_are_listed(world: World) -> None:
    status_list, issued = a_list(world), world.repositories.issued_credentials
    for index, change in enumerate(("", "revoked", "suspended")):
        signed = a_signed_one(world, status_list, index)
        world.repositories.signed_credentials.add(signed, scope=ALL_TENANTS)
        if change:
            with world.unit_of_work.atomic():
                row = issued.get_for_update(signed.issued_id, scope=ALL_TENANTS)
                act = row.revoked if change == "revoked" else row.suspended
                changed = act(at=NOON, reason="Copied.", by=None)
                issued.save(changed, scope=ALL_TENANTS)
            assert issued.shown(signed.issued_id) == changed

    assert sorted(world.repositories.status_lists.indexes_set(status_list)) == [1, 2]


@pytest.mark.database
def test_the_database_lets_signed_forms_be_deleted_but_not_changed(world: World) -> None:
    signed = a_signed_one(world, a_list(world))
    world.repositories.signed_credentials.add(signed, scope=ALL_TENANTS)

    with pytest.raises(DatabaseError), transaction.atomic():
        SignedRow.objects.update(document="[]")

    assert SignedRow.objects.all().delete()[0] == 1
