"""Admin pages for graders: the queue, links in answers, and two graders at once."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.domain.access import OPERATOR
from accounts.models import User as UserRow
from courses.definitions.courses import read_definition
from courses.domain.entities.assessments import Answer
from courses.domain.entities.courses import Course
from progress.domain.entities.attempts import AssessmentAttempt, AttemptStatus
from progress.domain.entities.grades import Mark
from tests.support.application import Application
from tests.support.attempts import Examinee, a_definition_with_exams
from tests.support.builders import a_principal
from tests.support.exams import WITH_DUE_DATE, WITH_LEVELS
from tests.support.staff import StaffBrowser, a_user_of, staff_browser

pytestmark = pytest.mark.database
QUEUE = "progress/assessmentattempt/queue/"
PICTURE = Answer(url="https://files.school.example/bowline.jpg")


@pytest.fixture
def course(application: Application) -> Course:
    return application.published(a_definition_with_exams())


@pytest.fixture
def bo(application: Application) -> StaffBrowser:
    return staff_browser(application, "Course editors")


def submits(
    application: Application, course: Course, name: str, text: str = "Use less rope."
) -> AssessmentAttempt:
    """A new learner of this name submits the project."""
    learner = Examinee(
        services=application.services,
        principal=a_principal(a_user_of(application, name)),
        course=course,
    )
    learner.enrols(course)
    return learner.takes("project", picture=PICTURE, feedback=Answer(text=text))


def page_of(attempt: AssessmentAttempt) -> str:
    return f"progress/assessmentattempt/{attempt.id}/grade/"


def values(attempt: AssessmentAttempt, points: int, **more: Any) -> dict[str, Any]:
    """What a grader sends: so many points for what the learner would do otherwise."""
    picture, feedback = (response.question_id for response in attempt.responses)
    return {
        f"points-{picture}-holds": 3,
        f"points-{picture}-looks": 2,
        f"score-{feedback}": points,
        **more,
    }


def test_the_queue_names_learners_assessments_and_courses(
    application: Application, course: Course, bo: StaffBrowser
) -> None:
    submits(application, course, "Anna")
    submits(application, course, "Chidi")

    page = bo.get(QUEUE)

    for text in ("Anna", "Chidi", "A project", "Knots", "just now", "2 of 2, oldest first"):
        assert text in page.text
    assert page.text.index("Anna") < page.text.index("Chidi")


def test_the_queue_is_filtered_by_course_and_assessment(
    application: Application, course: Course, bo: StaffBrowser
) -> None:
    other = application.published(a_definition_with_exams("hitches"))
    anna, chidi = submits(application, course, "Anna"), submits(application, other, "Chidi")

    page = bo.get(f"{QUEUE}?course={course.id}&assessment={anna.assessment_id}")
    nothing = bo.get(f"{QUEUE}?course={course.id}&assessment={chidi.assessment_id}")

    assert f"{anna.id}/grade/?course={course.id}&assessment={anna.assessment_id}" in page.text
    assert str(chidi.id) not in page.text
    assert "No submission matches." in nothing.text


def test_an_empty_queue_says_what_to_expect(bo: StaffBrowser) -> None:
    assert "New ones appear here when learners hand in." in bo.get(QUEUE).text


def test_the_queue_takes_few_statements(
    application: Application, course: Course, bo: StaffBrowser
) -> None:
    for name in ("Anna", "Chidi", "Dalia", "Emil"):
        submits(application, course, name)
    bo.get(QUEUE)

    with CaptureQueriesContext(connection) as statements:
        bo.get(QUEUE)

    assert len(statements) <= 12


@pytest.mark.parametrize("group", ["User managers", "Credential officers"])
def test_others_have_no_queue(application: Application, group: str) -> None:
    assert staff_browser(application, group).get(QUEUE).status == 403


def test_auditors_see_the_queue_without_the_way_to_grade(
    application: Application, course: Course
) -> None:
    attempt = submits(application, course, "Anna")

    page = staff_browser(application, "Auditors").get(QUEUE)

    assert f"{attempt.id}/change/" in page.text
    assert "/grade/" not in page.text


def test_links_in_answers_name_their_host_and_send_no_referrer(
    application: Application, course: Course, bo: StaffBrowser
) -> None:
    attempt = submits(application, course, "Anna", "See https://rope.example/<b> now.")

    sent = bo.client.get(f"/admin/{page_of(attempt)}").content.decode()

    assert "(opens files.school.example)" in sent
    assert sent.count('rel="noopener noreferrer nofollow"') == 2
    assert "<b> now" not in sent


def test_a_grader_goes_from_one_submission_to_the_next(
    application: Application, course: Course, bo: StaffBrowser
) -> None:
    anna, chidi, dalia = (submits(application, course, name) for name in ("Anna", "Chidi", "Dalia"))

    page = bo.get(page_of(chidi))
    after = bo.post(page_of(chidi), **values(chidi, 1, next="on"))
    last = bo.post(page_of(dalia), **values(dalia, 1, next="on"))
    end = bo.post(page_of(anna), **values(anna, 1, next="on"))

    assert "2 of 3, oldest first" in page.text
    assert "Previous: Anna" in page.text
    assert "Next: Dalia" in page.text
    assert [after.path, last.path, end.path] == [page_of(dalia), page_of(anna), QUEUE]


def test_points_by_criterion_are_shown_after_grading_with_the_name_of_the_grader(
    application: Application, course: Course, bo: StaffBrowser
) -> None:
    attempt = submits(application, course, "Anna")

    page = bo.post(page_of(attempt), **values(attempt, 0))

    for text in ("It holds. <b>3</b> of 3", "It looks good. <b>2</b> of 2", "UTC Bo: 5 points"):
        assert text in page.text
    assert "Save and next" not in page.text


def test_staff_see_what_is_due_and_what_is_late(application: Application, bo: StaffBrowser) -> None:
    course = application.published(read_definition(WITH_DUE_DATE))
    attempt = submits(application, course, "Anna")
    chidi = a_user_of(application, "Chidi")
    application.services.learning.enroll(course.slug, by=a_principal(chidi))
    grid = f"progress/courseprogress/learners/{course.id}/"

    pages = [bo.get(path).text for path in (grid, f"{grid}{attempt.user_id}/", QUEUE)]
    shown = [bo.get(f"{grid}?show={show}").text for show in ("late", "overdue")]

    assert [page.count("2020-01-02 03:04</time> UTC") for page in pages] == [1, 1, 0]
    assert 'data-label="A project, due 2020-01-02 03:04 UTC"' in pages[0]
    marks = [[page.count(f">{mark}</span>") for mark in ("late", "overdue")] for page in pages]
    assert marks == [[1, 1], [1, 0], [0, 0]]
    assert [[f">{name}<" in page for name in ("Anna", "Chidi")] for page in shown] == [
        [True, False],
        [False, True],
    ]
    assert "Late</span>" in pages[2]
    assert "Late</span>" in bo.get(page_of(attempt)).text


def test_a_level_is_chosen_for_its_points(application: Application, bo: StaffBrowser) -> None:
    attempt = submits(application, application.published(read_definition(WITH_LEVELS)), "Anna")

    form = bo.get(page_of(attempt))
    holds = f"points-{attempt.responses[0].question_id}-holds"
    between = bo.post(page_of(attempt), **values(attempt, 1) | {holds: 2})
    page = bo.post(page_of(attempt), **values(attempt, 1) | {holds: 1})

    assert "<b>1</b><span>Some of it holds.</span>" in form.text
    assert "Not saved: 1 field needs attention." in between.text
    assert "It holds. <b>1</b> of 3: Some of it holds." in page.text


def test_the_second_of_two_graders_overwrites_nothing(
    application: Application, course: Course, bo: StaffBrowser
) -> None:
    attempt = submits(application, course, "Anna")
    state = attempt.grading_state
    ines = staff_browser(application, "Course editors", name="Ines")
    ines.post(page_of(attempt), **values(attempt, 1, seen=state))

    page = bo.post(page_of(attempt), **values(attempt, 0, seen=state))

    graded = application.services.grading.get(attempt.id, by=OPERATOR)
    assert page.status == 409
    assert "Ines graded this submission" in page.text
    assert "nothing was overwritten" in page.text
    assert [grade.score for grade in graded.grades] == [6]


def test_the_second_grader_copies_their_points_over_with_a_reason(
    application: Application, course: Course, bo: StaffBrowser
) -> None:
    attempt = submits(application, course, "Anna")
    ines = staff_browser(application, "Course editors", name="Ines")
    ines.post(page_of(attempt), **values(attempt, 1, seen=attempt.grading_state))
    state = application.services.grading.get(attempt.id, by=OPERATOR).grading_state

    path = page_of(attempt).replace("/grade/", "/regrade/")
    page = bo.post(path, **values(attempt, 0, seen=state, reason="Read twice."))

    assert page.messages == ("Regraded A project of Anna: 6 → 5 of 6 points, passed.",)
    graded = application.services.grading.get(attempt.id, by=OPERATOR)
    assert [grade.score for grade in graded.grades] == [6, 5]


def test_an_attempt_is_voided_from_its_page_for_a_reason(
    application: Application, course: Course, bo: StaffBrowser
) -> None:
    attempt = submits(application, course, "Anna")
    path = f"progress/assessmentattempt/{attempt.id}/void/"

    question = bo.get(path)
    page = bo.post(path, reason="Copied.")

    assert "Void attempt 1 of Anna at A project" in question.text
    assert page.messages == ("Voided attempt 1 of Anna at A project. It no longer counts.",)
    voided = application.services.grading.get(attempt.id, by=OPERATOR)
    assert (voided.status, voided.void_reason) == (AttemptStatus.VOIDED, "Copied.")


def test_other_attempts_of_the_learner_are_shown_beside(
    application: Application, course: Course, bo: StaffBrowser
) -> None:
    first = submits(application, course, "Anna")
    marks = tuple(
        Mark(question_id=response.question_id, score=0, comment="Tie it again.")
        for response in first.responses
    )
    application.services.grading.grade(first.id, marks, by=OPERATOR)
    learner = Examinee(
        services=application.services,
        principal=a_principal(application.user_with(UserRow.objects.get(name="Anna").email)),
        course=course,
    )
    second = learner.takes("project", picture=PICTURE)

    page = bo.get(page_of(second))

    assert "Attempt 1: 0 of 6 points" in page.text
    assert "“Tie it again.”" in page.text


def test_a_grade_is_replaced_on_the_page_for_that_alone(
    application: Application, course: Course, bo: StaffBrowser
) -> None:
    attempt = submits(application, course, "Anna")
    bo.post(page_of(attempt), **values(attempt, 1))

    page = bo.post(page_of(attempt), **values(attempt, 0, reason="Read twice."))

    assert page.status == 409
    assert f"{attempt.id}/regrade/" in page.text
    assert application.services.grading.get(attempt.id, by=OPERATOR).score == 6


def test_what_has_no_grade_cannot_be_regraded(
    application: Application, course: Course, bo: StaffBrowser
) -> None:
    attempt = submits(application, course, "Anna")

    assert bo.get(page_of(attempt).replace("/grade/", "/regrade/")).status == 404
