"""What log lines look like."""

import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from io import StringIO

import pytest
import structlog
from structlog.stdlib import ProcessorFormatter

from accounts.adapters.keys import new_key_ring
from accounts.adapters.secrets import HmacTokens
from authsvc.environment import read_environment
from authsvc.logs import logging_config, request_id

NAME = "knots"


@contextmanager
def written(form: str) -> Iterator[StringIO]:
    """What is logged in the block, as the configuration for this form has it."""
    formatter = dict(logging_config(level="INFO", form=form)["formatters"]["lines"])
    assert formatter.pop("()") is ProcessorFormatter
    log, lines = logging.getLogger(NAME), StringIO()
    handler = logging.StreamHandler(lines)
    handler.setFormatter(ProcessorFormatter(**formatter))
    log.addHandler(handler)
    log.propagate, log.level = False, logging.INFO
    yield lines
    log.removeHandler(handler)


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
    with written("json") as lines:
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
    with written("json") as lines:
        logging.getLogger(NAME).warning("%s came undone", "granny")

    line = json.loads(lines.getvalue())
    assert line["event"] == "granny came undone"
    assert (line["logger"], line["level"]) == ("knots", "warning")


def test_a_line_for_people_says_the_same() -> None:
    with written("console") as lines:
        structlog.get_logger(NAME).warning("came undone", knot="granny")

    (line,) = lines.getvalue().splitlines()
    assert "warning" in line
    assert "came undone" in line
    assert "knot=granny" in line
    assert "[knots]" in line


@pytest.mark.usefixtures("_request")
@pytest.mark.parametrize("form", ["json", "console"])
def test_every_line_of_a_request_carries_its_id(form: str) -> None:
    with written(form) as lines:
        structlog.get_logger(NAME).info("ours")
        logging.getLogger(NAME).info("of others")

    assert [line.count("request-of-anna") for line in lines.getvalue().splitlines()] == [1, 1]


def test_a_line_outside_of_any_request_carries_no_id() -> None:
    with written("json") as lines:
        structlog.get_logger(NAME).info("alone")

    assert "request_id" not in json.loads(lines.getvalue())


def fail_and_log() -> None:
    try:
        int("granny")
    except ValueError:
        logging.getLogger(NAME).exception("failed")


def test_a_failure_stays_on_one_line_of_json() -> None:
    with written("json") as lines:
        fail_and_log()

    (line,) = lines.getvalue().splitlines()
    assert "ValueError: invalid literal" in json.loads(line)["exception"]


def test_people_see_the_traceback_of_a_failure() -> None:
    with written("console") as lines:
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

    with written(form) as lines:
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
