"""ORM repositories and models of accounts, on databases only."""

from dataclasses import replace
from uuid import UUID

import pytest
from django.db import IntegrityError, connection, transaction
from pytest_django import DjangoAssertNumQueries

from accounts import models as rows
from accounts.domain.access import Role
from authsvc.kernel.paging import PageRequest
from tests.support.builders import a_refresh_token, a_session, a_user, an_idempotency_record
from tests.support.worlds import orm_world

pytestmark = pytest.mark.every_database


def test_the_lookups_of_every_request_take_one_query_each(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    world = orm_world()
    anna = world.has_user()
    session = a_session(user_id=anna.id)
    world.repositories.sessions.add(session)

    with django_assert_num_queries(1):
        assert world.repositories.sessions.state_of(session.id)
    with django_assert_num_queries(1):
        assert world.repositories.users.get(anna.id) == anna


def test_a_page_of_users_takes_one_query(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    world = orm_world()
    for _ in range(3):
        world.has_user()

    with django_assert_num_queries(1):
        assert len(world.repositories.users.page_of(PageRequest(limit=2)).items) == 2


@pytest.mark.postgres
def test_users_created_at_the_same_time_are_ordered_without_an_index_too() -> None:
    world = orm_world()
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_indexscan = off")
        cursor.execute("SET LOCAL enable_bitmapscan = off")

    users = [world.has_user(id=UUID(int=number)) for number in (3, 1, 2)]

    page = world.repositories.users.page_of(PageRequest())
    assert page.items == tuple(sorted(users, key=lambda user: user.id))


def test_a_new_database_has_no_accounts() -> None:
    assert not rows.User.objects.exists()
    assert not rows.OAuthClient.objects.exists()


def test_only_admins_are_superusers_in_django() -> None:
    world = orm_world()
    root = world.has_user(roles=(Role.LEARNER, Role.ADMIN))
    bo = world.has_user(roles=(Role.LEARNER, Role.INSTRUCTOR), is_staff=True)

    assert rows.User.objects.get(pk=root.id).is_superuser
    assert not rows.User.objects.get(pk=bo.id).is_superuser


def test_a_former_admin_is_no_superuser_in_django() -> None:
    world = orm_world()
    root = world.has_user(roles=(Role.LEARNER, Role.ADMIN))

    world.repositories.users.save(replace(root, roles=(Role.LEARNER,)))

    assert not rows.User.objects.get(pk=root.id).is_superuser


def test_the_database_refuses_an_email_with_capitals() -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        orm_world().has_user(email="Anna@school.example")


def test_rows_have_distinguishing_names() -> None:
    user, session = a_user(email="anna@school.example"), a_session()
    token, record = a_refresh_token(session_id=session.id), an_idempotency_record()

    assert str(rows.User(email=user.email)) == "anna@school.example"
    assert str(rows.Session(id=session.id)) == str(session.id)
    assert str(rows.RefreshToken(session_id=session.id)) == f"refresh token of {session.id}"
    assert token.hash not in str(rows.RefreshToken(hash=token.hash, session_id=session.id))
    assert str(rows.IdempotencyRecord(id=record.request_key)) == record.request_key
