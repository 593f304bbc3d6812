"""The rules in docs/credentials.md are valid, and its lists are complete."""

import json
from typing import Any, Final
from uuid import UUID

import pytest
import yaml

from accounts.domain.access import UserId
from courses.domain.entities.assessments import Answer
from courses.domain.entities.courses import CourseId
from courses.domain.entities.pathways import PathwayId
from credentials.domain.entities.rule_values import rule_in, value_of_rule
from credentials.domain.entities.rules import (
    DEEPEST_RULE,
    MOST_LEAVES,
    AllOf,
    CompletedCourse,
    CompletedPathway,
    Rule,
    ScoredAtLeast,
    nodes_of,
)
from credentials.domain.errors import InvalidRule
from credentials.openbadges.revocation_lists import RevokedEntry, list_document
from progress.domain.entities.progress import CourseRecord, LearnerRecord
from tests.support.application import Application
from tests.support.attempts import RIGHT, Examinee, a_definition_with_exams
from tests.support.builders import NOON, a_definition_of, a_principal
from tests.support.documents import fences, page, table_under
from tests.support.learning import assessment_in
from tests.support.operations import routes

PAGE: Final = page("docs/credentials.md")
EXAMPLE, WRONG = [fence.text for fence in fences(PAGE) if fence.language == "yaml"]
(COMPLAINTS,) = [fence.text for fence in fences(PAGE) if fence.language == "text"]
ANSWER, LIST = [json.loads(fence.text) for fence in fences(PAGE) if fence.language == "json"]
DONE: Final = CourseRecord(course_version=1, last_activity_at=NOON, completed_at=NOON)


def the_rule() -> Rule:
    return rule_in(yaml.safe_load(EXAMPLE))


def test_the_example_is_written_as_the_form_writes_it() -> None:
    assert yaml.safe_dump(value_of_rule(the_rule()), sort_keys=False) == EXAMPLE


def test_the_example_can_be_met_and_missed() -> None:
    nodes = [node for _, node in nodes_of(the_rule())]
    courses = [node.course_id for node in nodes if isinstance(node, CompletedCourse)]
    scores = {node.assessment_id: node.percent for node in nodes if isinstance(node, ScoredAtLeast)}
    (first, *_, last) = courses
    (pathway,) = [node.pathway_id for node in nodes if isinstance(node, CompletedPathway)]

    def is_met(
        *completed: CourseId, percent: int, pathways: frozenset[PathwayId] = frozenset()
    ) -> bool:
        record = LearnerRecord(
            courses=dict.fromkeys(completed, DONE),
            best_percents=dict.fromkeys(scores, percent),
            completed_pathways=pathways,
        )
        return the_rule().verdict(record).is_met

    assert is_met(*courses, percent=80)
    assert is_met(first, courses[1], percent=80, pathways=frozenset({pathway}))
    assert not is_met(first, last, percent=80)
    assert not is_met(*courses, percent=79)


def test_every_kind_of_rule_is_described() -> None:
    described = [row[0] for row in table_under("## Rules", PAGE)]

    words = {word for cell in described for word in cell.replace("`", "").split(" and ")}
    assert words == {node.key for _, node in nodes_of(the_rule())} | {"at_least"}


def test_how_large_a_rule_may_be_is_said() -> None:
    assert f"at most {DEEPEST_RULE} deep and ask for at most {MOST_LEAVES} things" in PAGE


def test_the_error_shown_is_the_one_that_is_reported() -> None:
    with pytest.raises(InvalidRule) as error:
        rule_in(yaml.safe_load(WRONG))

    (field_error,) = error.value.field_errors
    assert f"line 2, {field_error.path}: {field_error.detail}\n" == COMPLAINTS


def test_the_addresses_are_those_that_there_are() -> None:
    of_learners = {
        f"`{route.method} {route.path}`"
        for route in routes().values()
        if route.path.startswith("/v1/credentials/")
    }

    assert [address for address in of_learners if address not in PAGE] == []


def test_the_answer_is_the_one_that_is_given(application: Application) -> None:
    """Except for the ids."""
    knots, bends = (
        application.published(a_definition_with_exams()),
        application.published(a_definition_of(required=1, slug="bends", title="Bends")),
    )
    quiz = assessment_in(application.services, knots, "quiz")
    rule = AllOf((CompletedCourse(bends.id), ScoredAtLeast(quiz.id, 80)))
    credential, person = application.earns(knots, rule=rule), application.signed_in()
    user = application.services.repositories.users.get(UserId(UUID(person.id)))
    anna = Examinee(services=application.services, principal=a_principal(user), course=knots)
    anna.passes(bends)
    anna.enrols(knots)
    anna.takes("quiz", **RIGHT | {"king": Answer(text="the noose")})

    answer = person.caller.get(f"/v1/credentials/{credential.id}/eligibility")

    assert _without_ids(answer.json) == _without_ids(ANSWER)


def test_the_revocation_list_is_one_that_is_written() -> None:
    (entry,) = LIST["revokedCredential"]
    revoked = [RevokedEntry(id=entry["id"], reason=entry["revocationReason"])]

    assert list_document(url=LIST["id"], issuer_id=LIST["issuer"], revoked=revoked) == LIST


def _without_ids(value: Any) -> Any:
    match value:
        case dict():
            return {
                name: isinstance(inner, str) if name.endswith("id") else _without_ids(inner)
                for name, inner in value.items()
            }
        case list():
            return [_without_ids(inner) for inner in value]
    return value
