"""Rules of organizations in the API."""

from uuid import UUID

import pytest

from accounts.domain.access import OPERATOR, OrgRole, Role, UserId
from accounts.domain.organizations.entities import Organization
from courses.domain.entities.courses import Course
from credentials.domain.entities.definitions import Credential
from credentials.domain.entities.rules import AllOf, CompletedCourse
from tests.credentials.holding import enrol_and_complete
from tests.support.application import Application, Person
from tests.support.builders import a_definition_of
from tests.support.members import access_entries, add_organization, member_of

pytestmark = pytest.mark.postgres_too


@pytest.fixture
def harbour(application: Application) -> Organization:
    return add_organization(application, slug="harbour")


@pytest.fixture
def anna(application: Application, harbour: Organization) -> Person:
    return member_of(application, harbour.id, OrgRole.LEARNER)


@pytest.fixture
def own(application: Application, harbour: Organization) -> Course:
    """A course of the organization."""
    authoring = application.services.authoring
    draft = authoring.create(a_definition_of(required=1), org_id=harbour.id, by=OPERATOR)
    return authoring.publish(draft.slug, by=OPERATOR)


@pytest.fixture
def open_to_all(application: Application) -> Course:
    return application.published(a_definition_of(required=1))


@pytest.fixture
def credential(application: Application, own: Course, open_to_all: Course) -> Credential:
    """A credential of the organization, for a course of its own and one of the platform."""
    rule = AllOf((CompletedCourse(own.id), CompletedCourse(open_to_all.id)))
    return application.earns(own, rule=rule)


def held_by(person: Person) -> list[str]:
    items = person.caller.get("/v1/me/credentials").json["items"]
    return [item["credential"]["id"] for item in items]


@pytest.mark.parametrize("own_is_last", [True, False])
def test_a_member_earns_by_courses_of_both_in_any_order(
    application: Application,
    anna: Person,
    own: Course,
    open_to_all: Course,
    credential: Credential,
    *,
    own_is_last: bool,
) -> None:
    courses = [open_to_all, own] if own_is_last else [own, open_to_all]

    for course in courses:
        enrol_and_complete(application, anna, course)

    assert held_by(anna) == [str(credential.id)]
    assert application.services.log_verifier.compare(by=OPERATOR).is_clean


def test_who_is_no_longer_a_member_earns_nothing_there(
    application: Application, harbour: Organization, anna: Person, own: Course, open_to_all: Course
) -> None:
    application.earns(own, rule=CompletedCourse(open_to_all.id))
    application.services.members.remove(harbour.id, UserId(UUID(anna.id)), by=OPERATOR)

    enrol_and_complete(application, anna, open_to_all)

    assert held_by(anna) == []


def test_nothing_is_earned_in_a_suspended_organization(
    application: Application, harbour: Organization, anna: Person, own: Course, open_to_all: Course
) -> None:
    application.earns(own, rule=CompletedCourse(open_to_all.id))
    application.services.organizations.suspend(harbour.id, reason="Unpaid.", by=OPERATOR)

    enrol_and_complete(application, anna, open_to_all)

    assert held_by(anna) == []


@pytest.mark.parametrize(("method", "act"), [("GET", "eligibility"), ("POST", "issue")])
def test_for_others_there_is_no_such_credential(
    application: Application, credential: Credential, method: str, act: str
) -> None:
    ada = member_of(application, add_organization(application).id, OrgRole.OWNER, "Ada").caller
    bo = application.signed_in(Role.INSTRUCTOR, name="Bo").caller
    path = f"/v1/credentials/{credential.id}/{act}"

    answers = [caller.send(method, path) for caller in (ada, bo)]

    assert {(answer.status, answer.code) for answer in answers} == {(404, "credential-not-found")}


def test_a_platform_administrator_has_access_but_earns_nothing_there(
    application: Application, harbour: Organization, credential: Credential
) -> None:
    root = application.signed_in(Role.ADMIN, name="Root").caller

    answer = root.get(f"/v1/credentials/{credential.id}/eligibility")
    taken = root.post(f"/v1/credentials/{credential.id}/issue")

    assert (answer.status, answer.json["is_eligible"]) == (200, False)
    assert (taken.status, taken.code) == (404, "credential-not-found")
    (look,) = access_entries(application, harbour.id)
    assert look.act.subject_id == str(credential.id)
