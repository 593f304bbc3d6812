"""Contract of the credential repository."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from authsvc.kernel.paging import Page, PageRequest
from authsvc.kernel.tenancy import ALL_TENANTS
from courses.domain.entities.courses import CourseId
from credentials.domain.entities.definitions import Credential, CredentialId, CredentialType
from credentials.domain.entities.rules import Trigger, TriggerKind
from credentials.domain.errors import CredentialNotFound
from tests.credentials.storing import a_stored_credential
from tests.support.builders import NOON, a_credential, some_terms
from tests.support.worlds import World


def done(course_id: CourseId) -> Trigger:
    return Trigger(TriggerKind.COURSE, course_id)


def test_a_definition_is_stored_as_it_was_added(world: World) -> None:
    terms = some_terms(
        name="Knoten für Anfänger",
        type=CredentialType.MICROCREDENTIAL,
        description="",
        criteria="Tied <all> knots.\nTwice.",
        issuer="School of Knots & Bends",
        image_url="https://school.example/knot.png",
        course_id=world.has_course().id,
        valid_for_days=365,
    )
    credential = a_credential(
        version=7, terms=terms, is_offered=False, created_at=NOON + timedelta(microseconds=1)
    )

    world.repositories.credentials.add(credential, scope=ALL_TENANTS)

    assert world.repositories.credentials.get(credential.id, scope=ALL_TENANTS) == credential


def test_a_definition_without_expiry_is_stored(world: World) -> None:
    credential = a_stored_credential(world)

    assert (
        world.repositories.credentials.get(credential.id, scope=ALL_TENANTS).terms.valid_for_days
        is None
    )


def test_an_unknown_definition_is_not_found(world: World) -> None:
    a_stored_credential(world)
    unknown = CredentialId(uuid4())

    with pytest.raises(CredentialNotFound):
        world.repositories.credentials.get(unknown, scope=ALL_TENANTS)
    with pytest.raises(CredentialNotFound), world.unit_of_work.atomic():
        world.repositories.credentials.get_for_update(unknown, scope=ALL_TENANTS)


def test_a_saved_definition_replaces_the_stored_one_and_no_other(world: World) -> None:
    credential, other = a_stored_credential(world), a_stored_credential(world)
    changed = replace(
        credential,
        version=2,
        is_offered=False,
        terms=some_terms(name="Bends", course_id=world.has_course().id, valid_for_days=1),
    )

    world.repositories.credentials.save(changed, scope=ALL_TENANTS)

    assert world.repositories.credentials.get(credential.id, scope=ALL_TENANTS) == changed
    assert world.repositories.credentials.get(other.id, scope=ALL_TENANTS) == other


def listed(world: World) -> Page[Credential]:
    return world.repositories.credentials.page_of(PageRequest(limit=100), scope=ALL_TENANTS)


def test_the_list_holds_what_is_offered(world: World) -> None:
    offered = a_stored_credential(world)
    a_stored_credential(world, is_offered=False)

    assert listed(world) == Page(items=(offered,), next_cursor=None)


def test_the_oldest_definition_comes_first(world: World) -> None:
    stored = [
        a_stored_credential(world, created_at=NOON + timedelta(hours=hours)) for hours in (2, 0, 1)
    ]

    assert listed(world).items == (stored[1], stored[2], stored[0])


def test_among_equally_old_definitions_the_lower_id_comes_first(world: World) -> None:
    for number in (3, 1, 2):
        a_stored_credential(world, id=CredentialId(UUID(int=number)))

    assert [credential.id.int for credential in listed(world).items] == [1, 2, 3]


def test_a_course_earns_the_definitions_that_name_it_and_are_offered(world: World) -> None:
    knots = world.has_course()
    badge, certificate = a_stored_credential(world, knots), a_stored_credential(world, knots)
    a_stored_credential(world, knots, is_offered=False)
    a_stored_credential(world)

    earned = world.repositories.credentials.earned_by(done(knots.id))

    assert earned == sorted([badge, certificate], key=lambda credential: credential.id)


def test_what_a_course_earns_stands_in_the_order_of_age(world: World) -> None:
    knots = world.has_course()
    young = a_stored_credential(world, knots, created_at=NOON + timedelta(hours=1))
    old = a_stored_credential(world, knots)

    assert world.repositories.credentials.earned_by(done(knots.id)) == [old, young]


def test_a_course_that_no_definition_names_earns_nothing(world: World) -> None:
    a_stored_credential(world)

    assert world.repositories.credentials.earned_by(done(CourseId(uuid4()))) == []
