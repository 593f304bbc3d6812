"""Tenant isolation of the credentials API."""

from typing import Final

import pytest

from accounts.domain.entities import OPERATOR, Organization, OrgRole, Role
from tests.credentials.holding import enrol_and_complete
from tests.support.builders import a_definition_of
from tests.support.house import House, Person
from tests.support.members import founded, member_of

pytestmark = pytest.mark.postgres_too

REASON: Final = {"reason": "Misspelt."}
awards = pytest.mark.parametrize("act", ["revoke", "reissue"])


@pytest.fixture
def harbour(house: House) -> Organization:
    return founded(house, slug="harbour")


@pytest.fixture
def anna(house: House, harbour: Organization) -> Person:
    """A member who has earned a credential of the organization."""
    authoring, anna = house.services.authoring, member_of(house, harbour.id, OrgRole.LEARNER)
    made = authoring.create(a_definition_of(required=1), org_id=harbour.id, by=OPERATOR)
    course = authoring.publish(made.slug, by=OPERATOR)
    house.earns(course)
    enrol_and_complete(house, anna, course)
    return anna


@pytest.fixture
def issued(anna: Person) -> str:
    """The path of the credential issued to Anna."""
    (held,) = anna.caller.get("/v1/me/credentials").json["items"]
    return f"/v1/issued/{held['id']}"


@awards
@pytest.mark.parametrize("role", [OrgRole.ADMIN, OrgRole.OWNER])
def test_those_who_administer_the_organization_award(
    house: House, harbour: Organization, issued: str, act: str, role: OrgRole
) -> None:
    answer = member_of(house, harbour.id, role, "Bo").caller.post(f"{issued}/{act}", REASON)

    assert answer.status < 300, answer.text


@awards
@pytest.mark.parametrize("role", [OrgRole.LEARNER, OrgRole.INSTRUCTOR])
def test_others_there_do_not(
    house: House, harbour: Organization, issued: str, act: str, role: OrgRole
) -> None:
    answer = member_of(house, harbour.id, role, "Bo").caller.post(f"{issued}/{act}", REASON)

    assert (answer.status, answer.code) == (403, "not-permitted")


@awards
def test_for_those_who_are_elsewhere_there_is_nothing_to_award(
    house: House, issued: str, act: str
) -> None:
    ada = member_of(house, founded(house).id, OrgRole.OWNER, "Ada").caller
    bo = house.signed_in(Role.INSTRUCTOR, name="Bo").caller

    answers = [caller.post(f"{issued}/{act}", REASON) for caller in (ada, bo)]

    assert {(item.status, item.code) for item in answers} == {(404, "issued-credential-not-found")}


@awards
def test_nothing_is_awarded_while_the_organization_is_suspended(
    house: House, harbour: Organization, issued: str, act: str
) -> None:
    house.services.organizations.suspend(harbour.id, reason="Unpaid.", by=OPERATOR)

    answer = house.signed_in(Role.ADMIN, name="Root").caller.post(f"{issued}/{act}", REASON)

    assert (answer.status, answer.code) == (409, "organization-suspended")


def test_what_was_earned_is_shown_whatever_becomes_of_the_organization(
    house: House, harbour: Organization, anna: Person, issued: str
) -> None:
    house.services.organizations.delete(harbour.id, by=OPERATOR)

    assert len(anna.caller.get("/v1/me/credentials").json["items"]) == 1
    assert house.stranger.get(issued).status == 200
    assert house.stranger.get(f"{issued}/verify").json["valid"] is True


def test_what_can_be_earned_there_is_listed_for_members_alone(house: House, anna: Person) -> None:
    bo = house.signed_in(Role.ADMIN, name="Bo").caller

    assert len(anna.caller.get("/v1/credentials").json["items"]) == 1
    assert bo.get("/v1/credentials").json["items"] == []
