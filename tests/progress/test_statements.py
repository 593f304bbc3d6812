"""Statements: one for each event, valid under xAPI 1.0.3."""

import re
from dataclasses import replace
from typing import Any, Final
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from progress.domain.entities.events import SHAPES, EntityType, EventType, Fact, ProgressEvent
from progress.statements import ACTIVITY_TYPES, VERBS, statement_of
from tests.support.builders import a_progress, an_event
from tests.support.streams import ANNA, KNOTS
from tests.support.xapi import faults_in

HOME: Final = "https://auth.example"
ASSESSMENT: Final = UUID(int=7)
every_type = pytest.mark.parametrize("type_", EventType)


def a_fact(type_: EventType, *, score: int = 3, max_score: int = 4) -> Fact:
    known: dict[str, str | int] = {
        "assessment_id": str(ASSESSMENT),
        "score": score,
        "max_score": max_score,
        "reopens_item": True,
    }
    payload = {
        name: known.get(name, str(uuid4()) if kind is str else 2)
        for name, kind in SHAPES[type_].payload.items()
    }
    about = SHAPES[type_].about
    return Fact(
        type=type_, entity_id=KNOTS.id if about is EntityType.COURSE else uuid4(), payload=payload
    )


def happened(type_: EventType, **parts: Any) -> ProgressEvent:
    return an_event(a_progress(KNOTS, ANNA), a_fact(type_, **parts))


def statement_for(type_: EventType, **parts: Any) -> dict[str, Any]:
    return dict(statement_of(happened(type_, **parts), home=HOME))


@every_type
def test_every_event_is_a_statement_that_xapi_allows(type_: EventType) -> None:
    assert faults_in(statement_for(type_)) == []


@every_type
def test_a_statement_has_the_id_of_its_event_and_never_changes(type_: EventType) -> None:
    event = happened(type_)

    statement = statement_of(event, home=HOME)

    assert statement["id"] == str(event.id)
    assert statement_of(event, home=HOME) == statement


@every_type
def test_a_learner_is_an_account_and_nothing_else(type_: EventType) -> None:
    account = {"homePage": HOME, "name": str(ANNA.id)}
    statement = statement_for(type_)

    assert statement["actor"] == {"objectType": "Agent", "account": account}
    assert ANNA.email not in str(statement)


@given(st.sampled_from(EventType), st.integers(0, 1000), st.integers(1, 1000))
def test_whatever_the_score_the_statement_is_allowed(
    type_: EventType, score: int, max_score: int
) -> None:
    statement = statement_for(type_, score=min(score, max_score), max_score=max_score)

    assert faults_in(statement) == []


def test_every_type_has_a_verb_and_every_thing_a_type() -> None:
    assert set(VERBS) == set(EventType)
    assert set(ACTIVITY_TYPES) == set(EntityType)


@pytest.mark.parametrize(
    ("type_", "is_passed"),
    [
        (EventType.ASSESSMENT_PASSED, True),
        (EventType.ASSESSMENT_FAILED, False),
        (EventType.ASSESSMENT_REGRADED, False),
    ],
)
def test_a_score_is_published_with_the_assessment(type_: EventType, is_passed: bool) -> None:  # noqa: FBT001  # a table
    statement = statement_for(type_)

    assert statement["object"]["id"] == f"{HOME}/v1/assessments/{ASSESSMENT}"
    assert statement["result"] == {
        "success": is_passed,
        "score": {"scaled": 0.75, "raw": 3, "min": 0, "max": 4},
    }


@pytest.mark.parametrize(
    ("type_", "verb"),
    [(EventType.ASSESSMENT_VOIDED, "retracted"), (EventType.ASSESSMENT_REGRADED, "failed")],
)
@pytest.mark.parametrize("reopens_item", [True, False])
def test_a_lost_pass_names_the_item_that_it_reopens(
    type_: EventType,
    verb: str,
    reopens_item: bool,  # noqa: FBT001  # a table
) -> None:
    fact = a_fact(type_)
    fact = replace(fact, payload={**fact.payload, "reopens_item": reopens_item})

    statement = statement_of(an_event(a_progress(KNOTS, ANNA), fact), home=HOME)

    reopened = statement["context"]["extensions"].get(f"{HOME}/xapi/extensions/reopened-item")
    assert statement["verb"]["display"] == {"en": verb}
    assert reopened == (fact.payload["item_id"] if reopens_item else None)


def test_all_that_one_does_on_a_course_has_one_registration() -> None:
    registrations = {statement_for(type_)["context"]["registration"] for type_ in EventType}

    assert len(registrations) == 1


def test_what_the_log_has_one_moment_for_has_one_moment() -> None:
    statement = statement_for(EventType.ENROLLED)

    assert statement["stored"] == statement["timestamp"]
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", statement["stored"])


def test_the_organization_and_the_versions_stand_in_the_extensions() -> None:
    org_id = uuid4()
    event = an_event(a_progress(KNOTS, ANNA), a_fact(EventType.VERSION_UPGRADED), org_id=org_id)

    extensions = statement_of(event, home=HOME)["context"]["extensions"]

    assert extensions == {
        f"{HOME}/xapi/extensions/sequence": event.sequence,
        f"{HOME}/xapi/extensions/organization": str(org_id),
        f"{HOME}/xapi/extensions/course-version": 2,
        f"{HOME}/xapi/extensions/from-version": 2,
    }
