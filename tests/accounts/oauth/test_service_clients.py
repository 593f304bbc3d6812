"""Service clients over HTTP: the access of their tokens, and its end."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
import time_machine

from accounts.domain.access import OPERATOR, OrganizationId, Role
from tests.support.application import Answer, Application, Caller, Person
from tests.support.relying import RelyingParty

pytestmark = pytest.mark.database


class School:
    """An organization, its owner and its service client."""

    def __init__(self, application: Application, *scopes: str) -> None:
        self.application = application
        self.owner = application.signed_in(name="Owner")
        founding = {"name": "Acme", "slug": f"acme-{uuid4().hex[:8]}"}
        self.org_id = self.owner.caller.post("/v1/orgs", founding).json["id"]
        self.place = f"/v1/orgs/{self.org_id}"
        self.registered = self.register(*(scopes or ("orgs:read", "orgs:write")))
        self.program = RelyingParty(
            self.registered["client"]["client_id"], self.registered["client_secret"], ""
        )

    def register(self, *scopes: str, days: int = 30) -> Any:
        expires_at = self.application.services.ports.clock.now() + timedelta(days=days)
        terms = {"name": "Sync", "scopes": scopes, "expires_at": expires_at.isoformat()}
        return self.owner.caller.post(f"{self.place}/clients", terms).json

    def token_response(self, *scopes: str) -> Answer:
        return self.program.tokens(grant_type="client_credentials", scope=" ".join(scopes))

    def caller(self, *scopes: str) -> Caller:
        return Caller(
            self.token_response(*(scopes or ("orgs:read", "orgs:write"))).json["access_token"]
        )

    @property
    def client(self) -> str:
        return f"{self.place}/clients/{self.registered['client']['id']}"

    @property
    def id(self) -> OrganizationId:
        return OrganizationId(UUID(self.org_id))


@pytest.fixture
def school(application: Application) -> School:
    return School(application)


def test_two_secrets_are_valid_until_the_stated_time(
    school: School, application: Application
) -> None:
    now = application.services.ports.clock.now()
    until = (now + timedelta(hours=1)).replace(microsecond=0)
    before = school.caller()

    answer = school.owner.caller.post(
        f"{school.client}/renew-secret", {"former_secret_expires_at": until.isoformat()}
    )
    new = RelyingParty(school.program.client_id, answer.json["client_secret"], "")
    again = school.owner.caller.post(
        f"{school.client}/renew-secret", {"former_secret_expires_at": until.isoformat()}
    )

    assert answer.status == 200
    assert datetime.fromisoformat(answer.json["client"]["former_secret_expires_at"]) == until
    assert again.code == "secrets-overlap"
    assert before.get(school.place).status == 200
    assert school.token_response("orgs:read").status == 200
    assert new.tokens(grant_type="client_credentials", scope="orgs:read").status == 200
    with time_machine.travel(until + timedelta(seconds=1)):
        assert school.token_response("orgs:read").status == 401
        assert new.tokens(grant_type="client_credentials", scope="orgs:read").status == 200


def somebody(application: Application) -> Person:
    return application.signed_in(name="Bo")


def test_a_service_client_acts_in_its_organization_like_an_admin(
    school: School, application: Application
) -> None:
    program = school.caller()

    assert program.get(school.place).json["role"] == "admin"
    assert program.get(f"{school.place}/members").status == 200
    invited = program.post(f"{school.place}/invitations", {"email": somebody(application).email})
    assert invited.status == 201


def test_a_service_client_cannot_assign_roles_or_register_clients(
    school: School, application: Application
) -> None:
    program, body = school.caller(), {"user_id": somebody(application).id, "role": "owner"}

    assert program.post(f"{school.place}/members", body).code == "not-permitted"
    assert program.get(f"{school.place}/clients").code == "not-permitted"


def test_a_service_client_does_not_see_other_organizations(
    school: School, application: Application
) -> None:
    program, other = school.caller(), School(application)

    assert program.get(other.place).code == "organization-not-found"
    assert [organization["id"] for organization in program.get("/v1/orgs").json["items"]] == [
        school.org_id
    ]


def test_a_service_client_has_its_scopes_and_no_others(school: School) -> None:
    reader = school.caller("orgs:read")

    assert reader.post(f"{school.place}/invitations", {"email": "a@b.example"}).status == 403
    assert school.token_response("courses:write").json["error"] == "invalid_scope"


@pytest.mark.parametrize("scope", ["accounts:read", "accounts:write", "progress:write", "openid"])
def test_scopes_for_users_alone_cannot_be_given_to_a_service_client(
    school: School, scope: str
) -> None:
    expires_at = school.application.services.ports.clock.now() + timedelta(days=1)
    terms = {"name": "Sync", "scopes": [scope], "expires_at": expires_at.isoformat()}

    answer = school.owner.caller.post(f"{school.place}/clients", terms)

    assert answer.status == 422
    assert answer.json["errors"][0]["pointer"] == "#/scopes/0"


def test_the_owner_sees_when_a_service_client_was_last_used(school: School) -> None:
    (before,) = school.owner.caller.get(f"{school.place}/clients").json["items"]

    school.token_response("orgs:read")

    (after,) = school.owner.caller.get(f"{school.place}/clients").json["items"]
    assert before["last_used_at"] is None
    assert after["last_used_at"] is not None
    assert {"secret", "client_secret", "secret_hash"}.isdisjoint(after)
    assert school.program.secret not in str(after)


def suspended(school: School) -> None:
    school.application.services.organizations.suspend(school.id, reason="Unpaid.", by=OPERATOR)


def deleted(school: School) -> None:
    school.owner.caller.send("DELETE", school.place)


def removed(school: School) -> None:
    school.owner.caller.send("DELETE", school.client)


@pytest.mark.parametrize("close", [suspended, deleted, removed])
def test_a_closed_organization_or_removed_client_gets_no_access_and_no_tokens(
    school: School, close: Callable[[School], None]
) -> None:
    program = school.caller()
    assert program.get(school.place).status == 200

    close(school)

    assert program.get(school.place).code == "invalid-token"
    assert school.token_response("orgs:read").json["error"] == "invalid_client"
    token = program.token
    assert school.program.post("/oauth/introspect", token=token).status == 401


def test_a_service_client_of_a_reopened_organization_works_again(school: School) -> None:
    program = school.caller()
    suspended(school)
    root = school.application.signed_in(Role.ADMIN, name="Root")

    root.caller.post(f"{school.place}/reopen")

    assert program.get(school.place).status == 200
    assert school.token_response("orgs:read").status == 200


def test_an_expired_service_client_cannot_authenticate(school: School) -> None:
    later = school.application.services.ports.clock.now() + timedelta(days=31)

    with time_machine.travel(later):
        answer = school.token_response("orgs:read")

    assert answer.json["error"] == "invalid_client"


def test_a_token_expires_with_its_service_client(application: Application) -> None:
    school = School(application)
    now = application.services.ports.clock.now()
    ends_at = now + timedelta(minutes=5)
    terms = {"name": "Brief", "scopes": ["orgs:read"], "expires_at": ends_at.isoformat()}
    client = school.owner.caller.post(f"{school.place}/clients", terms).json
    brief = RelyingParty(client["client"]["client_id"], client["client_secret"], "")
    token = brief.tokens(grant_type="client_credentials", scope="orgs:read").json["access_token"]

    with time_machine.travel(now + timedelta(minutes=6)):
        answer = Caller(token).get(school.place)

    assert answer.code == "invalid-token"


def test_a_renewed_secret_replaces_the_old_one(school: School) -> None:
    renewed = school.owner.caller.post(f"{school.client}/renew-secret").json

    answer = school.token_response("orgs:read")

    school.program = RelyingParty(school.program.client_id, renewed["client_secret"], "")
    assert answer.json["error"] == "invalid_client"
    assert school.token_response("orgs:read").status == 200


def test_a_service_client_cannot_sign_users_in(school: School) -> None:
    answer = school.program.tokens(grant_type="authorization_code", code="x", redirect_uri="")

    assert answer.json["error"] == "unauthorized_client"
