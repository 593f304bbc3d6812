"""Repositories of signed credentials and status lists: one contract for all stores."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import DatabaseError, transaction

from accounts.domain.identity.entities.users import User
from authsvc.kernel.tenancy import ALL_TENANTS
from credentials.domain.entities.credentials import (
    IssuedCredential,
    IssuedCredentialId,
    RevocationCause,
)
from credentials.domain.entities.signed import SignedCredential, StatusList
from credentials.domain.errors import (
    IssuedCredentialNotFound,
    StatusListNotFound,
)
from credentials.models import SignedCredential as SignedRow
from tests.credentials.storing import a_stored_issue
from tests.support.builders import NOON, a_credential, an_issued_credential, some_terms
from tests.support.worlds import World


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


def test_all_signed_forms_are_read_with_what_they_must_agree_with(world: World) -> None:
    signed = a_signed_one(world, a_list(world, 2))
    assert world.repositories.signed_credentials.add(signed, scope=ALL_TENANTS)

    (row,) = world.repositories.signed_credentials.by_id(scope=ALL_TENANTS)

    record = row.item
    assert record is not None
    assert (row.id, record.signed, record.list_number) == (signed.issued_id, signed, 2)
    assert record.issued == world.repositories.issued_credentials.shown(signed.issued_id)
    keys = (record.proof_key.id, record.token_key.id)
    assert keys == (signed.proof_key_id, signed.token_key_id)


def test_the_places_that_are_taken_are_known(world: World) -> None:
    status_list, other = a_list(world), a_list(world, 2)
    for where, index in ((status_list, 7), (status_list, 9), (other, 8)):
        signed = a_signed_one(world, where, index)
        assert world.repositories.signed_credentials.add(signed, scope=ALL_TENANTS)

    assert world.repositories.status_lists.taken(status_list, {7, 8, 10}) == {7}


def test_signed_forms_are_stored_once_at_a_place_of_their_own(world: World) -> None:
    signed_credentials, status_list = world.repositories.signed_credentials, a_list(world)
    first, second = (a_signed_one(world, status_list) for _ in range(2))

    assert signed_credentials.add(first, scope=ALL_TENANTS)
    assert not signed_credentials.add(second, scope=ALL_TENANTS)
    assert signed_credentials.add(replace(second, status_index=8), scope=ALL_TENANTS)
    assert signed_credentials.find(first.issued_id) == first
    issued, form = signed_credentials.shown(first.issued_id)
    assert issued == world.repositories.issued_credentials.shown(first.issued_id)
    assert form is not None
    assert (form.document, form.key.id) == (first.document, first.proof_key_id)
    assert form.key in world.repositories.issuer_keys.all_of(None, scope=ALL_TENANTS)
    unsigned = a_stored_issue(world)
    assert signed_credentials.shown(unsigned.id) == (unsigned, None)
    with pytest.raises(IssuedCredentialNotFound):
        signed_credentials.shown(IssuedCredentialId(uuid4()))
    assert signed_credentials.find(IssuedCredentialId(uuid4())) is None


def test_documents_are_those_of_the_user_as_far_as_they_are_signed(world: World) -> None:
    signed_credentials, status_list = world.repositories.signed_credentials, a_list(world)
    first, second = (a_signed_one(world, status_list, index) for index in (1, 2))
    for signed in (first, second):
        signed_credentials.add(signed, scope=ALL_TENANTS)
    unsigned = a_stored_issue(world)
    holder = world.repositories.issued_credentials.shown(first.issued_id).user_id
    ids = [first.issued_id, second.issued_id, unsigned.id, IssuedCredentialId(uuid4())]

    assert signed_credentials.documents_of(holder, ids) == {first.issued_id: "{}"}
    assert signed_credentials.documents_of(unsigned.user_id, ids) == {}
    assert signed_credentials.documents_of(holder, []) == {}


def test_lists_are_numbered_and_count_their_changes(world: World) -> None:
    status_lists, first = world.repositories.status_lists, a_list(world)
    signed = a_signed_one(world, first)
    world.repositories.signed_credentials.add(signed, scope=ALL_TENANTS)

    assert not status_lists.add(replace(first, id=uuid4()), scope=ALL_TENANTS)
    second = a_list(world, 2)
    assert status_lists.latest_of(None, scope=ALL_TENANTS) == second
    assert status_lists.shown(None, 1) == first
    with pytest.raises(StatusListNotFound):
        status_lists.shown(None, 3)

    later = NOON + timedelta(days=1)
    status_lists.count_change(signed.issued_id, at=later, scope=ALL_TENANTS)
    status_lists.count_change(IssuedCredentialId(uuid4()), at=later, scope=ALL_TENANTS)
    assert status_lists.shown(None, 1) == replace(first, version=2, changed_at=later)
    assert status_lists.shown(None, 2) == second


def test_revoked_and_suspended_ones_are_listed_by_place_and_revoked_ones_by_id(
    world: World,
) -> None:
    status_list, issued = a_list(world), world.repositories.issued_credentials
    other, ids = a_list(world, 2), []
    for index, change in enumerate(("", "revoked", "suspended", "revoked", "replaced")):
        signed = a_signed_one(world, other if index == 3 else status_list, index)
        ids.append(signed.issued_id)
        world.repositories.signed_credentials.add(signed, scope=ALL_TENANTS)
        if change:
            with world.unit_of_work.atomic():
                row = issued.get_for_update(signed.issued_id, scope=ALL_TENANTS)
                act = row.suspended if change == "suspended" else row.revoked
                cause = {"cause": RevocationCause.REPLACED} if change == "replaced" else {}
                changed = act(at=NOON, reason="Copied.", by=None, **cause)
                issued.save(changed, scope=ALL_TENANTS)
            assert issued.shown(signed.issued_id) == changed

    assert sorted(world.repositories.status_lists.indexes_set(status_list)) == [1, 2, 4]
    revoked = world.repositories.status_lists.revoked_in(status_list)
    assert revoked == {ids[1]: None, ids[4]: RevocationCause.REPLACED}


def test_documents_of_a_holder_are_sliced_by_time_of_issue_and_then_by_id(world: World) -> None:
    anna, other, status_list = world.has_user(), a_stored_issue(world), a_list(world)
    hours = [NOON + timedelta(hours=hour) for hour in (2, 0, 1, 1)]
    held = sorted(
        (held_by(world, anna, at) for at in hours), key=lambda issued: (issued.issued_at, issued.id)
    )
    signed = replace(a_signed_one(world, status_list), issued_id=held[0].id)
    signed_credentials = world.repositories.signed_credentials
    assert signed_credentials.add(signed, scope=ALL_TENANTS)

    def slice_(**selection: Any) -> tuple[list[IssuedCredentialId], int]:
        chosen: dict[str, Any] = {"after": None, "offset": 0, "limit": 10} | selection
        held = signed_credentials.slice_of_user(anna.id, **chosen)
        return [id_ for id_, _ in held.documents], held.total

    ids = [issued.id for issued in held]
    assert slice_() == (ids, 4)
    assert slice_(offset=1, limit=2) == (ids[1:3], 4)
    assert slice_(offset=4) == ([], 4)
    assert slice_(after=NOON) == (ids[1:], 3)
    world.repositories.issued_credentials.save(
        held[1].revoked(at=NOON, reason="Copied.", by=None), scope=ALL_TENANTS
    )
    assert slice_(offset=1) == (ids[2:], 3)
    first = signed_credentials.slice_of_user(anna.id, after=None, offset=0, limit=2)
    assert [document for _, document in first.documents] == [signed.document, None]
    of_other = signed_credentials.slice_of_user(other.user_id, after=None, offset=0, limit=10)
    assert of_other.documents == ((other.id, None),)


def held_by(world: World, user: User, at: datetime) -> IssuedCredential:
    credential = a_credential(terms=some_terms(course_id=world.has_course().id))
    world.repositories.credentials.add(credential, scope=ALL_TENANTS)
    issued = an_issued_credential(credential, user, issued_at=at)
    world.repositories.issued_credentials.add(issued, scope=ALL_TENANTS)
    return issued


@pytest.mark.database
def test_the_database_lets_signed_forms_be_deleted_but_not_changed(world: World) -> None:
    signed = a_signed_one(world, a_list(world))
    world.repositories.signed_credentials.add(signed, scope=ALL_TENANTS)

    with pytest.raises(DatabaseError), transaction.atomic():
        SignedRow.objects.update(document="[]")

    assert SignedRow.objects.all().delete()[0] == 1
