"""Tenant isolation of the credential repositories."""

from dataclasses import replace
from typing import Final

import pytest

from authsvc.kernel.paging import PageRequest
from authsvc.kernel.tenancy import ALL_TENANTS, OutsideTenantScope, TenantScope
from credentials.domain.entities.credentials import IssuedCredential
from credentials.domain.entities.definitions import Credential
from credentials.domain.entities.rules import Trigger, TriggerKind
from credentials.domain.errors import CredentialNotFound, IssuedCredentialNotFound
from tests.support.builders import a_credential, an_issued_credential, some_terms
from tests.support.worlds import World

PLATFORM: Final = TenantScope()
WHOLE: Final = PageRequest(limit=100)


def a_credential_there(world: World) -> Credential:
    """A credential of an organization."""
    course = world.has_course(org_id=world.has_organization().id)
    credential = a_credential(terms=some_terms(course_id=course.id), org_id=course.org_id)
    world.repositories.credentials.add(credential, scope=ALL_TENANTS)
    return credential


def an_issued_credential_there(world: World) -> IssuedCredential:
    issued = an_issued_credential(a_credential_there(world), world.has_user())
    world.repositories.issued_credentials.add(issued, scope=ALL_TENANTS)
    return issued


def elsewhere(world: World) -> TenantScope:
    """The scope of a member of another organization."""
    return TenantScope.into(world.has_organization().id)


def test_a_member_finds_a_definition(world: World) -> None:
    credential = a_credential_there(world)
    scope = TenantScope.into(credential.org_id)

    assert world.repositories.credentials.get(credential.id, scope=scope) == credential
    result = world.repositories.credentials.get_for_update(credential.id, scope=scope)
    assert result == credential
    assert world.repositories.credentials.page_of(WHOLE, scope=scope).items == (credential,)


def test_nobody_else_finds_it(world: World) -> None:
    credential = a_credential_there(world)
    stored = world.repositories.credentials

    for scope in (PLATFORM, elsewhere(world)):
        with pytest.raises(CredentialNotFound):
            stored.get(credential.id, scope=scope)
        with pytest.raises(CredentialNotFound):
            stored.get_for_update(credential.id, scope=scope)
        assert stored.page_of(WHOLE, scope=scope).items == ()


def test_what_is_earned_is_found_wherever_it_is_offered(world: World) -> None:
    credential = a_credential_there(world)
    done = Trigger(TriggerKind.COURSE, credential.terms.course_id)

    assert world.repositories.credentials.earned_by(done) == [credential]


def test_an_issued_credential_is_changed_only_within_scope(world: World) -> None:
    issued = an_issued_credential_there(world)
    stored = world.repositories.issued_credentials

    for scope in (PLATFORM, elsewhere(world)):
        with pytest.raises(IssuedCredentialNotFound):
            stored.get_for_update(issued.id, scope=scope)

    assert stored.get_for_update(issued.id, scope=TenantScope.into(issued.org_id)) == issued


def test_an_issued_credential_can_be_shown_whatever_its_organization(world: World) -> None:
    issued = an_issued_credential_there(world)

    assert world.repositories.issued_credentials.shown(issued.id) == issued
    page = world.repositories.issued_credentials.page_for_user(issued.user_id, WHOLE)
    assert page.items == (issued,)


def test_nothing_is_written_out_of_scope(world: World) -> None:
    issued, scope = an_issued_credential_there(world), elsewhere(world)
    credential = world.repositories.credentials.get(issued.credential_id, scope=ALL_TENANTS)
    other = an_issued_credential(credential, world.has_user())

    with pytest.raises(OutsideTenantScope):
        world.repositories.credentials.add(a_credential(org_id=issued.org_id), scope=scope)
    with pytest.raises(OutsideTenantScope):
        world.repositories.credentials.save(replace(credential, version=2), scope=scope)
    with pytest.raises(OutsideTenantScope):
        world.repositories.issued_credentials.add(other, scope=scope)
    with pytest.raises(OutsideTenantScope):
        world.repositories.issued_credentials.save(issued.superseded(), scope=scope)

    page = world.repositories.credentials.page_of(WHOLE, scope=ALL_TENANTS)
    assert page.items == (credential,)
    assert world.repositories.issued_credentials.shown(issued.id) == issued
