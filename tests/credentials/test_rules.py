"""Rules: verdicts and JSON values."""

from dataclasses import replace
from typing import Any, Final
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courses.domain.entities.assessments import AssessmentId
from courses.domain.entities.courses import CourseId
from courses.domain.entities.pathways import PathwayId
from credentials.domain.entities.rule_values import proof_in, rule_in, value_of_proof, value_of_rule
from credentials.domain.entities.rules import (
    DEEPEST_RULE,
    MOST_LEAVES,
    AllOf,
    AnyOf,
    AtLeast,
    CompletedCourse,
    CompletedPathway,
    Rule,
    ScoredAtLeast,
    Trigger,
    TriggerKind,
    proofs_of,
    triggers_of,
)
from credentials.domain.errors import InvalidRule
from progress.domain.entities.progress import CourseRecord, LearnerRecord
from tests.support.builders import NOON, some_terms

IDS: Final = [UUID(int=number) for number in range(3)]
DONE: Final = CourseRecord(course_version=1, last_activity_at=NOON, completed_at=NOON)
ids = st.sampled_from(IDS)
leaves: st.SearchStrategy[Rule] = st.one_of(
    ids.map(lambda id_: CompletedCourse(CourseId(id_))),
    ids.map(PathwayId).map(CompletedPathway),
    st.builds(ScoredAtLeast, ids.map(AssessmentId), st.integers(1, 100)),
)


def _nodes(below: st.SearchStrategy[Rule]) -> st.SearchStrategy[Rule]:
    some = st.lists(below, min_size=1, max_size=3).map(tuple)
    so_many = some.flatmap(
        lambda rules: st.integers(1, len(rules)).map(lambda count: AtLeast(count, rules))
    )
    return st.one_of(some.map(AllOf), some.map(AnyOf), so_many)


rules = st.one_of(leaves, _nodes(leaves), _nodes(_nodes(leaves)))
records = st.builds(
    lambda courses, percents, pathways: LearnerRecord(
        courses=dict.fromkeys(courses, DONE), best_percents=percents, completed_pathways=pathways
    ),
    st.frozensets(ids.map(CourseId)),
    st.dictionaries(ids.map(AssessmentId), st.integers(0, 100)),
    st.frozensets(ids.map(PathwayId)),
)


def is_met(rule: Rule, record: LearnerRecord) -> bool:
    """A minimal reference implementation."""
    match rule:
        case CompletedCourse():
            return rule.course_id in record.courses
        case CompletedPathway():
            return rule.pathway_id in record.completed_pathways
        case ScoredAtLeast():
            return record.best_percents.get(rule.assessment_id, -1) >= rule.percent
        case AllOf():
            return all(is_met(item, record) for item in rule.rules)
        case AnyOf():
            return any(is_met(item, record) for item in rule.rules)
    assert isinstance(rule, AtLeast)
    return len([item for item in rule.rules if is_met(item, record)]) >= rule.count


def together(first: LearnerRecord, second: LearnerRecord) -> LearnerRecord:
    best = {
        id_: max(first.best_percents.get(id_, 0), second.best_percents.get(id_, 0))
        for id_ in {**first.best_percents, **second.best_percents}
    }
    return LearnerRecord(
        courses={**first.courses, **second.courses},
        best_percents=best,
        completed_pathways=first.completed_pathways | second.completed_pathways,
    )


@given(rules, records)
def test_a_verdict_is_what_the_words_of_the_rule_mean(rule: Rule, record: LearnerRecord) -> None:
    verdict = rule.verdict(record)

    assert verdict.is_met == is_met(rule, record)
    assert bool(verdict.missing) != verdict.is_met


@given(rules, records, records)
def test_further_achievements_never_undo_a_met_rule(
    rule: Rule, record: LearnerRecord, more: LearnerRecord
) -> None:
    before, after = rule.verdict(record), rule.verdict(together(record, more))

    assert after.is_met or not before.is_met


@given(rules)
def test_a_rule_reads_back_equal(rule: Rule) -> None:
    assert rule_in(value_of_rule(rule)) == rule


def test_a_course_that_is_only_begun_is_not_completed() -> None:
    begun = LearnerRecord(courses={CourseId(IDS[0]): replace(DONE, completed_at=None)})

    assert not CompletedCourse(CourseId(IDS[0])).verdict(begun).is_met


def test_a_verdict_says_what_was_reached() -> None:
    rule = AllOf((ScoredAtLeast(AssessmentId(IDS[0]), 80), CompletedPathway(PathwayId(IDS[1]))))
    record = LearnerRecord(best_percents={AssessmentId(IDS[0]): 72})

    verdict = rule.verdict(record)

    assert verdict.reached == "0 of 2"
    assert [child.reached for child in verdict.children] == ["72 of 80 percent", "not done"]
    assert verdict.missing == (
        f"score 80 percent in assessment {IDS[0]} (72 of 80 percent)",
        f"complete pathway {IDS[1]} (not done)",
    )


def test_without_a_rule_the_course_earns_it() -> None:
    terms = some_terms(course_id=CourseId(IDS[0]))

    assert terms.triggers == {Trigger(TriggerKind.COURSE, IDS[0])}
    assert some_terms(rule=CompletedPathway(PathwayId(IDS[1]))).earned_by == CompletedPathway(
        PathwayId(IDS[1])
    )


def test_a_rule_mentions_each_thing_once() -> None:
    again = AtLeast(1, (CompletedPathway(PathwayId(IDS[0])),))
    rule = AllOf(
        (CompletedPathway(PathwayId(IDS[0])), AnyOf((CompletedPathway(PathwayId(IDS[0])),)), again)
    )

    assert triggers_of(rule) == {Trigger(TriggerKind.PATHWAY, IDS[0])}


COURSE: Final = {"course": str(IDS[0])}


def nested(depth: int) -> dict[str, Any]:
    value: dict[str, Any] = COURSE
    for _ in range(depth - 1):
        value = {"all": [value]}
    return value


@pytest.mark.parametrize(
    ("value", "path"),
    [
        (None, "rule"),
        ({}, "rule"),
        (COURSE | {"all": []}, "rule"),
        ({"course": "knots"}, "rule/course"),
        ({"pathway": 5}, "rule/pathway"),
        ({"all": COURSE}, "rule/all"),
        ({"any": []}, "rule/any"),
        ({"all": [COURSE, {"any": [{"all": []}]}]}, "rule/all/1/any/0/all"),
        ({"at_least": 2, "of": [COURSE]}, "rule/at_least"),
        ({"at_least": True, "of": [COURSE]}, "rule/at_least"),
        ({"at_least": 1, "of": []}, "rule/of"),
        ({"score": {"percent": 5}}, "rule/score"),
        ({"score": {"assessment": str(IDS[0]), "percent": 101}}, "rule/score/percent"),
        ({"score": {"assessment": str(IDS[0]), "percent": "5"}}, "rule/score/percent"),
        (nested(DEEPEST_RULE + 1), "rule" + "/all/0" * DEEPEST_RULE),
        ({"all": [COURSE] * (MOST_LEAVES + 1)}, "rule"),
    ],
)
def test_what_is_wrong_with_a_rule_is_said_with_the_path_to_it(value: object, path: str) -> None:
    with pytest.raises(InvalidRule) as error:
        rule_in(value)

    assert [field_error.path for field_error in error.value.field_errors] == [path]


def test_terms_with_a_rule_that_is_too_deep_are_not_issued() -> None:
    rule: Rule = CompletedPathway(PathwayId(IDS[0]))
    for _ in range(DEEPEST_RULE):
        rule = AllOf((rule,))

    with pytest.raises(InvalidRule):
        some_terms(rule=rule).checked()


def test_the_deepest_and_the_widest_rule_are_read() -> None:
    assert value_of_rule(rule_in(nested(DEEPEST_RULE))) == nested(DEEPEST_RULE)
    assert len(rule_in({"all": [COURSE] * MOST_LEAVES}).rules) == MOST_LEAVES


@given(rules, records)
def test_what_a_rule_was_met_by_reads_back_equal_and_is_done(
    rule: Rule, record: LearnerRecord
) -> None:
    proofs = proofs_of(rule, record)

    assert tuple(proof_in(value_of_proof(proof)) for proof in proofs) == proofs
    assert {proof.subject for proof in proofs} <= triggers_of(rule)
    assert bool(proofs) or not rule.verdict(record).is_met
