"""Preparation of a development database: sample data, repeated runs, and secrets."""

import json
from dataclasses import replace
from pathlib import Path
from stat import S_IMODE
from typing import Final

import pytest
from pytest_django import Settings

from accounts.domain.access import OPERATOR, Role
from accounts.domain.identity.errors import InvalidCredentials, InvalidToken
from authsvc.composition.container import Services
from authsvc.config.environment import AppEnv
from authsvc.config.secret_files import read_or_create_secret
from authsvc.demo import samples
from authsvc.kernel.paging import PageRequest
from courses.definitions.courses import read_definition
from courses.domain.entities.courses import CourseStatus
from tests.support.application import Application
from tests.support.commands import error_of, has_all_tables, output_of
from tests.support.worlds import World

SLUG: Final = "intro-to-claude"
COURSE: Final = read_definition(samples.COURSE.read_text(encoding="utf-8"))


@pytest.fixture
def data_dir(tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The DATA_DIR of the development database, which has all tables."""
    has_all_tables(monkeypatch)
    settings.ENVIRONMENT = replace(settings.ENVIRONMENT, data_dir=tmp_path / "var")
    return tmp_path / "var"


def passwords_in(data_dir: Path) -> dict[str, str]:
    passwords: dict[str, str] = json.loads((data_dir / "developer-logins.json").read_text())
    return passwords


def logins_in(output: str) -> list[list[str]]:
    """Role, e-mail address and password of each printed login."""
    return [line.split() for line in output.splitlines() if "@" in line]


def may_log_in(services: Services, email: str, password: str) -> bool:
    try:
        services.sign_in.log_in(email=email, password=password)
    except InvalidCredentials:
        return False
    return True


def credentials_in(services: Services) -> list[str]:
    page = services.credentials.page_of(PageRequest(), by=OPERATOR)
    return sorted(credential.terms.name for credential in page.items)


@pytest.mark.any_database
def test_the_sample_data_has_two_users_who_can_log_in(
    application: Application, data_dir: Path
) -> None:
    output = output_of("prepare_development")

    staff, learner = logins_in(output)
    assert staff[:2] == ["admin", samples.STAFF]
    assert learner[:2] == ["learner", samples.LEARNER]
    for _, email, password in (staff, learner):
        assert may_log_in(application.services, email, password)
    assert application.user_with(samples.STAFF).is_staff
    assert application.user_with(samples.LEARNER).roles == (Role.LEARNER,)


@pytest.mark.any_database
def test_the_sample_data_has_a_course_and_its_credential(
    application: Application, data_dir: Path
) -> None:
    output_of("prepare_development")

    course = application.services.catalog.visible_to(OPERATOR, SLUG)
    assert (course.status, course.version) == (CourseStatus.PUBLISHED, 1)
    assert application.services.authoring.export(SLUG, version=1, by=OPERATOR) == COURSE
    assert credentials_in(application.services) == ["Claude Basics", "Claude Check"]


@pytest.mark.any_database
def test_the_command_prints_the_urls(application: Application, data_dir: Path) -> None:
    output = output_of("prepare_development")

    for path in ("/v1", "/docs", "/admin/"):
        assert f" http://localhost:8000{path}\n" in output


@pytest.mark.any_database
def test_the_password_file_is_readable_only_by_its_owner(
    application: Application, data_dir: Path
) -> None:
    output = output_of("prepare_development")

    assert passwords_in(data_dir) == {email: password for _, email, password in logins_in(output)}
    assert {file.name for file in data_dir.iterdir()} == {
        "developer-logins.json",
        "demo-client.json",
    }
    assert S_IMODE((data_dir / "developer-logins.json").stat().st_mode) == 0o600


@pytest.mark.any_database
def test_a_second_run_changes_nothing(application: Application, data_dir: Path) -> None:
    first = output_of("prepare_development")
    course = application.services.catalog.visible_to(OPERATOR, SLUG)
    people = application.services.users.page_of(PageRequest(), by=OPERATOR)
    session = application.services.sign_in.log_in(
        email=samples.LEARNER, password=passwords_in(data_dir)[samples.LEARNER]
    )

    again = output_of("prepare_development")

    assert again == first
    assert application.services.catalog.visible_to(OPERATOR, SLUG) == course
    assert application.services.users.page_of(PageRequest(), by=OPERATOR) == people
    assert credentials_in(application.services) == ["Claude Basics", "Claude Check"]
    assert application.services.access.principal_of(session.access_token).user_id == session.user.id


@pytest.mark.any_database
def test_lost_passwords_are_replaced(application: Application, data_dir: Path) -> None:
    output_of("prepare_development")
    old = passwords_in(data_dir)
    session = application.services.sign_in.log_in(email=samples.STAFF, password=old[samples.STAFF])
    (data_dir / "developer-logins.json").unlink()

    output_of("prepare_development")

    new = passwords_in(data_dir)
    for email in (samples.STAFF, samples.LEARNER):
        assert not may_log_in(application.services, email, old[email])
        assert may_log_in(application.services, email, new[email])
    with pytest.raises(InvalidToken):
        application.services.access.principal_of(session.access_token)


@pytest.mark.any_database
def test_a_changed_password_is_reset_to_the_stored_one(
    application: Application, data_dir: Path
) -> None:
    output_of("prepare_development")
    staff = application.user_with(samples.STAFF)
    application.services.users.set_password(staff.id, password="a long walk home", by=OPERATOR)

    output_of("prepare_development")

    assert may_log_in(application.services, samples.STAFF, passwords_in(data_dir)[samples.STAFF])


@pytest.mark.any_database
def test_an_edited_sample_course_stays_unchanged(application: Application, data_dir: Path) -> None:
    output_of("prepare_development")
    revised = replace(COURSE, title="Another introduction")
    application.services.authoring.revise(SLUG, revised, by=OPERATOR)
    application.services.authoring.publish(SLUG, by=OPERATOR)

    output_of("prepare_development")

    assert application.services.authoring.export(SLUG, by=OPERATOR) == revised
    assert application.services.catalog.visible_to(OPERATOR, SLUG).version == 2


@pytest.mark.any_database
def test_in_production_the_command_fails_without_printing_passwords(
    application: Application, data_dir: Path, settings: Settings
) -> None:
    output_of("prepare_development")
    settings.ENVIRONMENT = replace(settings.ENVIRONMENT, app_env=AppEnv.PROD)

    error, output = error_of("prepare_development")

    assert "production" in error
    assert output == ""
    assert not any(password in error for password in passwords_in(data_dir).values())


@pytest.mark.any_database
def test_in_production_nothing_is_created(
    application: Application, data_dir: Path, settings: Settings
) -> None:
    settings.ENVIRONMENT = replace(settings.ENVIRONMENT, app_env=AppEnv.PROD)

    error_of("prepare_development")

    assert not data_dir.exists()
    assert application.services.repositories.users.find_by_email(samples.STAFF) is None


@pytest.mark.any_database
@pytest.mark.parametrize("text", ["", "?", "[]", "{}", '{"staff@authsvc.example": "secret"}'])
def test_an_invalid_password_file_is_reported_and_left_unchanged(
    application: Application, data_dir: Path, text: str
) -> None:
    file = data_dir / "developer-logins.json"
    data_dir.mkdir()
    file.write_text(text)

    error, output = error_of("prepare_development")

    assert error.startswith(f"{file} does not contain the passwords of the logins.")
    assert output == ""
    assert file.read_text() == text


@pytest.mark.any_database
def test_an_unwritable_folder_is_reported(application: Application, data_dir: Path) -> None:
    data_dir.write_text("no directory")

    error, output = error_of("prepare_development")

    assert error.startswith(f"{data_dir / 'developer-logins.json'} cannot be read or created: ")
    assert output == ""


def test_secret_files_are_readable_only_by_their_owner_whatever_the_umask(tmp_path: Path) -> None:
    path = tmp_path / "secret"

    read_or_create_secret(path, lambda: "open sesame")

    assert S_IMODE(path.stat().st_mode) == 0o600


def test_a_failed_secret_leaves_no_file(tmp_path: Path) -> None:
    def make() -> str:
        raise ValueError

    with pytest.raises(ValueError):  # noqa: PT011  # it says nothing
        read_or_create_secret(tmp_path / "secret", make)

    assert list(tmp_path.iterdir()) == []


def test_samples_are_loaded_once(memory: World) -> None:
    logins = samples.developer_logins(samples.new_passwords())
    samples.load(memory.services, logins)
    before = memory.services.catalog.visible_to(OPERATOR, SLUG)

    samples.load(memory.services, logins)

    assert memory.services.catalog.visible_to(OPERATOR, SLUG) == before
    assert credentials_in(memory.services) == ["Claude Basics", "Claude Check"]
    assert len(memory.services.users.page_of(PageRequest(), by=OPERATOR).items) == 2


def test_samples_can_be_loaded_without_logins(memory: World) -> None:
    samples.load(memory.services, ())

    assert memory.services.catalog.visible_to(OPERATOR, SLUG).is_open
    assert memory.services.users.page_of(PageRequest(), by=OPERATOR).items == ()


def test_an_existing_course_with_the_same_slug_stays_unchanged(memory: World) -> None:
    ours = replace(COURSE, title="Ours")
    memory.services.authoring.create(ours, by=OPERATOR)

    samples.load(memory.services, ())

    assert memory.services.authoring.export(SLUG, by=OPERATOR) == ours
    assert credentials_in(memory.services) == ["Claude Check"]


def test_passwords_are_new_each_time_and_long() -> None:
    first, second = samples.new_passwords(), samples.new_passwords()

    every = [*first.values(), *second.values()]
    assert len(set(every)) == 4
    assert min(len(password) for password in every) >= 16


def test_without_pages_the_admin_url_is_not_printed() -> None:
    logins = samples.developer_logins(samples.new_passwords())

    output = samples.welcome("https://auth.example", logins, has_pages=False)

    assert "https://auth.example/v1" in output
    assert "admin/" not in output
    assert len(logins_in(output)) == 2
