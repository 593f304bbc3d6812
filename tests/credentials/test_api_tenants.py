"""Tenant isolation of the credentials API."""

from typing import Final

import pytest

from accounts.domain.access import OPERATOR, OrgRole, Role
from accounts.domain.organizations.entities import Organization
from tests.credentials.holding import enrol_and_complete
from tests.support.application import Application, Person
from tests.support.builders import a_definition_of
from tests.support.members import add_organization, member_of

pytestmark = pytest.mark.postgres_too

REASON: Final = {"reason": "Misspelt."}
awards = pytest.mark.parametrize("act", ["revoke", "reissue"])


@pytest.fixture
def harbour(application: Application) -> Organization:
    return add_organization(application, slug="harbour")


@pytest.fixture
def anna(application: Application, harbour: Organization) -> Person:
    """A member who has earned a credential of the organization."""
    authoring, anna = (
        application.services.authoring,
        member_of(application, harbour.id, OrgRole.LEARNER),
    )
    draft = authoring.create(a_definition_of(required=1), org_id=harbour.id, by=OPERATOR)
    course = authoring.publish(draft.slug, by=OPERATOR)
    application.earns(course)
    enrol_and_complete(application, anna, course)
    return anna


@pytest.fixture
def issued(anna: Person) -> str:
    """The path of the credential issued to Anna."""
    (item,) = anna.caller.get("/v1/me/credentials").json["items"]
    return f"/v1/issued/{item['id']}"


@awards
@pytest.mark.parametrize("role", OrgRole)
def test_those_who_administer_the_organization_award_and_others_do_not(
    application: Application, harbour: Organization, issued: str, act: str, role: OrgRole
) -> None:
    answer = member_of(application, harbour.id, role, "Bo").caller.post(f"{issued}/{act}", REASON)

    if role in (OrgRole.ADMIN, OrgRole.OWNER):
        assert answer.status < 300, answer.text
    else:
        assert (answer.status, answer.code) == (403, "not-permitted")


@awards
def test_for_those_who_are_elsewhere_there_is_nothing_to_award(
    application: Application, issued: str, act: str
) -> None:
    ada = member_of(application, add_organization(application).id, OrgRole.OWNER, "Ada").caller
    bo = application.signed_in(Role.INSTRUCTOR, name="Bo").caller

    answers = [caller.post(f"{issued}/{act}", REASON) for caller in (ada, bo)]

    assert {(item.status, item.code) for item in answers} == {(404, "issued-credential-not-found")}


@awards
def test_nothing_is_awarded_while_the_organization_is_suspended(
    application: Application, harbour: Organization, issued: str, act: str
) -> None:
    application.services.organizations.suspend(harbour.id, reason="Unpaid.", by=OPERATOR)

    answer = application.signed_in(Role.ADMIN, name="Root").caller.post(f"{issued}/{act}", REASON)

    assert (answer.status, answer.code) == (409, "organization-suspended")


def test_what_was_earned_is_shown_whatever_becomes_of_the_organization(
    application: Application, harbour: Organization, anna: Person, issued: str
) -> None:
    application.services.organizations.delete(harbour.id, by=OPERATOR)

    assert len(anna.caller.get("/v1/me/credentials").json["items"]) == 1
    assert application.stranger.get(issued).status == 200
    assert application.stranger.get(f"{issued}/verify").json["valid"] is True


def test_what_can_be_earned_there_is_listed_for_members_alone(
    application: Application, anna: Person
) -> None:
    bo = application.signed_in(Role.ADMIN, name="Bo").caller

    assert len(anna.caller.get("/v1/credentials").json["items"]) == 1
    assert bo.get("/v1/credentials").json["items"] == []
