"""What every store of credentials promises of the copies that people hold."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import IntegrityError, connection
from django.test.utils import CaptureQueriesContext

from accounts.domain.entities import User
from authsvc.kernel.pages import InvalidCursor, Page, PageRequest
from authsvc.kernel.reach import EVERYWHERE
from credentials.domain.entities import (
    Credential,
    CredentialType,
    Evidence,
    Revocation,
    UserCredential,
    UserCredentialId,
)
from credentials.domain.errors import AlreadyIssued, UserCredentialNotFound
from tests.support.builders import NOON, a_credential, a_user_credential, some_terms
from tests.support.pages import pages_of
from tests.support.worlds import World, orm_world

AN_HOUR = timedelta(hours=1)


def a_kept_credential(world: World) -> Credential:
    credential = a_credential(terms=some_terms(course_id=world.has_course().id))
    world.repositories.credentials.add(credential, within=EVERYWHERE)
    return credential


def a_kept_copy(world: World, user: User | None = None, **parts: Any) -> UserCredential:
    """Of a credential of its own, issued to the user or to somebody new."""
    copy = a_user_credential(a_kept_credential(world), user or world.has_user(), **parts)
    world.repositories.user_credentials.add(copy, within=EVERYWHERE)
    return copy


def revoked(copy: UserCredential) -> UserCredential:
    return copy.revoked(at=NOON + AN_HOUR, reason="Misspelt.", by=None)


def test_a_copy_is_kept_as_it_was_added(world: World) -> None:
    anna, root = world.has_user(), world.has_user(name="Root")
    first = a_kept_copy(world, anna, is_current=False)
    copy = replace(
        first,
        id=UserCredentialId(uuid4()),
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
        revocation=Revocation(at=NOON + AN_HOUR, reason="Misspelt.\nTwice.", by=root.id),
        is_current=False,
    )

    world.repositories.user_credentials.add(copy, within=EVERYWHERE)

    assert world.repositories.user_credentials.shown(copy.id) == copy


def test_a_copy_of_which_there_is_nothing_to_say_is_kept_too(world: World) -> None:
    copy = a_kept_copy(world)

    assert (copy.expires_at, copy.supersedes, copy.revocation) == (None, None, None)
    assert world.repositories.user_credentials.shown(copy.id) == copy


def test_a_second_current_copy_is_refused_and_the_first_kept(world: World) -> None:
    first = a_kept_copy(world)
    second = replace(first, id=UserCredentialId(uuid4()), issued_at=NOON + AN_HOUR)

    with pytest.raises(AlreadyIssued):
        world.repositories.user_credentials.add(second, within=EVERYWHERE)

    assert world.repositories.user_credentials.shown(first.id) == first
    with pytest.raises(UserCredentialNotFound):
        world.repositories.user_credentials.shown(second.id)


def test_copies_that_are_not_current_stand_beside_the_one_that_is(world: World) -> None:
    current = a_kept_copy(world)
    older = [
        replace(current, id=UserCredentialId(uuid4()), is_current=False, issued_at=NOON - AN_HOUR)
        for _ in range(2)
    ]

    for copy in older:
        world.repositories.user_credentials.add(copy, within=EVERYWHERE)

    found = [world.repositories.user_credentials.shown(copy.id) for copy in older]
    assert found == older


def test_after_a_copy_that_is_no_longer_current_comes_a_new_one(world: World) -> None:
    first = a_kept_copy(world)
    second = replace(first, id=UserCredentialId(uuid4()))
    world.repositories.user_credentials.save(revoked(first), within=EVERYWHERE)

    world.repositories.user_credentials.add(second, within=EVERYWHERE)

    assert world.repositories.user_credentials.shown(second.id).is_current


def test_others_hold_the_same_credential_and_one_holds_others(world: World) -> None:
    anna, ben = world.has_user(), world.has_user()
    badge, certificate = a_kept_credential(world), a_kept_credential(world)
    copies = [
        a_user_credential(credential, user)
        for credential in (badge, certificate)
        for user in (anna, ben)
    ]

    for copy in copies:
        world.repositories.user_credentials.add(copy, within=EVERYWHERE)

    assert [world.repositories.user_credentials.shown(copy.id) for copy in copies] == copies


def test_a_copy_that_was_never_issued_is_not_found(world: World) -> None:
    a_kept_copy(world)
    unknown = UserCredentialId(uuid4())

    with pytest.raises(UserCredentialNotFound):
        world.repositories.user_credentials.shown(unknown)
    with pytest.raises(UserCredentialNotFound), world.unit_of_work.atomic():
        world.repositories.user_credentials.get_for_update(unknown, within=EVERYWHERE)


def test_a_copy_that_is_to_be_changed_is_got_likewise(world: World) -> None:
    copy = a_kept_copy(world)

    with world.unit_of_work.atomic():
        found = world.repositories.user_credentials.get_for_update(copy.id, within=EVERYWHERE)

    assert found == copy


@pytest.mark.postgres
def test_the_row_of_a_copy_that_is_to_be_changed_is_locked() -> None:
    world = orm_world()
    copy = a_kept_copy(world)

    with CaptureQueriesContext(connection) as statements, world.unit_of_work.atomic():
        world.repositories.user_credentials.get_for_update(copy.id, within=EVERYWHERE)

    assert any("FOR UPDATE" in statement["sql"] for statement in statements)


def test_saving_keeps_the_revocation_and_whether_it_is_current(world: World) -> None:
    root = world.has_user(name="Root")
    copy, other = a_kept_copy(world), a_kept_copy(world)
    changed = copy.revoked(at=NOON + AN_HOUR, reason="Misspelt.", by=root.id)

    world.repositories.user_credentials.save(changed, within=EVERYWHERE)

    assert world.repositories.user_credentials.shown(copy.id) == changed
    assert world.repositories.user_credentials.shown(other.id) == other


def test_saving_keeps_that_a_later_copy_took_its_place(world: World) -> None:
    copy = a_kept_copy(world)

    world.repositories.user_credentials.save(copy.superseded(), within=EVERYWHERE)

    assert world.repositories.user_credentials.shown(copy.id) == copy.superseded()


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
        {"supersedes": UserCredentialId(uuid4())},
    ],
    ids=lambda change: next(iter(change)),
)
def test_saving_moves_nothing_that_was_settled_when_it_was_issued(
    world: World, change: dict[str, Any]
) -> None:
    copy = a_kept_copy(world)

    world.repositories.user_credentials.save(replace(revoked(copy), **change), within=EVERYWHERE)

    assert world.repositories.user_credentials.shown(copy.id) == revoked(copy)


def test_the_list_holds_all_that_somebody_was_issued_and_nothing_of_others(world: World) -> None:
    anna = world.has_user()
    held, lost = a_kept_copy(world, anna), a_kept_copy(world, anna, issued_at=NOON + AN_HOUR)
    world.repositories.user_credentials.save(revoked(lost), within=EVERYWHERE)
    a_kept_copy(world)

    page = world.repositories.user_credentials.page_for_user(anna.id, PageRequest())

    assert page == Page(items=(held, revoked(lost)), next_cursor=None)


def test_what_was_issued_first_comes_first_and_the_id_breaks_ties(world: World) -> None:
    anna = world.has_user()
    a_kept_copy(world, anna, id=UserCredentialId(UUID(int=1)), issued_at=NOON + AN_HOUR)
    for number in (4, 2, 3):
        a_kept_copy(world, anna, id=UserCredentialId(UUID(int=number)))

    page = world.repositories.user_credentials.page_for_user(anna.id, PageRequest())

    assert [copy.id.int for copy in page.items] == [2, 3, 4, 1]


def test_page_after_page_shows_each_copy_once(world: World) -> None:
    anna = world.has_user()
    for hours in (0, 0, 0, 1, 2):
        a_kept_copy(world, anna, issued_at=NOON + hours * AN_HOUR)
    list_ = world.repositories.user_credentials.page_for_user
    whole = list(list_(anna.id, PageRequest()).items)

    pages = pages_of(lambda request: list_(anna.id, request), limit=2)

    assert list(pages) == [whole[:2], whole[2:4], whole[4:]]


def test_a_cursor_of_another_list_is_refused(world: World) -> None:
    anna = world.has_user()

    with pytest.raises(InvalidCursor):
        world.repositories.user_credentials.page_for_user(anna.id, PageRequest(cursor="WyIxIl0"))


@pytest.mark.every_database
def test_the_database_refuses_a_revocation_without_a_reason() -> None:
    world = orm_world()
    nothing_said = Revocation(at=NOON, reason="", by=None)

    with pytest.raises(IntegrityError, match="revocation_has_a_reason"):
        a_kept_copy(world, revocation=nothing_said, is_current=False)
