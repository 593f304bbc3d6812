"""What every store of credentials shows of the things of organizations, and to whom."""

from dataclasses import replace
from typing import Final

import pytest

from authsvc.kernel.pages import PageRequest
from authsvc.kernel.reach import EVERYWHERE, OutOfReach, Reach
from credentials.domain.entities import Credential, Trigger, TriggerKind, UserCredential
from credentials.domain.errors import CredentialNotFound, UserCredentialNotFound
from tests.support.builders import a_credential, a_user_credential, some_terms
from tests.support.worlds import World

PLATFORM: Final = Reach()
WHOLE: Final = PageRequest(limit=100)


def a_credential_there(world: World) -> Credential:
    """Of an organization."""
    course = world.has_course(org_id=world.has_organization().id)
    credential = a_credential(terms=some_terms(course_id=course.id), org_id=course.org_id)
    world.repositories.credentials.add(credential, within=EVERYWHERE)
    return credential


def a_copy_there(world: World) -> UserCredential:
    copy = a_user_credential(a_credential_there(world), world.has_user())
    world.repositories.user_credentials.add(copy, within=EVERYWHERE)
    return copy


def elsewhere(world: World) -> Reach:
    """The view of a member of another organization."""
    return Reach.into(world.has_organization().id)


def test_a_member_finds_a_definition(world: World) -> None:
    credential = a_credential_there(world)
    within = Reach.into(credential.org_id)

    assert world.repositories.credentials.get(credential.id, within=within) == credential
    found = world.repositories.credentials.get_for_update(credential.id, within=within)
    assert found == credential
    assert world.repositories.credentials.page_of(WHOLE, within=within).items == (credential,)


def test_nobody_else_finds_it(world: World) -> None:
    credential = a_credential_there(world)
    kept = world.repositories.credentials

    for within in (PLATFORM, elsewhere(world)):
        with pytest.raises(CredentialNotFound):
            kept.get(credential.id, within=within)
        with pytest.raises(CredentialNotFound):
            kept.get_for_update(credential.id, within=within)
        assert kept.page_of(WHOLE, within=within).items == ()


def test_what_is_earned_is_found_wherever_it_is_offered(world: World) -> None:
    credential = a_credential_there(world)
    done = Trigger(TriggerKind.COURSE, credential.terms.course_id)

    assert world.repositories.credentials.earned_by(done) == [credential]


def test_a_copy_is_changed_by_those_alone_who_have_it_in_view(world: World) -> None:
    copy = a_copy_there(world)
    kept = world.repositories.user_credentials

    for within in (PLATFORM, elsewhere(world)):
        with pytest.raises(UserCredentialNotFound):
            kept.get_for_update(copy.id, within=within)

    assert kept.get_for_update(copy.id, within=Reach.into(copy.org_id)) == copy


def test_a_copy_is_the_holders_to_show_wherever_he_was_issued_it(world: World) -> None:
    copy = a_copy_there(world)

    assert world.repositories.user_credentials.shown(copy.id) == copy
    page = world.repositories.user_credentials.page_for_user(copy.user_id, WHOLE)
    assert page.items == (copy,)


def test_nothing_is_written_behind_a_wall(world: World) -> None:
    copy, within = a_copy_there(world), elsewhere(world)
    credential = world.repositories.credentials.get(copy.credential_id, within=EVERYWHERE)
    other = a_user_credential(credential, world.has_user())

    with pytest.raises(OutOfReach):
        world.repositories.credentials.add(a_credential(org_id=copy.org_id), within=within)
    with pytest.raises(OutOfReach):
        world.repositories.credentials.save(replace(credential, version=2), within=within)
    with pytest.raises(OutOfReach):
        world.repositories.user_credentials.add(other, within=within)
    with pytest.raises(OutOfReach):
        world.repositories.user_credentials.save(copy.superseded(), within=within)

    page = world.repositories.credentials.page_of(WHOLE, within=EVERYWHERE)
    assert page.items == (credential,)
    assert world.repositories.user_credentials.shown(copy.id) == copy
