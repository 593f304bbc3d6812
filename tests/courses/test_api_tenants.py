"""Tenant isolation of courses over HTTP."""

from dataclasses import dataclass
from typing import Final
from uuid import UUID, uuid4

import pytest

from accounts.domain.access import OPERATOR, OrgRole, Role, UserId
from accounts.domain.organizations.entities import Organization
from courses.domain.entities.courses import Course, CourseDefinition
from tests.courses.test_api_access import FOR_AUTHORS, OF_ONE_COURSE, Address
from tests.support.application import Application, Caller
from tests.support.bodies import body_of
from tests.support.builders import a_definition
from tests.support.members import access_entries, add_organization, member_of

pytestmark = pytest.mark.postgres_too

KNOTS: Final[CourseDefinition] = a_definition(slug="knots")
OF_AUTHORS: Final = {
    name: address for name, address in FOR_AUTHORS.items() if "{course}" in address.path
}
of_one_course = pytest.mark.parametrize("address", OF_ONE_COURSE.values(), ids=OF_ONE_COURSE)


@dataclass(frozen=True)
class Harbour:
    """An organization with a published course."""

    organization: Organization
    course: Course

    @property
    def listed(self) -> str:
        return f"/v1/courses?org={self.organization.id}"


@pytest.fixture
def harbour(application: Application) -> Harbour:
    organization = add_organization(application, slug="harbour")
    authoring = application.services.authoring
    draft = authoring.create(KNOTS, org_id=organization.id, by=OPERATOR)
    return Harbour(organization, authoring.publish(draft.slug, by=OPERATOR))


def test_an_instructor_creates_a_course_in_the_organization(application: Application) -> None:
    organization = add_organization(application, slug="harbour")
    bo = member_of(application, organization.id, OrgRole.INSTRUCTOR, "Bo").caller

    answer = bo.post(f"/v1/courses?org={organization.id}", body_of(KNOTS))

    assert answer.status == 201
    assert answer.json["slug"] == "harbour--knots"
    assert answer.json["org_id"] == str(organization.id)


def test_a_course_is_revised_and_published_by_its_whole_slug(
    application: Application, harbour: Harbour
) -> None:
    bo = member_of(application, harbour.organization.id, OrgRole.INSTRUCTOR, "Bo").caller
    changed = body_of(KNOTS) | {"title": "Changed"}

    revised = bo.put("/v1/courses/harbour--knots/draft", changed)
    published = bo.post("/v1/courses/harbour--knots/publish")

    assert (revised.status, published.status) == (200, 200)
    assert published.json["title"] == "Changed"


def test_a_slug_that_is_too_long_for_the_organization_is_refused(
    application: Application, harbour: Harbour
) -> None:
    bo = member_of(application, harbour.organization.id, OrgRole.INSTRUCTOR, "Bo").caller

    answer = bo.post(harbour.listed, body_of(a_definition(slug="k" * 80)))

    assert (answer.status, answer.code) == (422, "invalid-definition")
    assert [error["pointer"] for error in answer.json["errors"]] == ["#/slug"]


@of_one_course
@pytest.mark.parametrize("role", [Role.LEARNER, Role.INSTRUCTOR])
def test_the_course_is_not_there_for_anybody_who_is_not_in(
    application: Application, harbour: Harbour, address: Address, role: Role
) -> None:
    answer = address.asked_by(application.signed_in(role).caller, harbour.course)

    assert (answer.status, answer.code) == (404, "course-not-found")


@of_one_course
@pytest.mark.parametrize("role", OrgRole)
def test_the_course_is_not_there_for_anybody_in_another_organization(
    application: Application, harbour: Harbour, address: Address, role: OrgRole
) -> None:
    bo = member_of(application, add_organization(application).id, role, "Bo").caller

    answer = address.asked_by(bo, harbour.course)

    assert (answer.status, answer.code) == (404, "course-not-found")


@of_one_course
def test_a_course_of_another_tenant_looks_like_one_that_does_not_exist(
    application: Application, harbour: Harbour, address: Address
) -> None:
    bo = member_of(application, add_organization(application).id, OrgRole.OWNER, "Bo").caller
    there = address.asked_by(bo, harbour.course)
    path = address.path.format(course="harbour--bends", item=uuid4())

    nowhere = bo.send(address.method, path, address.body)

    assert there.json.keys() == nowhere.json.keys()
    assert there.json["detail"] == nowhere.json["detail"]


@pytest.mark.parametrize("address", OF_AUTHORS.values(), ids=OF_AUTHORS)
def test_a_learner_there_sees_the_course_and_may_not_write_it(
    application: Application, harbour: Harbour, address: Address
) -> None:
    anna = member_of(application, harbour.organization.id, OrgRole.LEARNER).caller

    answer = address.asked_by(anna, harbour.course)

    assert (answer.status, answer.code) == (403, "not-permitted")
    assert anna.get("/v1/courses/harbour--knots").status == 200


def test_a_list_holds_the_platform_and_ones_own_organizations(
    application: Application, harbour: Harbour
) -> None:
    application.published(a_definition(slug="bends"))
    anna = member_of(application, harbour.organization.id, OrgRole.LEARNER)

    def slugs(caller: Caller, path: str) -> list[str]:
        answer = caller.get(path)
        return [course["slug"] for course in answer.json["items"]]

    assert slugs(anna.caller, "/v1/courses") == ["harbour--knots", "bends"]
    assert slugs(anna.caller, harbour.listed) == ["harbour--knots"]
    assert slugs(application.signed_in(name="Ben").caller, "/v1/courses") == ["bends"]


def test_the_list_of_an_organization_is_not_there_for_those_who_are_not_in(
    application: Application, harbour: Harbour
) -> None:
    bo = application.signed_in(Role.INSTRUCTOR, name="Bo").caller

    for path in (harbour.listed, f"/v1/courses?org={uuid4()}"):
        answers = [bo.get(path), bo.post(path, body_of(a_definition()))]
        assert {(answer.status, answer.code) for answer in answers} == {
            (404, "organization-not-found")
        }


def test_what_is_no_id_of_an_organization_is_refused(application: Application) -> None:
    bo = application.signed_in(Role.INSTRUCTOR, name="Bo").caller

    assert bo.get("/v1/courses?org=harbour").status == 422
    assert bo.post("/v1/courses?org=harbour", body_of(a_definition())).status == 422


def test_a_removed_member_sees_nothing_with_the_next_request(
    application: Application, harbour: Harbour
) -> None:
    anna = member_of(application, harbour.organization.id, OrgRole.LEARNER)
    before = anna.caller.get("/v1/courses/harbour--knots")

    application.services.members.remove(harbour.organization.id, UserId(UUID(anna.id)), by=OPERATOR)

    after = anna.caller.get("/v1/courses/harbour--knots")
    assert (before.status, after.status) == (200, 404)


def test_an_organization_that_is_suspended_is_closed_at_once(
    application: Application, harbour: Harbour
) -> None:
    bo = member_of(application, harbour.organization.id, OrgRole.OWNER, "Bo").caller
    root = application.signed_in(Role.ADMIN, name="Root").caller

    application.services.organizations.suspend(
        harbour.organization.id, reason="Unpaid.", by=OPERATOR
    )

    assert bo.get("/v1/courses/harbour--knots").status == 404
    assert bo.get(harbour.listed).status == 404
    assert root.get("/v1/courses/harbour--knots").status == 200
    answers = [
        root.post(harbour.listed, body_of(a_definition())),
        root.put("/v1/courses/harbour--knots/draft", body_of(KNOTS)),
        root.post("/v1/courses/harbour--knots/publish"),
        root.post("/v1/courses/harbour--knots/retire"),
    ]
    assert {(answer.status, answer.code) for answer in answers} == {(409, "organization-suspended")}


def test_an_admin_of_the_platform_sees_a_course_and_is_noted(
    application: Application, harbour: Harbour
) -> None:
    root = application.signed_in(Role.ADMIN, name="Root")

    assert root.caller.get("/v1/courses/harbour--knots").status == 200

    looks = access_entries(application, harbour.organization.id)
    assert [(entry.actor_id, entry.act.subject_id) for entry in looks] == [
        (UUID(root.id), str(harbour.course.id))
    ]


def test_an_admin_of_the_platform_does_not_learn_where_they_are_not_members(
    application: Application, harbour: Harbour
) -> None:
    root = application.signed_in(Role.ADMIN, name="Root").caller

    answer = root.post("/v1/courses/harbour--knots/enroll")

    assert (answer.status, answer.code) == (404, "course-not-found")
