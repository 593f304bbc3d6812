"""The log of forbidden requests: who sent them."""

import json
from collections.abc import Iterator
from io import StringIO
from typing import Any

import pytest

from tests.support.application import Application
from tests.support.log_lines import written
from tests.support.staff import credential_officer


@pytest.fixture
def lines() -> Iterator[StringIO]:
    """What Django logs about requests."""
    with written("json", by="django.request") as lines:
        yield lines


def only(lines: StringIO) -> dict[str, Any]:
    (line,) = lines.getvalue().splitlines()
    parsed: dict[str, Any] = json.loads(line)
    return parsed


def test_a_refused_request_is_logged_with_its_caller(
    application: Application, lines: StringIO
) -> None:
    anna = application.signed_in()

    answer = anna.caller.get("/v1/users")

    assert answer.status == 403
    line = only(lines)
    assert (line["event"], line["caller"]) == ("Forbidden: /v1/users", anna.id)


@pytest.mark.database
def test_a_refused_page_of_the_admin_site_is_logged_with_its_caller(
    application: Application, lines: StringIO
) -> None:
    officer = credential_officer(application)

    page = officer.get("accounts/oauthclient/")

    assert page.status == 403
    assert only(lines)["caller"] == str(officer.id)


def test_the_next_request_does_not_have_that_caller(
    application: Application, lines: StringIO
) -> None:
    application.signed_in().caller.get("/v1/users")
    lines.truncate(0)
    lines.seek(0)

    assert application.stranger.get("/v1/nothing").status == 404

    assert "caller" not in only(lines)
