"""Reports API."""

from typing import Final
from uuid import UUID

import pytest

from accounts.domain.access import OPERATOR, OrganizationId, OrgRole, Role
from accounts.domain.organizations.entities import Organization
from tests.support.application import Application
from tests.support.builders import a_definition_of
from tests.support.learning import items_of
from tests.support.members import access_entries, add_organization, member_of

KNOTS: Final = "/v1/courses/harbour--knots/report"
STATUSES: Final = {"not_started": 0, "in_progress": 1, "completed": 0, "withdrawn": 0}


@pytest.fixture
def harbour(application: Application) -> Organization:
    """An organization with a course on which one learner has completed the first item."""
    harbour, authoring = (
        add_organization(application, slug="harbour"),
        application.services.authoring,
    )
    authoring.create(a_definition_of(required=2, slug="knots"), org_id=harbour.id, by=OPERATOR)
    course = authoring.publish("harbour--knots", by=OPERATOR)
    anna = member_of(application, harbour.id, OrgRole.LEARNER).caller
    first, _ = items_of(application.services, course)
    assert anna.post("/v1/courses/harbour--knots/enroll").status == 201
    assert anna.post(f"/v1/courses/harbour--knots/items/{first}/complete").status == 200
    return harbour


def report_on(org_id: OrganizationId | UUID) -> str:
    return f"/v1/orgs/{org_id}/report"


def test_an_instructor_sees_the_report_on_their_course(
    application: Application, harbour: Organization
) -> None:
    bo = member_of(application, harbour.id, OrgRole.INSTRUCTOR)

    answer = bo.caller.get(f"{KNOTS}?since=2026-01-01&until=2026-03-31")

    assert answer.status == 200
    assert (answer.json["since"], answer.json["until"]) == ("2026-01-01", "2026-03-31")
    assert (answer.json["course_slug"], answer.json["learners"]) == ("harbour--knots", 1)
    assert answer.json["statuses"] == STATUSES
    assert [item["learners"] for item in answer.json["items"]] == [1, 0]
    assert (answer.json["completions"], answer.json["scores"]) == ([], [])


def test_a_manager_of_members_sees_all_courses(
    application: Application, harbour: Organization
) -> None:
    admin = member_of(application, harbour.id, OrgRole.ADMIN)

    answer = admin.caller.get(report_on(harbour.id))

    assert answer.status == 200
    (course,) = answer.json["courses"]
    assert (course["course_slug"], course["learners"]) == ("harbour--knots", 1)
    assert course["statuses"] == STATUSES


def test_a_member_without_the_right_is_refused(
    application: Application, harbour: Organization
) -> None:
    anna = member_of(application, harbour.id, OrgRole.LEARNER).caller

    for path in (KNOTS, report_on(harbour.id)):
        assert (anna.get(path).status, anna.get(path).code) == (403, "not-permitted")


def test_to_those_who_are_not_in_there_is_no_report(
    application: Application, harbour: Organization
) -> None:
    bo = application.signed_in(Role.INSTRUCTOR, name="Bo").caller

    assert bo.get(KNOTS).code == "course-not-found"
    assert bo.get(report_on(harbour.id)).code == "organization-not-found"


def test_access_from_outside_is_recorded(application: Application, harbour: Organization) -> None:
    root = application.signed_in(Role.ADMIN, name="Root").caller
    before = len(access_entries(application, harbour.id))

    assert root.get(KNOTS).status == root.get(report_on(harbour.id)).status == 200

    assert len(access_entries(application, harbour.id)) == before + 2


@pytest.mark.parametrize("query", ["since=2026-03-02&until=2026-03-01", "since=yesterday"])
def test_an_invalid_window_is_rejected(
    application: Application, harbour: Organization, query: str
) -> None:
    bo = member_of(application, harbour.id, OrgRole.INSTRUCTOR)

    assert bo.caller.get(f"{KNOTS}?{query}").status == 422
