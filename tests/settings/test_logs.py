"""Format of log lines."""

import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

import pytest
import structlog
from oauthlib.common import Request
from oauthlib.oauth2 import AuthorizationCodeGrant, RequestValidator

from accounts.adapters.keys import new_key_ring
from accounts.adapters.opaque_tokens import HmacTokens
from accounts.adapters.security_log import StructlogSecurityLogWriter
from accounts.domain.identity.entities.security_log import SecurityEvent
from authsvc.config.environment import read_environment
from authsvc.config.logs import AUDIT, logging_config, request_id
from tests.support.log_lines import LogRecords, written

NAME = "knots"
LEVELS = ["DEBUG", "INFO", "WARNING", "ERROR"]


@pytest.fixture(autouse=True)
def _configuration() -> Iterator[None]:
    """Restore the configuration of the run: loggers that were used before have it, and other tests change it."""
    configuration = structlog.get_config()
    yield
    structlog.configure(**configuration)


@pytest.fixture(autouse=True)
def _silence() -> Iterator[None]:
    """No request is being answered, whatever was answered before in this thread."""
    token = request_id.set("")
    yield
    request_id.reset(token)


@pytest.fixture
def _request(_silence: None) -> None:
    """A request is being answered."""
    request_id.set("request-of-anna")


def test_a_line_of_json_says_what_when_where_and_how_grave() -> None:
    with written("json", by=NAME) as lines:
        structlog.get_logger(NAME).warning("came undone", knot="granny", turns=2)

    line = json.loads(lines.getvalue())
    assert datetime.fromisoformat(line.pop("timestamp")).tzinfo is not None
    assert line == {
        "event": "came undone",
        "knot": "granny",
        "turns": 2,
        "logger": "knots",
        "level": "warning",
    }


def test_lines_of_others_have_the_same_form() -> None:
    with written("json", by=NAME) as lines:
        logging.getLogger(NAME).warning("%s came undone", "granny")

    line = json.loads(lines.getvalue())
    assert line["event"] == "granny came undone"
    assert (line["logger"], line["level"]) == ("knots", "warning")


def test_a_line_for_people_says_the_same() -> None:
    with written("console", by=NAME) as lines:
        structlog.get_logger(NAME).warning("came undone", knot="granny")

    (line,) = lines.getvalue().splitlines()
    assert "warning" in line
    assert "came undone" in line
    assert "knot=granny" in line
    assert "[knots]" in line


@pytest.mark.usefixtures("_request")
@pytest.mark.parametrize("form", ["json", "console"])
def test_every_line_of_a_request_carries_its_id(form: str) -> None:
    with written(form, by=NAME) as lines:
        structlog.get_logger(NAME).info("ours")
        logging.getLogger(NAME).info("of others")

    assert [line.count("request-of-anna") for line in lines.getvalue().splitlines()] == [1, 1]


def test_a_line_outside_of_any_request_carries_no_id() -> None:
    with written("json", by=NAME) as lines:
        structlog.get_logger(NAME).info("alone")

    assert "request_id" not in json.loads(lines.getvalue())


def fail_and_log() -> None:
    try:
        int("granny")
    except ValueError:
        logging.getLogger(NAME).exception("failed")


def test_a_failure_stays_on_one_line_of_json() -> None:
    with written("json", by=NAME) as lines:
        fail_and_log()

    (line,) = lines.getvalue().splitlines()
    assert "ValueError: invalid literal" in json.loads(line)["exception"]


def test_people_see_the_traceback_of_a_failure() -> None:
    with written("console", by=NAME) as lines:
        fail_and_log()

    _, head, *_, last = lines.getvalue().splitlines()
    assert head == "Traceback (most recent call last):"
    assert last.startswith("ValueError: invalid literal")


@pytest.mark.parametrize("form", ["json", "console"])
def test_what_holds_a_secret_can_be_logged_without_it(form: str) -> None:
    keys = new_key_ring()
    environment = read_environment(
        {
            "SECRET_KEY": "open-sesame",
            "DATABASE_URL": "postgres://anna:open-sesame@db.example/school",
        }
    )

    with written(form, by=NAME) as lines:
        structlog.get_logger(NAME).info(
            "all", environment=environment, keys=keys, tokens=HmacTokens("open-sesame")
        )

    assert "public_url" in lines.getvalue()
    assert "open-sesame" not in lines.getvalue()
    assert keys.keys[0].export_private(as_dict=True)["d"] not in lines.getvalue()


@pytest.mark.parametrize("level", ["DEBUG", "ERROR"])
def test_the_level_is_the_same_for_us_and_for_django(level: str) -> None:
    config = logging_config(level=level, form="json")

    assert config["root"]["level"] == config["loggers"]["django"]["level"] == level
    assert config["root"]["handlers"] == ["stderr"]


@contextmanager
def configured(level: str) -> Iterator[None]:
    """Configure the loggers for this level; restore them afterwards."""
    config = logging_config(level=level, form="json")
    levels = {"": config["root"]["level"]} | {
        name: logger["level"] for name, logger in config["loggers"].items()
    }
    before = {name: logging.getLogger(name).level for name in levels}
    for name in levels:
        logging.getLogger(name).setLevel(levels[name])
    yield
    for name in levels:
        logging.getLogger(name).setLevel(before[name])


def emitted_levels(name: str, *, level: str) -> list[str]:
    """The levels that this logger emits when the configured level is that one."""
    with configured(level):
        log = logging.getLogger(name)
        return [level for level in LEVELS if log.isEnabledFor(logging.getLevelName(level))]


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize(
    "name",
    [
        "allauth.account.adapter",
        "oauth2_provider.views.base",
        "oauthlib.oauth2.rfc6749.endpoints.base",
        "requests_oauthlib.oauth2_session",
        "urllib3.connectionpool",
    ],
)
def test_libraries_that_print_secrets_are_heard_when_something_is_wrong(
    name: str, level: str
) -> None:
    assert emitted_levels(name, level=level) == (["ERROR"] if level == "ERROR" else LEVELS[2:])


@pytest.mark.parametrize("level", LEVELS)
def test_what_is_noted_of_who_did_what_is_heard_at_every_level(level: str) -> None:
    assert emitted_levels(AUDIT, level=level) == LEVELS[1:]


def test_who_did_what_is_noted_by_the_logger_that_is_always_heard(
    caplog: LogRecords,
) -> None:
    with configured("ERROR"):
        StructlogSecurityLogWriter().write(SecurityEvent.SIGNED_IN)

    assert [record.name for record in caplog.records] == [AUDIT]


def test_a_code_that_oauthlib_would_print_is_not_logged(caplog: LogRecords) -> None:
    grant = AuthorizationCodeGrant(RequestValidator())

    with configured("DEBUG"):
        answer = grant.create_authorization_code(Request("https://auth.example/authorize"))

    assert answer["code"]
    assert answer["code"] not in caplog.text
