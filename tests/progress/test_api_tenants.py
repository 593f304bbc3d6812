"""Tenant isolation of the progress API."""

from collections.abc import Callable
from typing import Final
from uuid import UUID, uuid4

import pytest

from accounts.domain.access import OPERATOR, OrgRole, Role, Scope, UserId
from accounts.domain.organizations.entities import Organization
from courses.domain.entities.courses import Course
from tests.accounts.callers import narrowed
from tests.support.application import Answer, Application, Caller, Person
from tests.support.builders import a_definition_of
from tests.support.learning import items_of
from tests.support.members import access_entries, add_organization, member_of

pytestmark = pytest.mark.postgres_too

KNOTS: Final = "/v1/courses/harbour--knots"
MINE: Final = "/v1/progress/harbour--knots"
Asked = Callable[[Caller], Answer]
ACTS: Final[dict[str, Asked]] = {
    "enrol": lambda caller: caller.post(f"{KNOTS}/enroll"),
    "withdraw": lambda caller: caller.post(f"{KNOTS}/withdraw"),
    "start": lambda caller: caller.post(f"{KNOTS}/items/{uuid4()}/start"),
    "complete": lambda caller: caller.post(f"{KNOTS}/items/{uuid4()}/complete"),
    "look": lambda caller: caller.get(MINE),
    "read the log": lambda caller: caller.get(f"{MINE}/events"),
}
every_act = pytest.mark.parametrize("act", ACTS.values(), ids=ACTS)


@pytest.fixture
def harbour(application: Application) -> Organization:
    return add_organization(application, slug="harbour")


@pytest.fixture
def course(application: Application, harbour: Organization) -> Course:
    authoring = application.services.authoring
    definition = a_definition_of(required=1, slug="knots")
    draft = authoring.create(definition, org_id=harbour.id, by=OPERATOR)
    return authoring.publish(draft.slug, by=OPERATOR)


@pytest.fixture
def anna(application: Application, harbour: Organization, course: Course) -> Person:
    """A member who is enrolled on the course."""
    anna = member_of(application, harbour.id, OrgRole.LEARNER)
    assert anna.caller.post(f"{KNOTS}/enroll").status == 201
    return anna


def progress_in(harbour: Organization) -> str:
    return f"/v1/orgs/{harbour.id}/progress"


@every_act
@pytest.mark.parametrize("role", [Role.LEARNER, Role.INSTRUCTOR, Role.ADMIN])
def test_only_members_learn_in_an_organization(
    application: Application, course: Course, act: Asked, role: Role
) -> None:
    answer = act(application.signed_in(role, name="Bo").caller)

    assert (answer.status, answer.code) == (404, "course-not-found")


@every_act
def test_a_removed_member_is_out_with_their_next_request(
    application: Application, harbour: Organization, anna: Person, act: Asked
) -> None:
    application.services.members.remove(harbour.id, UserId(UUID(anna.id)), by=OPERATOR)

    answer = act(anna.caller)

    assert (answer.status, answer.code) == (404, "course-not-found")
    assert anna.caller.get("/v1/progress").json["items"] == []


@every_act
def test_nobody_learns_in_a_suspended_organization(
    application: Application, harbour: Organization, anna: Person, act: Asked
) -> None:
    application.services.organizations.suspend(harbour.id, reason="Unpaid.", by=OPERATOR)

    answer = act(anna.caller)

    assert (answer.status, answer.code) == (404, "course-not-found")


def test_a_member_learns_and_keeps_what_they_have_earned(
    application: Application, harbour: Organization, course: Course, anna: Person
) -> None:
    credential = application.earns(course)
    (item_id,) = items_of(application.services, course)
    completed = anna.caller.post(f"{KNOTS}/items/{item_id}/complete")

    application.services.members.remove(harbour.id, UserId(UUID(anna.id)), by=OPERATOR)

    (held,) = anna.caller.get("/v1/me/credentials").json["items"]
    verified = application.stranger.get(f"/v1/issued/{held['id']}/verify")
    assert completed.json["status"] == "completed"
    assert held["credential"]["id"] == str(credential.id)
    assert verified.json["valid"] is True


@pytest.mark.parametrize("role", [OrgRole.INSTRUCTOR, OrgRole.ADMIN, OrgRole.OWNER])
def test_an_instructor_sees_the_learners_of_a_course(
    application: Application, harbour: Organization, anna: Person, role: OrgRole
) -> None:
    answer = member_of(application, harbour.id, role, "Bo").caller.get(f"{KNOTS}/learners")

    assert answer.status == 200
    (progress,) = answer.json["items"]
    assert (progress["user_id"], progress["course_slug"]) == (anna.id, "harbour--knots")


@pytest.mark.parametrize("role", [OrgRole.ADMIN, OrgRole.OWNER])
def test_a_manager_of_members_sees_everybody_there(
    application: Application, harbour: Organization, anna: Person, role: OrgRole
) -> None:
    answer = member_of(application, harbour.id, role, "Bo").caller.get(progress_in(harbour))

    assert answer.status == 200
    assert [item["user_id"] for item in answer.json["items"]] == [anna.id]


def test_learners_see_nobody_else(harbour: Organization, anna: Person) -> None:
    answers = [anna.caller.get(path) for path in (f"{KNOTS}/learners", progress_in(harbour))]

    assert {(item.status, item.code) for item in answers} == {(403, "not-permitted")}


def test_an_instructor_there_sees_the_learners_of_courses_alone(
    application: Application, harbour: Organization
) -> None:
    bo = member_of(application, harbour.id, OrgRole.INSTRUCTOR, "Bo").caller

    answer = bo.get(progress_in(harbour))

    assert (answer.status, answer.code) == (403, "not-permitted")


@pytest.mark.parametrize("role", [Role.LEARNER, Role.INSTRUCTOR])
def test_learners_are_not_there_for_those_who_are_not_in(
    application: Application, harbour: Organization, course: Course, role: Role
) -> None:
    bo = application.signed_in(role, name="Bo").caller

    on_the_course, in_the_organization = bo.get(f"{KNOTS}/learners"), bo.get(progress_in(harbour))

    assert (on_the_course.status, on_the_course.code) == (404, "course-not-found")
    assert in_the_organization.status == 404
    assert in_the_organization.code == "organization-not-found"


def test_an_admin_of_the_platform_sees_learners_and_is_noted(
    application: Application, harbour: Organization, anna: Person
) -> None:
    root = application.signed_in(Role.ADMIN, name="Root").caller

    answers = [root.get(path) for path in (f"{KNOTS}/learners", progress_in(harbour))]

    assert [item["user_id"] for answer in answers for item in answer.json["items"]] == [anna.id] * 2
    looks = access_entries(application, harbour.id)
    assert [look.act.subject_type.value for look in looks] == ["learners", "learners"]


def test_learners_of_the_platform_are_seen_by_its_instructors(application: Application) -> None:
    course = application.published()
    ben = application.signed_in(name="Ben")
    ben.caller.post(f"/v1/courses/{course.slug}/enroll")
    path = f"/v1/courses/{course.slug}/learners"

    page = application.signed_in(Role.INSTRUCTOR, name="Bo").caller.get(path)
    answer = ben.caller.get(path)

    assert [item["user_id"] for item in page.json["items"]] == [ben.id]
    assert (answer.status, answer.code) == (403, "not-permitted")


@pytest.mark.parametrize("path", [f"{KNOTS}/learners", "/v1/orgs/{org}/progress"])
def test_learners_are_shown_to_a_token_for_progress(
    application: Application, harbour: Organization, course: Course, path: str
) -> None:
    bo = member_of(application, harbour.id, OrgRole.OWNER, "Bo")
    others = (scope for scope in Scope if scope is not Scope.PROGRESS_READ)
    address = path.format(org=harbour.id)

    allowed = narrowed(application, bo, Scope.PROGRESS_READ).get(address)
    answer = narrowed(application, bo, *others).get(address)

    assert allowed.status == 200
    assert (answer.status, answer.code) == (403, "insufficient-scope")
    assert application.stranger.get(address).status == 401
