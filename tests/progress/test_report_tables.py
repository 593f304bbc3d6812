"""Reports as CSV, in the API and the admin site."""

import csv
from io import StringIO
from uuid import UUID

import pytest

from accounts.domain.access import OPERATOR, OrgRole, Role, UserId
from courses.domain.entities.assessments import Answer
from courses.domain.entities.courses import Course
from tests.support.application import Application
from tests.support.attempts import Examinee, a_definition_with_exams
from tests.support.builders import a_definition_of, a_principal
from tests.support.learning import Learner, a_published_course
from tests.support.members import access_entries, add_organization, member_of
from tests.support.staff import root_browser, staff_browser

HEADING = ["section", "key", "title", "from_percent", "learners"]


def report_page(course: Course) -> str:
    return f"progress/courseprogress/report/{course.id}/"


def tabled(text: str) -> list[list[str]]:
    return list(csv.reader(StringIO(text, newline=""), strict=True))


@pytest.fixture
def examined(application: Application) -> Examinee:
    """A learner who has taken the quiz of the course and got nothing right."""
    course = a_published_course(application.services, a_definition_with_exams())
    anna = Examinee(
        services=application.services,
        principal=a_principal(
            application.services.repositories.users.get(UserId(UUID(application.signed_in().id)))
        ),
        course=course,
    )
    anna.enrols(course)
    anna.takes("quiz", king=Answer(text="The noose"))
    return anna


def counts_of(rows: list[list[str]], section: str) -> list[int]:
    return [int(row[-1]) for row in rows if row[0] == section]


def test_a_report_is_sent_as_a_table_on_request(
    application: Application, examined: Examinee
) -> None:
    root = application.signed_in(Role.ADMIN, name="Root").caller
    course = examined.course

    answer = root.get(f"/v1/courses/{course.slug}/report", Accept="text/csv")

    assert answer.status == 200
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert answer.headers["Content-Disposition"] == (
        f'attachment; filename="report-{course.slug}.csv"'
    )
    heading, *rows = tabled(answer.text)
    assert heading == HEADING
    assert ["statuses", "in_progress", "", "", "1"] in rows
    assert sum(counts_of(rows, "scores")) == 1
    assert len(counts_of(rows, "items")) == 3


def test_each_day_on_which_somebody_completed_the_course_is_a_row(application: Application) -> None:
    course = a_published_course(application.services, a_definition_of(required=1))
    user = application.services.repositories.users.get(UserId(UUID(application.signed_in().id)))
    anna = Learner(services=application.services, principal=a_principal(user))
    completed_at = anna.passes(course).completed_at
    assert completed_at is not None
    root = application.signed_in(Role.ADMIN, name="Root").caller

    answer = root.get(f"/v1/courses/{course.slug}/report", Accept="text/csv")

    assert ["completions", completed_at.date().isoformat(), "", "", "1"] in tabled(answer.text)


def test_the_table_of_an_organization_has_a_row_for_each_course(application: Application) -> None:
    harbour = add_organization(application, slug="harbour")
    draft = application.services.authoring.create(
        a_definition_of(required=1, slug="knots"), org_id=harbour.id, by=OPERATOR
    )
    course = application.services.authoring.publish(draft.slug, by=OPERATOR)
    anna = member_of(application, harbour.id, OrgRole.LEARNER).caller
    assert anna.post(f"/v1/courses/{course.slug}/enroll").status == 201
    bo = member_of(application, harbour.id, OrgRole.ADMIN, name="Bo").caller

    answer = bo.get(f"/v1/orgs/{harbour.id}/report", Accept="text/csv")

    assert f"report-{harbour.id}.csv" in answer.headers["Content-Disposition"]
    assert tabled(answer.text) == [
        [
            "course_id",
            "course_slug",
            "learners",
            "not_started",
            "in_progress",
            "completed",
            "withdrawn",
        ],
        [str(course.id), course.slug, "1", "0", "1", "0", "0"],
    ]


def test_an_error_is_a_problem_even_if_a_table_was_requested(
    application: Application, examined: Examinee
) -> None:
    anna = application.signed_in().caller

    answer = anna.get(f"/v1/courses/{examined.course.slug}/report", Accept="text/csv")

    assert (answer.status, answer.code) == (403, "not-permitted")


@pytest.mark.database
def test_the_page_of_a_course_leads_to_its_report(
    application: Application, examined: Examinee
) -> None:
    root = root_browser(application)

    course_page = root.get(f"courses/course/{examined.course.id}/change/")
    page = root.get(f"courses/course/{examined.course.id}/change/?tab=report")

    assert "?tab=report" in course_page.text
    assert page.path.endswith(report_page(examined.course))
    assert page.status == 200
    assert "<td>in_progress</td><td>1</td>" in page.text
    assert "No completions in this period." in page.text


@pytest.mark.database
def test_the_admin_site_gives_the_table_as_a_file(
    application: Application, examined: Examinee
) -> None:
    root = root_browser(application)

    sent = root.client.get(f"/admin/{report_page(examined.course)}csv/")

    assert sent.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert f"report-{examined.course.slug}.csv" in sent.headers["Content-Disposition"]
    heading, *rows = tabled(sent.content.decode("utf-8-sig"))
    assert heading == HEADING
    assert sum(counts_of(rows, "scores")) == 1


@pytest.mark.database
def test_staff_without_the_right_get_no_report(
    application: Application, examined: Examinee
) -> None:
    bo = staff_browser(application)

    for path in (report_page(examined.course), f"{report_page(examined.course)}csv/"):
        assert "in_progress" not in bo.get(path).text
        assert "Content-Disposition" not in bo.client.get(f"/admin/{path}").headers


@pytest.mark.database
def test_access_to_the_report_of_an_organization_is_recorded(application: Application) -> None:
    harbour = add_organization(application, slug="harbour")
    draft = application.services.authoring.create(
        a_definition_of(required=1, slug="knots"), org_id=harbour.id, by=OPERATOR
    )
    course = application.services.authoring.publish(draft.slug, by=OPERATOR)
    root, before = root_browser(application), len(access_entries(application, harbour.id))

    assert root.get(report_page(course)).status == 200

    assert len(access_entries(application, harbour.id)) == before + 1
