"""GET /v1/events."""

from typing import Any
from uuid import UUID

import pytest

from accounts.domain.access import OPERATOR, GrantType, OrgRole, Role, UserId
from accounts.domain.oauth.entities.clients import RegisteredClient
from accounts.domain.organizations.entities import Organization
from tests.support.application import Application, Caller, Person
from tests.support.builders import some_client_terms
from tests.support.members import add_organization, member_of


def a_client_of_the_platform(application: Application, *scopes: str) -> Caller:
    """A client that staff have registered, with a token for itself."""
    registered: RegisteredClient = application.services.clients.register(
        some_client_terms(
            grant_types=frozenset({GrantType.CLIENT_CREDENTIALS}), allowed_scopes=frozenset(scopes)
        ),
        by=OPERATOR,
    )
    tokens = application.services.grants.redeem_client_credentials(
        registered.client, scopes=scopes, resource=""
    )
    return Caller(tokens.access_token)


def joins(application: Application, school: Organization, role: OrgRole) -> Person:
    """A new person whom a platform admin adds to the organization."""
    person = application.signed_in()
    application.services.members.add(school.id, UserId(UUID(person.id)), role=role, by=OPERATOR)
    return person


def read(caller: Caller, **query: Any) -> Any:
    parameters = "&".join(f"{name}={value}" for name, value in query.items())
    answer = caller.get(f"/v1/events?{parameters}")
    assert answer.status == 200, answer.text
    return answer.json


def test_an_admin_follows_the_events_of_their_organization(application: Application) -> None:
    school = add_organization(application)
    ada = member_of(application, school.id, OrgRole.ADMIN, "Ada")
    start = read(ada.caller)["next_after"]
    joins(application, school, OrgRole.LEARNER)
    ben = joins(application, school, OrgRole.INSTRUCTOR)

    first = read(ada.caller, after=start, limit=1)
    second = read(ada.caller, after=first["next_after"], limit=1)
    rest = read(ada.caller, after=second["next_after"])

    (event,) = second["items"]
    assert [item["type"] for item in first["items"] + second["items"]] == ["membership.added"] * 2
    assert event | {"id": "", "occurred_at": ""} == {
        "id": "",
        "position": event["position"],
        "type": "membership.added",
        "occurred_at": "",
        "org_id": str(school.id),
        "user_id": ben.id,
        "data": {"role": "instructor"},
    }
    assert rest["items"] == []
    assert rest["next_after"] == rest["complete_up_to"] >= event["position"]


def test_a_client_of_the_platform_reads_all_events_with_the_scope_alone(
    application: Application,
) -> None:
    school = add_organization(application)
    joins(application, school, OrgRole.LEARNER)

    reader = a_client_of_the_platform(application, "events:read")
    other = a_client_of_the_platform(application, "orgs:read")

    types = {(item["type"], item["org_id"]) for item in read(reader)["items"]}
    assert {("membership.added", str(school.id)), ("client.created", None)} <= types
    assert (other.get("/v1/events").status, other.get("/v1/events").code) == (
        403,
        "insufficient-scope",
    )
    assert reader.get("/v1/users").status == 403
    assert reader.get(f"/v1/orgs/{school.id}").status == 403


def test_a_learner_may_not_read_events(application: Application) -> None:
    answer = application.signed_in().caller.get("/v1/events")

    assert (answer.status, answer.code) == (403, "not-permitted")


@pytest.mark.parametrize(
    "query", ["after=-1", "after=x", f"after={2**63}", "limit=0", "limit=101", "type=user.erased"]
)
def test_a_malformed_query_is_invalid(application: Application, query: str) -> None:
    root = application.signed_in(Role.ADMIN, name="Root")

    answer = root.caller.get(f"/v1/events?{query}")

    assert (answer.status, answer.code) == (422, "invalid-request")


def test_a_position_at_the_end_of_numbers_is_fine(application: Application) -> None:
    root = application.signed_in(Role.ADMIN, name="Root")

    assert read(root.caller, after=2**63 - 1)["items"] == []
