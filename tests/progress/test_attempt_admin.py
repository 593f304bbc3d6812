"""Admin pages of attempts: reading, grading and voiding."""

from typing import Any

import pytest

from accounts.domain.access import OPERATOR
from courses.domain.entities.assessments import Answer
from courses.domain.entities.outlines import ItemId
from credentials.domain.entities.rules import ScoredAtLeast
from credentials.models import UserCredential
from progress.domain.entities.attempts import AssessmentAttempt, AttemptStatus
from progress.domain.entities.grades import CriterionScore
from progress.models import AssessmentAttempt as AssessmentAttemptRow
from tests.support.application import Application
from tests.support.attempts import RIGHT, Examinee, a_definition_with_exams, a_timed_definition
from tests.support.builders import a_principal
from tests.support.learning import a_credential_for
from tests.support.staff import StaffBrowser, a_user_of, log_of, root_browser, staff_browser

pytestmark = pytest.mark.database
ATTEMPTS = "progress/assessmentattempt/"


@pytest.fixture
def anna(application: Application) -> Examinee:
    draft = application.services.authoring.create(a_definition_with_exams(), by=OPERATOR)
    course = application.services.authoring.publish(draft.slug, by=OPERATOR)
    anna = Examinee(
        services=application.services, principal=a_principal(a_user_of(application)), course=course
    )
    anna.enrols(course)
    return anna


@pytest.fixture
def attempt(anna: Examinee) -> AssessmentAttempt:
    picture = Answer(url="https://school.example/bowline.jpg")
    return anna.takes(
        "project", picture=picture, feedback=Answer(text="Use <b>less</b> rope.\nDry.")
    )


@pytest.fixture
def bo(application: Application) -> StaffBrowser:
    return staff_browser(application, "Course editors")


def page_of(attempt: AssessmentAttempt) -> str:
    return f"{ATTEMPTS}{attempt.id}/grade/"


def regrading_of(attempt: AssessmentAttempt) -> str:
    return f"{ATTEMPTS}{attempt.id}/regrade/"


def points(anna: Examinee, *, picture: int, feedback: int, reason: str = "") -> dict[str, Any]:
    """The values that a grader enters; the points for the picture go to the first criterion first."""
    by_criterion = {"holds": min(picture, 3), "looks": max(picture - 3, 0)}
    fields = {
        f"points-{anna.question('picture').id}-{key}": score for key, score in by_criterion.items()
    }
    return {**fields, f"score-{anna.question('feedback').id}": feedback, "reason": reason}


def now(application: Application, attempt: AssessmentAttempt) -> AssessmentAttempt:
    return application.services.grading.get(attempt.id, by=OPERATOR)


def test_the_grading_page_shows_questions_answers_and_what_to_look_at(
    bo: StaffBrowser, attempt: AssessmentAttempt
) -> None:
    page = bo.get(page_of(attempt))

    assert page.status == 200
    for output in ("Where is a picture of it?", "https://school.example/bowline.jpg", "It holds."):
        assert output in page.text
    sent = bo.client.get(f"/admin/{page_of(attempt)}").content.decode()
    assert "Use &lt;b&gt;less&lt;/b&gt; rope.<br>Dry." in sent


def test_a_grader_gives_points(
    application: Application, bo: StaffBrowser, anna: Examinee, attempt: AssessmentAttempt
) -> None:
    page = bo.post(page_of(attempt), **points(anna, picture=5, feedback=1))

    graded = now(application, attempt)
    assert page.path == page_of(attempt)
    assert page.messages == ("Graded A project of Anna: 6 of 6 points, passed.",)
    assert "6 of 6 points, passed" in page.text
    assert (graded.status, graded.score) == (AttemptStatus.GRADED, 6)
    assert graded.grade is not None
    assert graded.grade.graded_by == bo.id
    assert graded.grade.marks[0].criteria == (
        CriterionScore(criterion="holds", score=3),
        CriterionScore(criterion="looks", score=2),
    )
    assert log_of(attempt.id) == ["Graded."]


def test_to_grade_again_takes_a_reason(
    application: Application, bo: StaffBrowser, anna: Examinee, attempt: AssessmentAttempt
) -> None:
    bo.post(page_of(attempt), **points(anna, picture=5, feedback=1))

    without = bo.post(regrading_of(attempt), **points(anna, picture=0, feedback=1))
    assert "This field is required." in without.text
    again = bo.post(regrading_of(attempt), **points(anna, picture=0, feedback=1, reason="A copy."))

    (message,) = again.messages
    assert message.startswith("Regraded A project of Anna: 6 → 1 of 6 points, not passed. ")
    assert message.endswith("The item is open again, unless another attempt passes it.")
    assert "1 → " in bo.get(regrading_of(attempt)).text
    assert [grade.score for grade in now(application, attempt).grades] == [6, 1]
    assert "Graded. Reason: A copy." in log_of(attempt.id)


@pytest.mark.parametrize("picture", [6, -1, 7])
def test_points_that_there_are_not_are_refused(
    application: Application,
    bo: StaffBrowser,
    anna: Examinee,
    attempt: AssessmentAttempt,
    picture: int,
) -> None:
    page = bo.post(page_of(attempt), **points(anna, picture=picture, feedback=1))

    assert "Select a valid choice." in page.text
    assert "Not saved: 1 field needs attention." in page.text
    assert now(application, attempt).grades == ()


def test_what_is_not_handed_in_has_no_grading_page(bo: StaffBrowser, anna: Examinee) -> None:
    begun = anna.begins("exam")

    assert bo.get(page_of(begun)).status == 404
    assert "Grade</a>" not in bo.get(f"{ATTEMPTS}{begun.id}/change/").text


def test_read_only_staff_cannot_grade(application: Application, attempt: AssessmentAttempt) -> None:
    auditor = staff_browser(application, "Auditors")

    assert auditor.get(page_of(attempt)).status == 403
    assert "Grade</a>" not in auditor.get(f"{ATTEMPTS}{attempt.id}/change/").text


def test_an_attempt_shows_what_was_answered(bo: StaffBrowser, attempt: AssessmentAttempt) -> None:
    page = bo.get(f"{ATTEMPTS}{attempt.id}/change/")

    assert "https://school.example/bowline.jpg" in page.text
    assert "Grade</a>" in page.text


def test_an_attempt_is_voided_for_a_reason(
    application: Application, bo: StaffBrowser, attempt: AssessmentAttempt
) -> None:
    bo.act(ATTEMPTS, "void", attempt.id, reason="Copied.")

    assert now(application, attempt).status is AttemptStatus.VOIDED
    assert now(application, attempt).void_reason == "Copied."


def test_an_unknown_attempt_has_no_page(application: Application, anna: Examinee) -> None:
    page = root_browser(application).get(f"{ATTEMPTS}{anna.course.id}/grade/")

    assert page.status == 404


def items_of(anna: Examinee) -> tuple[ItemId, ...]:
    return anna.progress_on(anna.course).completed_items


@pytest.mark.parametrize("keeps", ["", "on"])
def test_a_grader_decides_whether_a_lost_pass_reopens_the_item(
    bo: StaffBrowser, anna: Examinee, attempt: AssessmentAttempt, keeps: str
) -> None:
    bo.post(page_of(attempt), **points(anna, picture=5, feedback=1))
    passed = items_of(anna)
    failing = points(anna, picture=0, feedback=1, reason="A copy.")

    bo.post(regrading_of(attempt), **failing, **({"keeps_completion": keeps} if keeps else {}))

    assert passed == (attempt.item_id,)
    assert items_of(anna) == (passed if keeps else ())


@pytest.mark.parametrize("action", ["void", "void_and_keep_completion"])
def test_voiding_reopens_the_item_or_keeps_it(
    bo: StaffBrowser, anna: Examinee, attempt: AssessmentAttempt, action: str
) -> None:
    bo.post(page_of(attempt), **points(anna, picture=5, feedback=1))

    bo.act(ATTEMPTS, action, attempt.id, reason="Copied.")

    assert items_of(anna) == (() if action == "void" else (attempt.item_id,))


def test_a_lost_pass_is_shown_with_the_credential_it_earned(
    application: Application, anna: Examinee
) -> None:
    rule = ScoredAtLeast(anna.assessment("quiz").id, 60)
    a_credential_for(application.services, anna.course, rule=rule)
    attempt, root = anna.takes(**RIGHT), root_browser(application)
    row = UserCredential.objects.get()
    place = f"credentials/usercredential/{row.pk}/change/"
    before = root.get(place).text

    root.act(ATTEMPTS, "void", attempt.id, reason="Copied.")

    assert "lost its pass" not in before
    assert "lost its pass, and its item is open again." in root.get(place).text
    assert "Credentials of the learner" in root.get(f"{ATTEMPTS}{attempt.id}/change/").text
    results = root.get(f"credentials/usercredential/?q={row.user.email}")
    assert "1 user credential" in results.text


@pytest.mark.parametrize("place", ["", "{}/change/"])
def test_staff_see_overdue_attempts_as_submitted(
    application: Application, bo: StaffBrowser, place: str
) -> None:
    authoring = application.services.authoring
    draft = authoring.create(a_timed_definition(), by=OPERATOR)
    course = authoring.publish(draft.slug, by=OPERATOR)
    ben = Examinee(
        services=application.services, principal=a_principal(a_user_of(application)), course=course
    )
    ben.enrols(course)
    attempt = ben.begins("exam")
    AssessmentAttemptRow.objects.update(expires_at=attempt.started_at)

    page = bo.get(ATTEMPTS + place.format(attempt.id))

    assert page.status == 200
    row = AssessmentAttemptRow.objects.get()
    assert (row.status, row.submitted_at) == (AttemptStatus.SUBMITTED, attempt.started_at)
    assert ("Grade</a>" in page.text) is bool(place)
