"""Contract of the issued credential repository."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import IntegrityError

from authsvc.kernel.paging import Page, PageRequest
from authsvc.kernel.tenancy import ALL_TENANTS, TenantScope
from credentials.domain.entities.credentials import (
    Evidence,
    IssuedCredential,
    IssuedCredentialId,
    Revocation,
    RevocationCause,
)
from credentials.domain.entities.definitions import CredentialType
from credentials.domain.errors import AlreadyIssued, IssuedCredentialNotFound
from tests.credentials.storing import a_stored_credential, a_stored_issue
from tests.support.builders import NOON, an_issued_credential, some_terms
from tests.support.worlds import World, orm_world

AN_HOUR = timedelta(hours=1)


def revoked(issued: IssuedCredential) -> IssuedCredential:
    return issued.revoked(at=NOON + AN_HOUR, reason="Misspelt.", by=None)


def test_an_issued_credential_is_stored_as_it_was_added(world: World) -> None:
    anna, root = world.has_user(), world.has_user(name="Root")
    first = a_stored_issue(world, anna, is_current=False)
    issued = replace(
        first,
        id=IssuedCredentialId(uuid4()),
        credential_version=7,
        terms=some_terms(
            name="Knoten",
            type=CredentialType.CERTIFICATE,
            image_url="https://school.example/knot.png",
            course_id=world.has_course().id,
            valid_for_days=30,
        ),
        evidence=Evidence(
            course_id=world.has_course().id, course_version=3, completed_at=NOON - AN_HOUR
        ),
        issued_at=NOON + timedelta(microseconds=1),
        expires_at=NOON + timedelta(days=30),
        supersedes=first.id,
        revocation=Revocation(
            at=NOON + AN_HOUR,
            reason="Misspelt.\nTwice.",
            by=root.id,
            cause=RevocationCause.HOLDERS_REQUEST,
        ),
        is_current=False,
    )

    world.repositories.issued_credentials.add(issued, scope=ALL_TENANTS)

    assert world.repositories.issued_credentials.shown(issued.id) == issued


def test_an_issued_credential_without_optional_parts_is_stored_too(world: World) -> None:
    issued = a_stored_issue(world)

    assert (issued.expires_at, issued.supersedes, issued.revocation) == (None, None, None)
    assert world.repositories.issued_credentials.shown(issued.id) == issued


def test_a_second_current_issued_credential_is_rejected_and_the_first_unchanged(
    world: World,
) -> None:
    first = a_stored_issue(world)
    second = replace(first, id=IssuedCredentialId(uuid4()), issued_at=NOON + AN_HOUR)

    with pytest.raises(AlreadyIssued):
        world.repositories.issued_credentials.add(second, scope=ALL_TENANTS)

    assert world.repositories.issued_credentials.shown(first.id) == first
    with pytest.raises(IssuedCredentialNotFound):
        world.repositories.issued_credentials.shown(second.id)


def test_issued_credentials_that_are_not_current_stand_beside_the_one_that_is(world: World) -> None:
    current = a_stored_issue(world)
    older = [
        replace(current, id=IssuedCredentialId(uuid4()), is_current=False, issued_at=NOON - AN_HOUR)
        for _ in range(2)
    ]

    for issued in older:
        world.repositories.issued_credentials.add(issued, scope=ALL_TENANTS)

    result = [world.repositories.issued_credentials.shown(issued.id) for issued in older]
    assert result == older


def test_after_an_issued_credential_that_is_no_longer_current_comes_a_new_one(world: World) -> None:
    first = a_stored_issue(world)
    second = replace(first, id=IssuedCredentialId(uuid4()))
    world.repositories.issued_credentials.save(revoked(first), scope=ALL_TENANTS)

    world.repositories.issued_credentials.add(second, scope=ALL_TENANTS)

    assert world.repositories.issued_credentials.shown(second.id).is_current


def test_others_hold_the_same_credential_and_one_holds_others(world: World) -> None:
    anna, ben = world.has_user(), world.has_user()
    badge, certificate = a_stored_credential(world), a_stored_credential(world)
    copies = [
        an_issued_credential(credential, user)
        for credential in (badge, certificate)
        for user in (anna, ben)
    ]

    for issued in copies:
        world.repositories.issued_credentials.add(issued, scope=ALL_TENANTS)

    assert [world.repositories.issued_credentials.shown(issued.id) for issued in copies] == copies


def test_an_issued_credential_that_was_never_issued_is_not_found(world: World) -> None:
    a_stored_issue(world)
    unknown = IssuedCredentialId(uuid4())

    with pytest.raises(IssuedCredentialNotFound):
        world.repositories.issued_credentials.shown(unknown)
    with pytest.raises(IssuedCredentialNotFound), world.unit_of_work.atomic():
        world.repositories.issued_credentials.get_for_update(unknown, scope=ALL_TENANTS)


def test_saving_stores_the_revocation_and_whether_it_is_current(world: World) -> None:
    root = world.has_user(name="Root")
    issued, other = a_stored_issue(world), a_stored_issue(world)
    changed = issued.revoked(at=NOON + AN_HOUR, reason="Misspelt.", by=root.id)

    world.repositories.issued_credentials.save(changed, scope=ALL_TENANTS)

    assert world.repositories.issued_credentials.shown(issued.id) == changed
    assert world.repositories.issued_credentials.shown(other.id) == other


def test_saving_stores_that_it_was_superseded(world: World) -> None:
    issued = a_stored_issue(world)

    world.repositories.issued_credentials.save(issued.superseded(), scope=ALL_TENANTS)

    assert world.repositories.issued_credentials.shown(issued.id) == issued.superseded()


@pytest.mark.parametrize(
    "change",
    [
        {"issued_at": NOON + AN_HOUR},
        {"expires_at": NOON + AN_HOUR},
        {"credential_version": 9},
        {"terms": some_terms(name="Bends")},
        {
            "evidence": Evidence(
                course_id=some_terms().course_id, course_version=9, completed_at=NOON + AN_HOUR
            )
        },
        {"supersedes": IssuedCredentialId(uuid4())},
    ],
    ids=lambda change: next(iter(change)),
)
def test_saving_moves_nothing_that_was_settled_when_it_was_issued(
    world: World, change: dict[str, Any]
) -> None:
    issued = a_stored_issue(world)

    world.repositories.issued_credentials.save(
        replace(revoked(issued), **change), scope=ALL_TENANTS
    )

    assert world.repositories.issued_credentials.shown(issued.id) == revoked(issued)


def test_the_list_holds_all_that_somebody_was_issued_and_nothing_of_others(world: World) -> None:
    anna = world.has_user()
    valid, lost = a_stored_issue(world, anna), a_stored_issue(world, anna, issued_at=NOON + AN_HOUR)
    world.repositories.issued_credentials.save(revoked(lost), scope=ALL_TENANTS)
    a_stored_issue(world)

    page = world.repositories.issued_credentials.page_for_user(anna.id, PageRequest())

    assert page == Page(items=(valid, revoked(lost)), next_cursor=None)


def test_what_was_issued_first_comes_first_and_the_id_breaks_ties(world: World) -> None:
    anna = world.has_user()
    a_stored_issue(world, anna, id=IssuedCredentialId(UUID(int=1)), issued_at=NOON + AN_HOUR)
    for number in (4, 2, 3):
        a_stored_issue(world, anna, id=IssuedCredentialId(UUID(int=number)))

    page = world.repositories.issued_credentials.page_for_user(anna.id, PageRequest())

    assert [issued.id.int for issued in page.items] == [2, 3, 4, 1]


@pytest.mark.every_database
def test_the_database_refuses_a_revocation_without_a_reason() -> None:
    world = orm_world()
    nothing_said = Revocation(at=NOON, reason="", by=None)

    with pytest.raises(IntegrityError, match="revocation_has_a_reason"):
        a_stored_issue(world, revocation=nothing_said, is_current=False)


def test_the_one_in_place_of_another_is_the_last_in_scope(world: World) -> None:
    issued_credentials, first = world.repositories.issued_credentials, a_stored_issue(world)
    assert issued_credentials.successor_of(first.id, scope=ALL_TENANTS) is None

    later = [
        a_stored_issue(world, supersedes=first.id, issued_at=NOON + hours * AN_HOUR)
        for hours in (2, 1)
    ]

    assert issued_credentials.successor_of(first.id, scope=ALL_TENANTS) == later[0]
    assert issued_credentials.successor_of(later[0].id, scope=ALL_TENANTS) is None


def test_one_in_place_of_another_is_not_found_out_of_scope(world: World) -> None:
    issued_credentials, org_id = world.repositories.issued_credentials, world.has_organization().id
    first = a_stored_issue(world, org_id=org_id)
    second = a_stored_issue(world, org_id=org_id, supersedes=first.id)

    assert issued_credentials.successor_of(first.id, scope=TenantScope.into(org_id)) == second
    assert issued_credentials.successor_of(first.id, scope=TenantScope.into(None)) is None


def test_the_choice_to_show_the_name_is_saved(world: World) -> None:
    issued_credentials, issued = world.repositories.issued_credentials, a_stored_issue(world)
    assert not issued.shows_name

    issued_credentials.save(issued.naming_holder(is_shown=True), scope=ALL_TENANTS)

    stored = issued_credentials.shown(issued.id)
    assert stored == replace(issued, shows_name=True)
    assert stored.content_hash == issued.content_hash
