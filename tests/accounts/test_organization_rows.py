"""Database constraints and queries of organizations."""

from collections.abc import Callable

import pytest
from django.db import IntegrityError, transaction
from pytest_django import DjangoAssertNumQueries

from accounts import models as rows
from accounts.domain.access import OrgRole
from authsvc.kernel.paging import PageRequest
from tests.accounts.granting import has_session
from tests.support.builders import NOON
from tests.support.tenants import (
    has_invitation,
    has_membership,
    has_organization,
    has_service_client,
    into,
)
from tests.support.worlds import World, orm_world

pytestmark = pytest.mark.every_database


@pytest.fixture
def town() -> World:
    return orm_world()


@pytest.mark.parametrize("organizations", [0, 1, 3])
def test_a_session_is_loaded_with_the_users_roles_in_one_query(
    town: World, organizations: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    anna = town.has_user()
    session = has_session(town, anna)
    for _ in range(organizations):
        has_membership(town, has_organization(town), user_id=anna.id)

    with django_assert_num_queries(1):
        state = town.repositories.sessions.state_of(session.id)

    assert state is not None
    assert len(state.memberships) == organizations


def test_a_client_is_loaded_with_the_status_of_its_organization_in_one_query(
    town: World, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client = has_service_client(town, has_organization(town)).client

    with django_assert_num_queries(1):
        assert town.repositories.clients.find(client.client_id) == client


def test_every_list_is_one_query(
    town: World, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    school, anna = has_organization(town), town.has_user()
    has_membership(town, school, user_id=anna.id)
    for _ in range(2):
        has_membership(town, school)
        has_invitation(town, school)
    request, scope, repositories = PageRequest(), into(school), town.repositories
    lists: list[Callable[[], object]] = [
        lambda: repositories.organizations.page_of(request, scope=scope),
        lambda: repositories.organizations.for_user(anna.id),
        lambda: repositories.memberships.page_of(school.id, request, scope=scope),
        lambda: repositories.memberships.emails_in(school.id, scope=scope),
        lambda: repositories.invitations.page_of(school.id, request, scope=scope),
        lambda: repositories.clients.page_for_organization(school.id, request, scope=scope),
    ]

    for list_ in lists:
        with django_assert_num_queries(1):
            list_()


def test_the_database_refuses_a_second_membership(town: World) -> None:
    stored = has_membership(town, has_organization(town))

    with pytest.raises(IntegrityError), transaction.atomic():
        rows.OrgMembership.objects.create(
            org_id=stored.org_id, user_id=stored.user_id, role=OrgRole.OWNER, joined_at=NOON
        )


def test_the_database_refuses_a_role_that_does_not_exist(town: World) -> None:
    school, anna = has_organization(town), town.has_user()

    with pytest.raises(IntegrityError), transaction.atomic():
        rows.OrgMembership.objects.create(
            org_id=school.id, user_id=anna.id, role="boss", joined_at=NOON
        )


def test_the_database_refuses_a_second_invitation_for_an_e_mail_address(town: World) -> None:
    stored = has_invitation(town, has_organization(town))

    with pytest.raises(IntegrityError), transaction.atomic():
        rows.Invitation.objects.create(
            org_id=stored.org_id,
            email=stored.email,
            role=OrgRole.LEARNER,
            token_hash="0" * 64,
            created_at=NOON,
            expires_at=NOON,
        )


def test_the_database_refuses_a_slug_twice(town: World) -> None:
    school = has_organization(town)

    with pytest.raises(IntegrityError), transaction.atomic():
        rows.Organization.objects.create(
            name="Bends", slug=school.slug, plan="free", status="active", created_at=NOON
        )


def test_rows_have_distinctive_names() -> None:
    school, bo = rows.Organization(name="Knots"), rows.User(email="bo@school.example")
    invitation = rows.Invitation(email="bo@school.example", token_hash="h4sh")

    assert str(school) == "Knots"
    assert str(rows.OrgMembership(org=school, user=bo)) == "bo@school.example in Knots"
    assert str(invitation) == "bo@school.example"
