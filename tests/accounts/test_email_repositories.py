"""What every store promises of addresses."""

import pytest
from django.db import IntegrityError

from accounts.domain.identity.errors import EmailTaken
from tests.support.worlds import World

OLD, NEW = "anna@school.example", "other@school.example"


def test_a_user_who_has_moved_is_found_at_his_new_address_alone(world: World) -> None:
    anna = world.has_user(email=OLD)

    world.repositories.users.change_email(anna.id, email=NEW)

    found = world.repositories.users.find_by_email(NEW)
    assert found is not None
    assert found.id == anna.id
    assert world.repositories.users.find_by_email(OLD) is None


def test_a_user_who_moves_changes_in_nothing_else(world: World) -> None:
    anna = world.has_user(email=OLD)
    world.repositories.users.change_email(anna.id, email=NEW)

    world.repositories.users.change_email(anna.id, email=OLD)

    assert world.repositories.users.get(anna.id) == anna


def test_nobody_moves_to_an_address_of_somebody_else(world: World) -> None:
    anna, bo = world.has_user(email=OLD), world.has_user(email=NEW)

    with pytest.raises(EmailTaken):
        world.repositories.users.change_email(anna.id, email=NEW)

    assert world.repositories.users.get(anna.id) == anna
    assert world.repositories.users.find_by_email(NEW) == bo


def test_a_user_may_stay_where_he_is(world: World) -> None:
    anna = world.has_user(email=OLD)

    world.repositories.users.change_email(anna.id, email=OLD)

    assert world.repositories.users.get(anna.id) == anna


def test_nothing_is_known_to_be_his_at_first(world: World) -> None:
    anna = world.has_user()

    assert world.repositories.verified_emails.find(anna.id) is None


def test_what_a_user_has_shown_to_be_his_is_kept(world: World) -> None:
    anna, bo = world.has_user(email=OLD), world.has_user(email=NEW)

    world.repositories.verified_emails.save(anna.id, email=OLD)

    assert world.repositories.verified_emails.find(anna.id) == OLD
    assert world.repositories.verified_emails.find(bo.id) is None


def test_another_address_takes_the_place_of_the_one_before(world: World) -> None:
    anna, bo = world.has_user(email=OLD), world.has_user()
    world.repositories.verified_emails.save(anna.id, email=OLD)

    world.repositories.verified_emails.save(anna.id, email=NEW)
    world.repositories.verified_emails.save(bo.id, email=OLD)

    assert world.repositories.verified_emails.find(anna.id) == NEW
    assert world.repositories.verified_emails.find(bo.id) == OLD


@pytest.mark.every_database
def test_what_else_the_database_refuses_is_not_taken_for_that(world: World) -> None:
    anna = world.has_user(email=OLD)

    with pytest.raises(IntegrityError):
        world.repositories.users.change_email(anna.id, email="Not@Lower.Case")
