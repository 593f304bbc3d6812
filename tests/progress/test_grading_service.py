"""GradingService: grading, regrading and voiding attempts."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest

from accounts.domain.access import OPERATOR, NotPermitted, OrgRole, Principal, Right
from accounts.domain.audit.entities import AuditAction, SubjectType
from accounts.domain.organizations.errors import OrganizationSuspended
from authsvc.kernel.paging import PageRequest
from authsvc.kernel.preconditions import Precondition, PreconditionFailed
from courses.definitions.courses import read_definition
from courses.domain.entities.assessments import Answer, QuestionId
from courses.domain.errors import CourseNotFound, QuestionNotFound
from progress.domain.entities.attempts import AssessmentAttempt, AttemptId, AttemptStatus
from progress.domain.entities.events import EventType
from progress.domain.entities.grades import CriterionScore, Mark
from progress.domain.entities.progress import ProgressStatus
from progress.domain.errors import (
    AttemptNotFound,
    AttemptNotGradable,
    AttemptVoided,
    ImpossibleCriteria,
    ImpossibleScore,
)
from tests.support.attempts import RIGHT, Examinee, an_examinee, another_examinee
from tests.support.builders import a_principal
from tests.support.exams import WITH_LEVELS
from tests.support.organizations import a_member, acts_in, closed
from tests.support.worlds import World

WHOLE = PageRequest(limit=100)
PICTURE = Answer(url="https://school.example/bowline.jpg")
BO = a_principal(None, Right.GRADE_ATTEMPTS)


@pytest.fixture
def anna(memory: World) -> Examinee:
    return an_examinee(memory)


def graded(
    anna: Examinee, attempt: AssessmentAttempt, by: Principal = BO, reason: str = "", **points: int
) -> AssessmentAttempt:
    """Grade with the points by question key."""
    marks = tuple(
        Mark(question_id=anna.question(key).id, score=score) for key, score in points.items()
    )
    return anna.services.grading.grade(attempt.id, marks, reason=reason, by=by)


def types_in(anna: Examinee) -> list[EventType]:
    return [event.fact.type for event in anna.log_of(anna.course)]


def test_what_people_score_waits_for_them(anna: Examinee) -> None:
    attempt = anna.takes("project", picture=PICTURE)

    queue = anna.services.grading.queue_of(anna.course.slug, WHOLE, by=BO)

    assert (attempt.status, attempt.score) == (AttemptStatus.SUBMITTED, None)
    assert queue.items == (attempt,)
    assert types_in(anna)[-1] is EventType.ASSESSMENT_SUBMITTED


def test_marks_that_are_enough_pass_and_complete_the_item(anna: Examinee) -> None:
    attempt = graded(anna, anna.takes("project", picture=PICTURE), picture=4, feedback=0)

    assert (attempt.status, attempt.score, attempt.is_passed) == (AttemptStatus.GRADED, 4, True)
    assert attempt.grade is not None
    assert attempt.grade.graded_by == BO.user_id
    assert types_in(anna)[-2:] == [EventType.ASSESSMENT_PASSED, EventType.ITEM_COMPLETED]
    assert anna.services.grading.queue_of(anna.course.slug, WHOLE, by=BO).items == ()


def test_a_regrade_keeps_the_old_score(anna: Examinee) -> None:
    first = graded(anna, anna.takes("project"), picture=5, feedback=1)

    again = graded(anna, first, picture=0, feedback=1, reason="It is a copy.")

    assert [(grade.score, grade.reason) for grade in again.grades] == [
        (6, ""),
        (1, "It is a copy."),
    ]
    assert (again.score, again.is_passed) == (1, False)


def test_what_a_program_has_scored_is_overruled_by_people(anna: Examinee) -> None:
    attempt = anna.takes(slips=RIGHT["slips"])

    again = graded(anna, attempt, king=1, length=1, reason="The question was unclear.")

    assert [grade.score for grade in again.grades] == [2, 4]
    assert again.is_passed


def test_the_pass_that_was_missing_completes_the_course(anna: Examinee) -> None:
    anna.takes(**RIGHT)
    graded(anna, anna.takes("project"), picture=5, feedback=1)

    graded(anna, anna.takes("exam"), program=1)

    assert anna.progress_on(anna.course).status is ProgressStatus.COMPLETED
    assert types_in(anna)[-1] is EventType.COURSE_COMPLETED


@pytest.mark.parametrize("points", [{}, {"picture": 5}, {"picture": 6, "feedback": 0}])
def test_every_question_needs_a_mark_that_fits(anna: Examinee, points: dict[str, Any]) -> None:
    attempt = anna.takes("project")

    with pytest.raises(ImpossibleScore):
        graded(anna, attempt, **points)

    assert anna.services.grading.get(attempt.id, by=BO) == attempt


def test_a_negative_mark_is_rejected(anna: Examinee) -> None:
    with pytest.raises(ImpossibleScore):
        graded(anna, anna.takes("project"), picture=-1, feedback=0)


def test_a_mark_for_an_unknown_question_is_refused(anna: Examinee) -> None:
    mark = Mark(question_id=QuestionId(uuid4()), score=1)

    with pytest.raises(QuestionNotFound):
        anna.services.grading.grade(anna.takes("exam").id, (mark,), by=BO)


def test_what_is_not_handed_in_is_not_graded(anna: Examinee) -> None:
    with pytest.raises(AttemptNotGradable) as error:
        graded(anna, anna.begins("exam"), program=1)

    assert error.value.facts == {"status": "started"}


def test_what_is_void_stays_void(anna: Examinee) -> None:
    attempt = anna.takes("exam")

    void = anna.services.grading.void(attempt.id, reason="Copied.", by=BO)

    assert (void.status, void.void_reason) == (AttemptStatus.VOIDED, "Copied.")
    with pytest.raises(AttemptVoided):
        anna.services.grading.void(attempt.id, reason="Copied.", by=BO)
    with pytest.raises(AttemptNotGradable):
        graded(anna, attempt, program=1)


Act = Callable[[Examinee, AssessmentAttempt, Principal], object]
ACTS: dict[str, Act] = {
    "get": lambda anna, attempt, by: anna.services.grading.get(attempt.id, by=by),
    "grade": lambda anna, attempt, by: graded(anna, attempt, by, program=1),
    "void": lambda anna, attempt, by: anna.services.grading.void(attempt.id, reason="-", by=by),
}
each_act = pytest.mark.parametrize("act", ACTS.values(), ids=ACTS)


@each_act
def test_grading_takes_the_right_to(anna: Examinee, act: Act) -> None:
    attempt = anna.takes("exam")

    with pytest.raises(NotPermitted):
        act(anna, attempt, a_principal())


@each_act
def test_an_unknown_attempt_is_not_found(anna: Examinee, act: Act) -> None:
    unknown = replace(anna.takes("exam"), id=AttemptId(uuid4()))

    with pytest.raises(AttemptNotFound):
        act(anna, unknown, BO)


def test_the_queue_takes_the_right_to_grade(anna: Examinee) -> None:
    with pytest.raises(NotPermitted):
        anna.services.grading.queue_of(anna.course.slug, WHOLE, by=a_principal())


@each_act
def test_what_an_organization_teaches_is_graded_by_its_own(memory: World, act: Act) -> None:
    school = memory.has_organization()
    anna = an_examinee(memory, school)
    attempt = anna.takes("exam")

    with pytest.raises(AttemptNotFound):
        act(anna, attempt, a_member(memory.has_organization().id, OrgRole.OWNER))
    with pytest.raises(AttemptNotFound):
        act(anna, attempt, BO)
    with pytest.raises(NotPermitted):
        act(anna, attempt, a_member(school.id, OrgRole.LEARNER))

    act(anna, attempt, a_member(school.id, OrgRole.INSTRUCTOR))


def test_the_queue_of_another_organization_is_not_there(memory: World) -> None:
    anna = an_examinee(memory, memory.has_organization())

    with pytest.raises(CourseNotFound):
        anna.services.grading.queue_of(anna.course.slug, WHOLE, by=BO)


def test_while_an_organization_is_closed_nothing_is_graded(memory: World) -> None:
    school = memory.has_organization()
    anna = an_examinee(memory, school)
    attempt = anna.takes("exam")
    closed(memory.services, school)

    for act in (ACTS["grade"], ACTS["void"]):
        with pytest.raises(OrganizationSuspended):
            act(anna, attempt, OPERATOR)


def test_what_graders_do_is_recorded(memory: World) -> None:
    school = memory.has_organization()
    anna = an_examinee(memory, school)
    attempt, bo = anna.takes("exam"), a_member(school.id, OrgRole.INSTRUCTOR)
    before = len(acts_in(memory.services, school.id))

    graded(anna, attempt, bo, program=1, reason="Well done.")
    anna.services.grading.void(attempt.id, reason="Copied.", by=bo)

    first, second = acts_in(memory.services, school.id)[before:]
    assert (first.action, first.subject_type) == (AuditAction.ATTEMPT_GRADED, SubjectType.ATTEMPT)
    assert first.before == {"score": None, "status": "submitted"}
    assert first.after == {"score": 1, "status": "graded"}
    assert (second.action, second.reason) == (AuditAction.ATTEMPT_VOIDED, "Copied.")
    assert {first.subject_id, second.subject_id} == {str(attempt.id)}


def test_access_by_a_manager_of_the_platform_is_audited(memory: World) -> None:
    school = memory.has_organization()
    anna = an_examinee(memory, school)
    attempt = anna.takes("exam")

    anna.services.grading.get(attempt.id, by=OPERATOR)
    anna.services.grading.queue_of(anna.course.slug, WHOLE, by=OPERATOR)

    single, all_ = acts_in(memory.services, school.id)[-2:]
    assert {single.action, all_.action} == {AuditAction.LOOKED_INTO}
    assert (single.subject_id, all_.subject_id) == (str(attempt.id), str(anna.course.id))


def by_criterion(anna: Examinee, **scores: int) -> Mark:
    criteria = tuple(CriterionScore(criterion=key, score=score) for key, score in scores.items())
    total = sum(scores.values())
    return Mark(question_id=anna.question("picture").id, score=total, criteria=criteria)


def grade_picture(anna: Examinee, mark: Mark, **how: Any) -> AssessmentAttempt:
    attempt = anna.takes("project", picture=PICTURE)
    feedback = Mark(question_id=anna.question("feedback").id, score=0)
    return anna.services.grading.grade(attempt.id, (mark, feedback), by=BO, **how)


def test_points_by_criterion_are_kept(anna: Examinee) -> None:
    attempt = grade_picture(anna, by_criterion(anna, looks=1, holds=3))

    mark = anna.services.grading.get(attempt.id, by=BO).grades[0].marks[0]

    assert (mark.score, mark.score_for("holds"), mark.score_for("looks")) == (4, 3, 1)
    assert [score.criterion for score in mark.criteria] == ["holds", "looks"]


@pytest.mark.parametrize(
    "scores",
    [{"holds": 4, "looks": 0}, {"holds": 3}, {"holds": 1, "other": 1}, {"holds": -1, "looks": 2}],
)
def test_points_by_criterion_follow_the_rubric(anna: Examinee, scores: dict[str, int]) -> None:
    with pytest.raises(ImpossibleCriteria):
        grade_picture(anna, by_criterion(anna, **scores))


def test_points_by_criterion_add_up_to_the_score(anna: Examinee) -> None:
    with pytest.raises(ImpossibleCriteria):
        grade_picture(anna, replace(by_criterion(anna, holds=3, looks=2), score=4))


def test_a_criterion_with_levels_takes_the_points_of_one_of_them(memory: World) -> None:
    draft = memory.services.authoring.create(read_definition(WITH_LEVELS), by=OPERATOR)
    course = memory.services.authoring.publish(draft.slug, by=OPERATOR)
    between, without, chosen = (another_examinee(memory, course) for _ in range(3))

    with pytest.raises(ImpossibleCriteria):
        grade_picture(between, by_criterion(between, holds=2, looks=2))
    with pytest.raises(ImpossibleCriteria):
        grade_picture(without, replace(by_criterion(without, holds=3, looks=2), criteria=()))
    assert grade_picture(chosen, by_criterion(chosen, holds=1, looks=2)).score == 3


def test_a_grade_without_points_by_criterion_is_hashed_as_before_there_were_any(
    anna: Examinee,
) -> None:
    mark = Mark(question_id=anna.question("picture").id, score=3, comment="Good.")

    assert mark.content == [mark.question_id, 3, "Good."]
    assert by_criterion(anna, holds=3).content == [mark.question_id, 3, "", {"holds": 3}]


def test_a_grader_who_has_seen_an_earlier_state_overwrites_nothing(anna: Examinee) -> None:
    attempt = anna.takes("project", picture=PICTURE)
    precondition = Precondition(
        tags=frozenset({attempt.grading_state}), tag_of=lambda now: now.grading_state
    )
    mark = by_criterion(anna, holds=3, looks=2)
    marks = mark, Mark(question_id=anna.question("feedback").id, score=1)
    anna.services.grading.grade(attempt.id, marks, if_match=precondition, by=BO)

    with pytest.raises(PreconditionFailed):
        anna.services.grading.grade(attempt.id, marks, if_match=precondition, by=BO)

    assert len(anna.services.grading.get(attempt.id, by=BO).grades) == 1
