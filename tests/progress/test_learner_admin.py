"""Admin pages of the learners of a course."""

from datetime import timedelta
from io import BytesIO

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from accounts.domain.access import OPERATOR
from accounts.domain.tasks.services import table_exports
from courses.domain.entities.assessments import Answer
from courses.domain.entities.courses import Course
from progress.domain.entities.attempts import AssessmentAttempt
from tests.support.application import Application
from tests.support.attempts import RIGHT, Examinee, a_definition_with_exams, a_timed_definition
from tests.support.builders import a_principal
from tests.support.jobs import work_off
from tests.support.staff import StaffBrowser, a_user_of, log_of, staff_browser

pytestmark = pytest.mark.database
PLACE = "progress/courseprogress/"


@pytest.fixture
def course(application: Application) -> Course:
    return application.published(a_definition_with_exams())


@pytest.fixture
def bo(application: Application) -> StaffBrowser:
    return staff_browser(application, "Course editors")


def enrolled(application: Application, course: Course, name: str) -> Examinee:
    learner = Examinee(
        services=application.services,
        principal=a_principal(a_user_of(application, name)),
        course=course,
    )
    learner.enrols(course)
    return learner


@pytest.fixture
def anna(application: Application, course: Course) -> Examinee:
    """Anna has passed the quiz and handed in the project; Chidi has only enrolled."""
    anna = enrolled(application, course, "Anna")
    anna.takes(**RIGHT)
    anna.takes("project", picture=Answer(url="https://school.example/knot.jpg"))
    enrolled(application, course, "Chidi")
    return anna


def grid_of(course: Course) -> str:
    return f"{PLACE}learners/{course.id}/"


def page_of(anna: Examinee) -> str:
    return f"{grid_of(anna.course)}{anna.principal.user_id}/"


def test_the_grid_shows_who_stands_where(anna: Examinee, bo: StaffBrowser) -> None:
    page = bo.get(grid_of(anna.course))

    for text in ("A quiz", "A project", "An exam", "✓ 100 %", "● To grade", "1 of 3", "2 learners"):
        assert text in page.text
    assert "not_started" not in page.text
    assert page.text.index(">Anna<") < page.text.index(">Chidi<")


def test_the_grid_counts_who_needs_help(anna: Examinee, bo: StaffBrowser) -> None:
    page = bo.get(grid_of(anna.course))
    shown = bo.get(f"{grid_of(anna.course)}?show=not-started")

    assert "?show=not-started" in page.text
    assert "1 not started" in page.text
    assert "1 submission to grade" in page.text
    assert ">Chidi<" in shown.text
    assert ">Anna<" not in shown.text


def test_the_grid_is_searched_and_sorted(anna: Examinee, bo: StaffBrowser) -> None:
    nobody = bo.get(f"{grid_of(anna.course)}?q=zorro")
    backwards = bo.get(f"{grid_of(anna.course)}?order=-name")
    nonsense = bo.get(f"{grid_of(anna.course)}?order=--x&show=y&page=z")

    assert "No learner matches." in nobody.text
    assert backwards.text.index(">Chidi<") < backwards.text.index(">Anna<")
    assert nonsense.status == 200


def test_the_grid_takes_few_statements_however_many_learners(
    application: Application, anna: Examinee, bo: StaffBrowser
) -> None:
    for name in ("Dalia", "Emil", "Farah"):
        enrolled(application, anna.course, name).takes(**RIGHT)
    bo.get(grid_of(anna.course))

    with CaptureQueriesContext(connection) as statements:
        bo.get(grid_of(anna.course))

    assert len(statements) <= 12


def test_learners_are_exported_with_names(anna: Examinee, bo: StaffBrowser) -> None:
    sent = bo.client.get(f"/admin/{grid_of(anna.course)}csv/?q=anna")
    book = bo.client.get(f"/admin/{grid_of(anna.course)}xlsx/")

    header, line = sent.content.decode("utf-8-sig").splitlines()
    assert header.endswith("A quiz,A project,An exam")
    assert line.startswith("Anna,anna-")
    assert "Passed 100 %,To grade," in line
    sheet = load_workbook(BytesIO(book.content)).active
    assert sheet is not None
    assert [row[0].value for row in sheet.iter_rows()] == ["name", "Anna", "Chidi"]


def test_many_learners_are_exported_in_the_background(
    application: Application,
    anna: Examinee,
    bo: StaffBrowser,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(table_exports, "MOST_AT_ONCE", 1)

    question = bo.get(f"{grid_of(anna.course)}csv/?order=-name")
    page = bo.post(f"{grid_of(anna.course)}csv/?order=-name")
    work_off(application.services)
    file = bo.client.get(f"/admin/{page.path.removesuffix('change/')}result/")

    assert "Export 2 learners of Knots" in question.text
    assert page.messages == ("The export of the learners has started.",)
    lines = file.getvalue().decode("utf-8-sig").splitlines()
    assert [line.partition(",")[0] for line in lines] == ["name", "Chidi", "Anna"]


def test_courses_with_learners_are_listed(anna: Examinee, bo: StaffBrowser) -> None:
    page = bo.get(f"{PLACE}courses/")

    assert f"/admin/{grid_of(anna.course)}" in page.text
    assert ">Knots<" in page.text


def test_a_learner_is_shown_with_titles_attempts_and_what_was_voided(
    application: Application, anna: Examinee, bo: StaffBrowser
) -> None:
    quiz: AssessmentAttempt = next(
        attempt for attempt in attempts_of(application, anna) if attempt.score is not None
    )
    application.services.grading.void(quiz.id, reason="Copied from Chidi.", by=OPERATOR)

    page = bo.get(page_of(anna))

    for text in (
        "A quiz",
        "Loops",
        "To grade",
        "Voided",
        "by the operator",
        "“Copied from Chidi.”",
    ):
        assert text in page.text
    shown = page.text.replace(f"/{quiz.id}/", "").replace(str(anna.course.id), "")
    assert str(quiz.item_id) not in shown


def attempts_of(application: Application, anna: Examinee) -> list[AssessmentAttempt]:
    return [
        attempt
        for key in ("quiz", "project", "exam")
        for attempt in application.services.repositories.attempts.for_user(
            anna.principal.person, anna.assessment(key).id, scope=OPERATOR.tenant_scope
        )
    ]


def test_a_submission_is_reopened_with_a_reason(
    application: Application, anna: Examinee, bo: StaffBrowser
) -> None:
    (project,) = (row for row in attempts_of(application, anna) if row.score is None)
    path = f"progress/assessmentattempt/{project.id}/reopen/"

    question, without = bo.get(path), bo.post(path, until="")
    page = bo.post(path, until="", reason="Wrong file.")

    assert "Reopen attempt 1 of Anna at A project" in question.text
    assert "This field is required." in without.text
    assert page.path == page_of(anna)
    assert page.messages == (
        "Reopened attempt 1 of Anna at A project. Anna can change the answers and submit again.",
    )
    assert log_of(project.id)[-1].endswith("Reason: Wrong file.")


def test_an_attempt_in_progress_is_extended_with_a_reason(
    application: Application, bo: StaffBrowser
) -> None:
    course = application.published(a_timed_definition())
    anna = enrolled(application, course, "Anna")
    exam = anna.begins("exam")
    assert exam.expires_at is not None
    path = f"progress/assessmentattempt/{exam.id}/extend/"

    early = bo.post(path, until=f"{exam.expires_at:%Y-%m-%dT%H:%M}", reason="A power cut.")
    later = exam.expires_at + timedelta(hours=2)
    page = bo.post(path, until=f"{later:%Y-%m-%dT%H:%M}", reason="A power cut.")

    assert "later than the present deadline" in early.text
    assert page.messages[0].startswith("Extended attempt 1 of Anna at An exam.")
    (stored,) = (row for row in attempts_of(application, anna) if row.id == exam.id)
    assert stored.expires_at == later.replace(second=0, microsecond=0)


@pytest.mark.parametrize("act", ["void", "reopen", "extend"])
def test_auditors_decide_nothing(application: Application, anna: Examinee, act: str) -> None:
    (project,) = (row for row in attempts_of(application, anna) if row.score is None)
    auditor = staff_browser(application, "Auditors")

    page = auditor.post(f"progress/assessmentattempt/{project.id}/{act}/", reason="Because.")

    assert page.status == 403
    assert project in attempts_of(application, anna)


def test_somebody_who_never_enrolled_has_no_page(anna: Examinee, bo: StaffBrowser) -> None:
    assert bo.get(f"{grid_of(anna.course)}{bo.id}/").status == 404


@pytest.mark.parametrize("path", ["", "csv/", "xlsx/", "{user}/"])
def test_staff_of_other_groups_see_no_learners(
    application: Application, anna: Examinee, path: str
) -> None:
    officer = staff_browser(application, "Credential officers")

    assert (
        officer.get(grid_of(anna.course) + path.format(user=anna.principal.user_id)).status == 403
    )
    assert officer.get(f"{PLACE}courses/").status == 403


def test_auditors_see_learners_without_acts(application: Application, anna: Examinee) -> None:
    auditor = staff_browser(application, "Auditors")

    page = auditor.get(page_of(anna))

    assert page.status == 200
    assert "/void/" not in page.text
    assert "/grade/" not in page.text
