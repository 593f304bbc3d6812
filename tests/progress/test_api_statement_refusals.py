"""Parameters of xAPI that are refused: 400, with a detail that names the parameter."""

from typing import Final

import pytest

from progress.api.statement_serializers import StatementQuerySerializer
from progress.domain.entities.events import EventType
from progress.statements import VERBS
from tests.support.application import Application
from tests.support.statements import Reader, an_account

COMPLETED: Final = VERBS[EventType.ITEM_COMPLETED].id
STATEMENT: Final = "0c21bfd9-8549-40e9-bdb1-0098b35d9825"


@pytest.fixture
def anna(application: Application) -> Reader:
    return Reader(application.signed_in())


@pytest.mark.parametrize("single", ["statementId", "voidedStatementId"])
@pytest.mark.parametrize(
    "other",
    sorted(
        set(StatementQuerySerializer().fields)
        - {"statementId", "voidedStatementId", "format", "attachments", "org"}
    ),
)
def test_one_statement_is_combined_with_no_filter(anna: Reader, single: str, other: str) -> None:
    values = {
        "limit": "0",
        "agent": an_account(STATEMENT),
        "verb": COMPLETED,
        "activity": COMPLETED,
    }
    flags = dict.fromkeys(("ascending", "related_agents", "related_activities"), "false")
    times = dict.fromkeys(("since", "until"), "2001-01-01T00:00:00Z")
    value = (values | flags | times).get(other, STATEMENT)

    answer = anna.answer(**{single: STATEMENT, other: value})

    assert (answer.status, answer.code) == (400, "malformed-request")
    assert answer.json["detail"] == f"The parameter {other} cannot be combined with {single}."


def test_a_statement_and_a_voided_one_are_not_both_read(anna: Reader) -> None:
    status, code, detail = anna.problem(f"statementId={STATEMENT}&voidedStatementId={STATEMENT}")

    assert (status, code) == (400, "malformed-request")
    assert "statementId" in detail


@pytest.mark.parametrize(
    "query",
    [
        "statementId=1",
        "voidedStatementId=knots",
        "registration=knots",
        "org=knots",
        "verb=passed",
        "verb=",
        "verb=https://verbs.example/a%20b",
        "activity=/v1/courses/knots",
        "activity=https://a.example/%00",
        "since=noon",
        "until=2026-13-01",
        "limit=-1",
        "limit=many",
        "ascending=1",
        "ascending=True",
        "related_agents=yes",
        "related_activities=",
        "attachments=null",
        "attachments=true",
        "format=full",
        "agent=anna",
        "agent=[]",
        "agent=%7B%7D",
        'agent={"mbox":1}',
        'agent={"name":"Anna"}',
        'agent={"mbox":"mailto:a@b.example","openid":"https://a.example"}',
        'agent={"objectType":"Person","openid":"https://a.example"}',
        'agent={"objectType":[],"openid":"https://a.example"}',
        'agent={"account":"anna"}',
        'agent={"account":{"name":"anna"}}',
        'agent={"account":{"homePage":"https://a.example","name":1}}',
        'agent={"account":{"homePage":"https://a.example","name":"a","b":1}}',
        f"agent={'[' * 1900}",
    ],
)
def test_a_malformed_value_is_refused_by_name(anna: Reader, query: str) -> None:
    status, code, detail = anna.problem(query)

    assert (status, code) == (400, "malformed-request")
    assert query.partition("=")[0] in detail


@pytest.mark.parametrize("query", ["knots=1", "Limit=1", "statementid=1", "related-agents=true"])
def test_an_unknown_parameter_is_refused(anna: Reader, query: str) -> None:
    """XAPI 1.0.3, part three, §3.3: rather than with statements that nobody has asked for."""
    status, code, detail = anna.problem(query)

    assert (status, code) == (400, "malformed-request")
    assert query.partition("=")[0] in detail


def test_a_repeated_parameter_is_refused(anna: Reader) -> None:
    status, code, detail = anna.problem("limit=1&ascending=true&limit=1")

    assert (status, code) == (400, "malformed-request")
    assert detail == "The parameter limit is repeated. Send it once."
