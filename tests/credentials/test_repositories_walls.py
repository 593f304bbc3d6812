"""Tenant isolation of the credential repositories."""

from dataclasses import replace
from typing import Final

import pytest

from authsvc.kernel.pages import PageRequest
from authsvc.kernel.reach import EVERYWHERE, OutOfReach, Reach
from credentials.domain.entities import Credential, IssuedCredential, Trigger, TriggerKind
from credentials.domain.errors import CredentialNotFound, IssuedCredentialNotFound
from tests.support.builders import a_credential, an_issued_credential, some_terms
from tests.support.worlds import World

PLATFORM: Final = Reach()
WHOLE: Final = PageRequest(limit=100)


def a_credential_there(world: World) -> Credential:
    """A credential of an organization."""
    course = world.has_course(org_id=world.has_organization().id)
    credential = a_credential(terms=some_terms(course_id=course.id), org_id=course.org_id)
    world.repositories.credentials.add(credential, within=EVERYWHERE)
    return credential


def an_issued_credential_there(world: World) -> IssuedCredential:
    issued = an_issued_credential(a_credential_there(world), world.has_user())
    world.repositories.issued_credentials.add(issued, within=EVERYWHERE)
    return issued


def elsewhere(world: World) -> Reach:
    """The scope of a member of another organization."""
    return Reach.into(world.has_organization().id)


def test_a_member_finds_a_definition(world: World) -> None:
    credential = a_credential_there(world)
    within = Reach.into(credential.org_id)

    assert world.repositories.credentials.get(credential.id, within=within) == credential
    result = world.repositories.credentials.get_for_update(credential.id, within=within)
    assert result == credential
    assert world.repositories.credentials.page_of(WHOLE, within=within).items == (credential,)


def test_nobody_else_finds_it(world: World) -> None:
    credential = a_credential_there(world)
    stored = world.repositories.credentials

    for within in (PLATFORM, elsewhere(world)):
        with pytest.raises(CredentialNotFound):
            stored.get(credential.id, within=within)
        with pytest.raises(CredentialNotFound):
            stored.get_for_update(credential.id, within=within)
        assert stored.page_of(WHOLE, within=within).items == ()


def test_what_is_earned_is_found_wherever_it_is_offered(world: World) -> None:
    credential = a_credential_there(world)
    done = Trigger(TriggerKind.COURSE, credential.terms.course_id)

    assert world.repositories.credentials.earned_by(done) == [credential]


def test_an_issued_credential_is_changed_only_within_scope(world: World) -> None:
    issued = an_issued_credential_there(world)
    stored = world.repositories.issued_credentials

    for within in (PLATFORM, elsewhere(world)):
        with pytest.raises(IssuedCredentialNotFound):
            stored.get_for_update(issued.id, within=within)

    assert stored.get_for_update(issued.id, within=Reach.into(issued.org_id)) == issued


def test_an_issued_credential_can_be_shown_whatever_its_organization(world: World) -> None:
    issued = an_issued_credential_there(world)

    assert world.repositories.issued_credentials.shown(issued.id) == issued
    page = world.repositories.issued_credentials.page_for_user(issued.user_id, WHOLE)
    assert page.items == (issued,)


def test_nothing_is_written_out_of_scope(world: World) -> None:
    issued, within = an_issued_credential_there(world), elsewhere(world)
    credential = world.repositories.credentials.get(issued.credential_id, within=EVERYWHERE)
    other = an_issued_credential(credential, world.has_user())

    with pytest.raises(OutOfReach):
        world.repositories.credentials.add(a_credential(org_id=issued.org_id), within=within)
    with pytest.raises(OutOfReach):
        world.repositories.credentials.save(replace(credential, version=2), within=within)
    with pytest.raises(OutOfReach):
        world.repositories.issued_credentials.add(other, within=within)
    with pytest.raises(OutOfReach):
        world.repositories.issued_credentials.save(issued.superseded(), within=within)

    page = world.repositories.credentials.page_of(WHOLE, within=EVERYWHERE)
    assert page.items == (credential,)
    assert world.repositories.issued_credentials.shown(issued.id) == issued
