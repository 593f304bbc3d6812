"""Database statements of issuing by an organization: none more than by the platform."""

import pytest

from accounts.domain.access import OrgRole
from accounts.domain.organizations.entities import Organization
from tests.credentials.holding import enrol_and_complete
from tests.credentials.test_api_organizations import a_course_of
from tests.support.application import Application, Person
from tests.support.learning import items_of
from tests.support.members import add_organization, member_of
from tests.support.sql import statements_of

pytestmark = pytest.mark.postgres


def statements_of_issuing(
    application: Application, organization: Organization | None, *learners: Person
) -> list[str]:
    """The statements of completing a course for which the first learner already holds a credential."""
    course = a_course_of(application, organization)
    application.earns(course)
    first, second = learners
    enrol_and_complete(application, first, course)
    place = f"/v1/courses/{course.slug}"
    second.caller.post(f"{place}/enroll")
    (item_id,) = items_of(application.services, course)
    answer, executed = statements_of(
        lambda: second.caller.post(f"{place}/items/{item_id}/complete")
    )
    assert len(second.caller.get("/v1/me/credentials").json["items"]) == 1, answer.text
    return executed


def test_an_organization_signs_with_as_many_statements_as_the_platform(
    committing_application: Application,
) -> None:
    application = committing_application
    harbour = add_organization(application, slug="harbour")
    members = [member_of(application, harbour.id, OrgRole.LEARNER, name) for name in ("Anna", "Cy")]
    others = [application.signed_in() for _ in range(2)]

    by_harbour = statements_of_issuing(application, harbour, *members)
    by_platform = statements_of_issuing(application, None, *others)

    assert by_harbour == by_platform
