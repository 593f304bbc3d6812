"""Profiles: their members (OpenID Connect Core §5.1)."""

from dataclasses import fields, replace
from datetime import timedelta

import pytest

from accounts.domain.access import Right
from accounts.domain.identity.entities.profiles import PROFILE_MEMBERS, Profile
from accounts.domain.identity.entities.users import UserChanges
from accounts.domain.identity.errors import UnsuitableProfile
from tests.accounts.auditing import log_of
from tests.support.builders import NOON, a_principal, a_user
from tests.support.worlds import World

FULL = {
    "given_name": "Anna",
    "middle_name": "Maria",
    "family_name": "Ek",
    "nickname": "Ann",
    "preferred_username": "anna.ek",
    "profile": "https://school.example/anna",
    "picture": "https://school.example/anna.png",
    "website": "https://anna.example/",
    "gender": "female",
    "birthdate": "2001-12-31",
    "zoneinfo": "Europe/Stockholm",
    "locale": "sv-SE",
    "phone_number": "+468123456",
    "address": "Hamngatan 1, 111 47 Stockholm",
}


def errors_of(**members: str) -> set[str]:
    with pytest.raises(UnsuitableProfile) as error:
        Profile().changed(members)
    return {field_error.path for field_error in error.value.field_errors}


def test_every_member_can_be_filled_in() -> None:
    assert set(FULL) == set(PROFILE_MEMBERS) == {field.name for field in fields(Profile)}
    assert Profile().changed(FULL) == Profile(**FULL)
    assert Profile(**FULL).members == FULL


def test_an_empty_member_is_cleared_and_the_others_are_kept() -> None:
    profile = Profile(**FULL).changed({"gender": "  ", "nickname": " Annie "})

    assert profile == replace(Profile(**FULL), gender="", nickname="Annie")
    assert "gender" not in profile.members


@pytest.mark.parametrize("name", ["given_name", "nickname", "preferred_username", "gender"])
@pytest.mark.parametrize("text", ["a\nb", "a\0b", "\u202ea", "\u200b", "x" * 201], ids=ascii)
def test_texts_are_one_visible_line(name: str, text: str) -> None:
    assert errors_of(**{name: text}) == {name}


def test_texts_are_normalized() -> None:
    assert Profile().changed({"family_name": "O\u0308berg"}).family_name == "Öberg"


@pytest.mark.parametrize("name", ["profile", "picture", "website"])
@pytest.mark.parametrize(
    "url",
    [
        "http://a.example/",
        "javascript:alert(1)",
        "data:image/png;base64,AA==",
        "//a.example/",
        "https://",
        "https:///a.png",
        "https://anna:secret@a.example/",
        "https://a.example:99999/",
        "https://[::1/",
        "https://a.example/a b",
        "https://ä.example/",
        "https://a.example/" + "x" * 2000,
    ],
)
def test_urls_use_https(name: str, url: str) -> None:
    assert errors_of(**{name: url}) == {name}


@pytest.mark.parametrize("birthdate", ["2001-12-31", "0000-02-29", "2000-02-29", "1987"])
def test_a_birthdate_can_lack_year_or_day(birthdate: str) -> None:
    assert Profile().changed({"birthdate": birthdate}).birthdate == birthdate


@pytest.mark.parametrize(
    "birthdate",
    [
        "0000",
        "2001-02-29",
        "31.12.2001",
        "2001-13-01",
        "20011231",
        "01-12-31",
        "2001-W01-1",
        "²001",
    ],
)
def test_other_dates_are_rejected(birthdate: str) -> None:
    assert errors_of(birthdate=birthdate) == {"birthdate"}


@pytest.mark.parametrize("zone", ["Europe/Atlantis", "../../etc/passwd", "/etc/passwd", "Europe"])
def test_a_time_zone_is_one_of_the_database(zone: str) -> None:
    assert errors_of(zoneinfo=zone) == {"zoneinfo"}


@pytest.mark.parametrize("tag", ["en", "de-AT", "zh-Hant-TW", "es-419", "sl-rozaj-biske", "de-x-a"])
def test_language_tags_are_accepted(tag: str) -> None:
    assert Profile().changed({"locale": tag}).locale == tag


@pytest.mark.parametrize("tag", ["en_US", "e", "english language", "de-", "de--AT", "x" * 101])
def test_other_locales_are_rejected(tag: str) -> None:
    assert errors_of(locale=tag) == {"locale"}


@pytest.mark.parametrize("number", ["+468123456", "+46 8 123 456", "+46 (8) 123-456"])
def test_telephone_numbers_are_normalized(number: str) -> None:
    assert Profile().changed({"phone_number": number}).phone_number == "+468123456"


@pytest.mark.parametrize(
    "number", ["08 123 456", "+0123456", "+46", "+46 8 call me", "+" + "1" * 16]
)
def test_other_telephone_numbers_are_rejected(number: str) -> None:
    assert errors_of(phone_number=number) == {"phone_number"}


def test_all_errors_are_reported_at_once() -> None:
    assert errors_of(locale="?", birthdate="?", nickname="Ann") == {"locale", "birthdate"}


def test_the_time_of_a_change_is_noted() -> None:
    anna, later = a_user(name="Anna"), NOON + timedelta(days=1)

    assert anna.described(name="Anna", profile={}, at=later) == anna
    assert anna.described(profile={"nickname": "Ann"}, at=later).updated_or_created_at == later
    assert anna.updated_or_created_at == anna.created_at


def test_a_profile_is_stored(world: World) -> None:
    anna = world.has_user(profile=Profile(**FULL), updated_at=NOON)
    changed = replace(anna, profile=Profile(nickname="Ann"), updated_at=NOON + timedelta(hours=1))

    assert world.repositories.users.get(anna.id) == anna
    world.repositories.users.save(changed)

    assert world.repositories.users.get(anna.id) == changed


def test_a_user_manager_changes_a_profile_and_the_audit_log_says_only_that(memory: World) -> None:
    bo = memory.has_user(name="Bo")
    root = a_principal(None, *Right)

    edited = memory.services.users.edit(bo.id, UserChanges(profile={"nickname": "Bob"}), by=root)

    (entry,) = log_of(memory)
    assert edited.profile == Profile(nickname="Bob")
    assert entry.act.after is not None
    assert entry.act.after["profile_changed"] is True
    assert "Bob" not in str(entry)


def test_users_change_their_own_profile_and_nobody_elses(memory: World) -> None:
    anna, bo = memory.has_user(name="Anna"), memory.has_user(name="Bo")

    memory.services.accounts.describe(profile={"nickname": "Ann"}, by=a_principal(anna))

    assert memory.repositories.users.get(anna.id).profile == Profile(nickname="Ann")
    assert memory.repositories.users.get(bo.id) == bo
