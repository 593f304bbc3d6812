"""docs/xapi.md lists every event with its verb, and shows a statement as returned."""

import json
import re
import shlex
from typing import Any, Final
from uuid import UUID

from django.conf import settings

from accounts.domain.access import UserId
from progress.api.statement_serializers import MOST
from progress.api.statements import MARGIN
from progress.domain.entities.events import EventType
from progress.statements import VERBS, VERSION
from tests.support.application import Application
from tests.support.attempts import RIGHT, Examinee, a_definition_with_exams
from tests.support.builders import a_principal
from tests.support.documents import fences, page, table_under
from tests.support.xapi import faults_in

PAGE: Final = page("docs/xapi.md")
REQUEST, EXAMPLE = (fence.text for fence in fences(PAGE))
SHAPES: Final = (
    (r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "an id"),
    (r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", "a timestamp"),
)


def test_the_table_holds_every_event_and_its_verb() -> None:
    rows = [
        [cell.strip().strip("`") for cell in row]
        for row in table_under("## Statement format", PAGE)
    ]

    assert [row[:2] for row in rows] == [[type_.value, verb.id] for type_, verb in VERBS.items()]


def test_the_page_names_the_most_and_the_version() -> None:
    assert f"`limit` is at most {MOST}; 0 and omitting it mean {MOST}." in PAGE
    assert f"`X-Experience-API-Version: {VERSION}`" in PAGE


def test_every_margin_that_is_named_is_ours() -> None:
    assert set(re.findall(r"(\d+) seconds", PAGE)) == {f"{MARGIN.total_seconds():.0f}"}


def test_the_example_is_a_statement_that_xapi_allows() -> None:
    assert faults_in(json.loads(EXAMPLE)) == []


def test_the_request_is_answered_with_the_statement(application: Application) -> None:
    """Except for the host, the ids and the timestamps."""
    person, course = application.signed_in(), application.published(a_definition_with_exams())
    user = application.services.repositories.users.get(UserId(UUID(person.id)))
    anna = Examinee(services=application.services, principal=a_principal(user), course=course)
    anna.enrols(course)
    anna.takes("quiz", **RIGHT)
    address, headers = asked_for(REQUEST)

    answer = person.caller.get(address, **headers)

    verb = VERBS[EventType.ASSESSMENT_PASSED].id
    (statement,) = (
        candidate for candidate in answer.json["statements"] if candidate["verb"]["id"] == verb
    )
    home = settings.ENVIRONMENT.public_url
    assert shape_of(statement, home=home) == shape_of(
        json.loads(EXAMPLE), home="https://auth.example"
    )


def asked_for(command: str) -> tuple[str, dict[str, str]]:
    """The path and the headers of a curl command, without the token."""
    _, _, address, *options = shlex.split(command.replace("\\\n", ""))
    headers = dict(option.split(": ") for option in options if option != "-H")
    assert headers.pop("Authorization") == "Bearer $ACCESS"
    return address.removeprefix("$PUBLIC_URL"), headers


def shape_of(statement: dict[str, Any], *, home: str) -> str:
    text = json.dumps(statement, indent=2).replace(home, "the service")
    for pattern, word in SHAPES:
        text = re.sub(pattern, word, text)
    return text
