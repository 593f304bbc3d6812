"""Repository contract of e-mail addresses."""

from dataclasses import replace

import pytest
from django.db import IntegrityError

from accounts.domain.identity.errors import EmailTaken
from tests.support.builders import NOON
from tests.support.worlds import World

OLD, NEW = "anna@school.example", "other@school.example"


def test_a_user_with_a_changed_email_is_found_by_the_new_one_only(world: World) -> None:
    anna = world.has_user(email=OLD)

    world.repositories.users.change_email(anna.id, email=NEW, at=NOON)

    user = world.repositories.users.find_by_email(NEW)
    assert user is not None
    assert user.id == anna.id
    assert world.repositories.users.find_by_email(OLD) is None


def test_changing_an_email_changes_nothing_else(world: World) -> None:
    anna = world.has_user(email=OLD)
    world.repositories.users.change_email(anna.id, email=NEW, at=NOON)

    world.repositories.users.change_email(anna.id, email=OLD, at=NOON)

    assert world.repositories.users.get(anna.id) == replace(anna, changed_at=NOON)


def test_an_email_in_use_is_refused(world: World) -> None:
    anna, bo = world.has_user(email=OLD), world.has_user(email=NEW)

    with pytest.raises(EmailTaken):
        world.repositories.users.change_email(anna.id, email=NEW, at=NOON)

    assert world.repositories.users.get(anna.id) == anna
    assert world.repositories.users.find_by_email(NEW) == bo


def test_an_email_can_be_changed_to_itself(world: World) -> None:
    anna = world.has_user(email=OLD)

    world.repositories.users.change_email(anna.id, email=OLD, at=NOON)

    assert world.repositories.users.get(anna.id) == replace(anna, changed_at=NOON)


def test_a_new_user_has_no_verified_email(world: World) -> None:
    anna = world.has_user()

    assert world.repositories.verified_emails.find(anna.id) is None


def test_a_verified_email_is_stored(world: World) -> None:
    anna, bo = world.has_user(email=OLD), world.has_user(email=NEW)

    world.repositories.verified_emails.save(anna.id, email=OLD)

    assert world.repositories.verified_emails.find(anna.id) == OLD
    assert world.repositories.verified_emails.find(bo.id) is None


def test_a_verified_email_replaces_the_previous_one(world: World) -> None:
    anna, bo = world.has_user(email=OLD), world.has_user()
    world.repositories.verified_emails.save(anna.id, email=OLD)

    world.repositories.verified_emails.save(anna.id, email=NEW)
    world.repositories.verified_emails.save(bo.id, email=OLD)

    assert world.repositories.verified_emails.find(anna.id) == NEW
    assert world.repositories.verified_emails.find(bo.id) == OLD


@pytest.mark.every_database
def test_other_integrity_errors_are_not_reported_as_email_taken(world: World) -> None:
    anna = world.has_user(email=OLD)

    with pytest.raises(IntegrityError):
        world.repositories.users.change_email(anna.id, email="Not@Lower.Case", at=NOON)


def test_users_are_found_by_several_emails(world: World) -> None:
    anna = world.has_user(email=OLD)
    world.has_user(email="third@school.example")

    assert world.repositories.users.with_emails([OLD, NEW]) == [anna]
    assert world.repositories.users.with_emails([]) == []
    with world.unit_of_work.atomic():
        assert world.repositories.users.with_emails_for_update([OLD, NEW]) == [anna]


def test_verified_emails_are_those_of_users_that_have_one(world: World) -> None:
    anna, bo = world.has_user(email=OLD), world.has_user(email=NEW)
    world.repositories.verified_emails.save(bo.id, email=NEW)

    assert world.repositories.verified_emails.of_users([anna.id, bo.id]) == {bo.id: NEW}
    assert world.repositories.verified_emails.of_users([]) == {}
