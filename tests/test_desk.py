"""A desk is ready after one command, stays as it is after another, and keeps its secrets to itself."""

import json
from dataclasses import replace
from pathlib import Path
from stat import S_IMODE
from typing import Final

import pytest
from pytest_django import Settings

from accounts.domain.access import OPERATOR, Role
from accounts.domain.identity.errors import InvalidCredentials, InvalidToken, UserNotFound
from authsvc.composition.container import Services
from authsvc.config.environment import AppEnv
from authsvc.config.secret_files import kept
from authsvc.demo import samples
from authsvc.kernel.paging import PageRequest
from courses.definitions.courses import read_definition
from courses.domain.entities.courses import CourseStatus
from tests.support.application import Application
from tests.support.commands import refusal_of, said_by
from tests.support.databases import own_database
from tests.support.school import manage
from tests.support.worlds import World

SLUG: Final = "intro-to-claude"
COURSE: Final = read_definition(samples.COURSE.read_text(encoding="utf-8"))


@pytest.fixture
def desk(tmp_path: Path, settings: Settings) -> Path:
    """Where this desk keeps what it makes."""
    settings.ENVIRONMENT = replace(settings.ENVIRONMENT, data_dir=tmp_path / "var")
    return tmp_path / "var"


def passwords_at(desk: Path) -> dict[str, str]:
    passwords: dict[str, str] = json.loads((desk / "developer-logins.json").read_text())
    return passwords


def logins_in(said: str) -> list[list[str]]:
    """Role, address and password of each login."""
    return [line.split() for line in said.splitlines() if "@" in line]


def may_log_in(services: Services, email: str, password: str) -> bool:
    try:
        services.sessions.log_in(email=email, password=password)
    except InvalidCredentials:
        return False
    return True


def credentials_in(services: Services) -> list[str]:
    page = services.credentials.page_of(PageRequest(), by=OPERATOR)
    return [credential.terms.name for credential in page.items]


@pytest.mark.any_database
def test_a_prepared_desk_has_two_people_who_can_log_in(
    application: Application, desk: Path
) -> None:
    said = said_by("prepare_development")

    staff, learner = logins_in(said)
    assert staff[:2] == ["admin", samples.STAFF]
    assert learner[:2] == ["learner", samples.LEARNER]
    for _, email, password in (staff, learner):
        assert may_log_in(application.services, email, password)
    assert application.services.users.find(samples.STAFF, by=OPERATOR).is_staff
    assert application.services.users.find(samples.LEARNER, by=OPERATOR).roles == (Role.LEARNER,)


@pytest.mark.any_database
def test_a_prepared_desk_has_a_course_and_what_it_earns(
    application: Application, desk: Path
) -> None:
    said_by("prepare_development")

    course = application.services.catalog.visible_to(OPERATOR, SLUG)
    assert (course.status, course.version) == (CourseStatus.PUBLISHED, 1)
    assert application.services.authoring.export(SLUG, version=1, by=OPERATOR) == COURSE
    assert credentials_in(application.services) == ["Claude Basics"]


@pytest.mark.any_database
def test_whoever_prepares_a_desk_reads_where_everything_is(
    application: Application, desk: Path
) -> None:
    said = said_by("prepare_development")

    for path in ("/v1", "/docs", "/admin/"):
        assert f" http://127.0.0.1:8000{path}\n" in said


@pytest.mark.any_database
def test_passwords_are_kept_for_their_owner_alone(application: Application, desk: Path) -> None:
    said = said_by("prepare_development")

    assert passwords_at(desk) == {email: password for _, email, password in logins_in(said)}
    assert {file.name for file in desk.iterdir()} == {"developer-logins.json", "demo-client.json"}
    assert S_IMODE((desk / "developer-logins.json").stat().st_mode) == 0o600


@pytest.mark.any_database
def test_to_prepare_a_desk_again_changes_nothing(application: Application, desk: Path) -> None:
    first = said_by("prepare_development")
    course = application.services.catalog.visible_to(OPERATOR, SLUG)
    people = application.services.users.page_of(PageRequest(), by=OPERATOR)
    session = application.services.sessions.log_in(
        email=samples.LEARNER, password=passwords_at(desk)[samples.LEARNER]
    )

    again = said_by("prepare_development")

    assert again == first
    assert application.services.catalog.visible_to(OPERATOR, SLUG) == course
    assert application.services.users.page_of(PageRequest(), by=OPERATOR) == people
    assert credentials_in(application.services) == ["Claude Basics"]
    assert application.services.access.principal_of(session.access_token).user_id == session.user.id


@pytest.mark.any_database
def test_passwords_that_were_lost_are_replaced(application: Application, desk: Path) -> None:
    said_by("prepare_development")
    old = passwords_at(desk)
    session = application.services.sessions.log_in(email=samples.STAFF, password=old[samples.STAFF])
    (desk / "developer-logins.json").unlink()

    said_by("prepare_development")

    new = passwords_at(desk)
    for email in (samples.STAFF, samples.LEARNER):
        assert not may_log_in(application.services, email, old[email])
        assert may_log_in(application.services, email, new[email])
    with pytest.raises(InvalidToken):
        application.services.access.principal_of(session.access_token)


@pytest.mark.any_database
def test_a_login_with_another_password_gets_the_kept_one_again(
    application: Application, desk: Path
) -> None:
    said_by("prepare_development")
    staff = application.services.users.find(samples.STAFF, by=OPERATOR)
    application.services.users.set_password(staff.id, password="a long walk home", by=OPERATOR)

    said_by("prepare_development")

    assert may_log_in(application.services, samples.STAFF, passwords_at(desk)[samples.STAFF])


@pytest.mark.any_database
def test_a_sample_that_was_worked_on_is_left_as_it_is(application: Application, desk: Path) -> None:
    said_by("prepare_development")
    revised = replace(COURSE, title="Another introduction")
    application.services.authoring.revise(SLUG, revised, by=OPERATOR)
    application.services.authoring.publish(SLUG, by=OPERATOR)

    said_by("prepare_development")

    assert application.services.authoring.export(SLUG, by=OPERATOR) == revised
    assert application.services.catalog.visible_to(OPERATOR, SLUG).version == 2


@pytest.mark.any_database
def test_production_gets_no_such_people_and_reads_no_password(
    application: Application, desk: Path, settings: Settings
) -> None:
    said_by("prepare_development")
    settings.ENVIRONMENT = replace(settings.ENVIRONMENT, app_env=AppEnv.PROD)

    refusal, said = refusal_of("prepare_development")

    assert "production" in refusal
    assert said == ""
    assert not any(password in refusal for password in passwords_at(desk).values())


@pytest.mark.any_database
def test_in_production_nothing_is_made(
    application: Application, desk: Path, settings: Settings
) -> None:
    settings.ENVIRONMENT = replace(settings.ENVIRONMENT, app_env=AppEnv.PROD)

    refusal_of("prepare_development")

    assert not desk.exists()
    with pytest.raises(UserNotFound):
        application.services.users.find(samples.STAFF, by=OPERATOR)


@pytest.mark.any_database
@pytest.mark.parametrize("text", ["", "?", "[]", "{}", '{"staff@authsvc.example": "secret"}'])
def test_a_file_without_the_passwords_is_named_and_left_as_it_is(
    application: Application, desk: Path, text: str
) -> None:
    file = desk / "developer-logins.json"
    desk.mkdir()
    file.write_text(text)

    refusal, said = refusal_of("prepare_development")

    assert refusal.startswith(f"{file} does not contain the passwords of the logins.")
    assert said == ""
    assert file.read_text() == text


@pytest.mark.any_database
def test_a_place_where_nothing_can_be_kept_is_named(application: Application, desk: Path) -> None:
    desk.write_text("no directory")

    refusal, said = refusal_of("prepare_development")

    assert refusal.startswith(f"{desk / 'developer-logins.json'} cannot be read or created: ")
    assert said == ""


@pytest.mark.any_database
def test_a_desk_can_be_prepared_from_nothing(tmp_path: Path) -> None:
    with own_database(tmp_path) as url:
        environment = {"DATABASE_URL": url, "DATA_DIR": str(tmp_path)}

        first = manage(environment, "prepare_development")
        again = manage(environment, "prepare_development")

    assert len(logins_in(first)) == 2
    assert again == first


def test_what_is_kept_is_for_its_owner_whatever_the_umask(tmp_path: Path) -> None:
    path = tmp_path / "secret"

    kept(path, lambda: "open sesame")

    assert S_IMODE(path.stat().st_mode) == 0o600


def test_nothing_is_left_behind_by_a_secret_that_could_not_be_made(tmp_path: Path) -> None:
    def make() -> str:
        raise ValueError

    with pytest.raises(ValueError):  # noqa: PT011  # it says nothing
        kept(tmp_path / "secret", make)

    assert list(tmp_path.iterdir()) == []


def test_samples_are_loaded_once(memory: World) -> None:
    logins = samples.developer_logins(samples.new_passwords())
    samples.load(memory.services, logins)
    before = memory.services.catalog.visible_to(OPERATOR, SLUG)

    samples.load(memory.services, logins)

    assert memory.services.catalog.visible_to(OPERATOR, SLUG) == before
    assert credentials_in(memory.services) == ["Claude Basics"]
    assert len(memory.services.users.page_of(PageRequest(), by=OPERATOR).items) == 2


def test_samples_come_without_people_where_none_are_wanted(memory: World) -> None:
    samples.load(memory.services, ())

    assert memory.services.catalog.visible_to(OPERATOR, SLUG).is_open
    assert memory.services.users.page_of(PageRequest(), by=OPERATOR).items == ()


def test_a_course_of_ours_that_stands_at_the_address_is_left_alone(memory: World) -> None:
    ours = replace(COURSE, title="Ours")
    memory.services.authoring.create(ours, by=OPERATOR)

    samples.load(memory.services, ())

    assert memory.services.authoring.export(SLUG, by=OPERATOR) == ours
    assert credentials_in(memory.services) == []


def test_passwords_are_others_each_time_and_not_to_be_guessed() -> None:
    first, second = samples.new_passwords(), samples.new_passwords()

    every = [*first.values(), *second.values()]
    assert len(set(every)) == 4
    assert min(len(password) for password in every) >= 16


def test_a_house_without_pages_names_no_page() -> None:
    logins = samples.developer_logins(samples.new_passwords())

    said = samples.welcome("https://auth.example", logins, has_pages=False)

    assert "https://auth.example/v1" in said
    assert "admin/" not in said
    assert len(logins_in(said)) == 2
