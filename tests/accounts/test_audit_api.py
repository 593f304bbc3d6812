"""API of the audit log."""

import json
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import pytest

from accounts.domain.access import OPERATOR, OrganizationId, OrgRole, Role, Scope, UserId
from accounts.domain.organizations.entities import Organization, OrganizationChanges
from authsvc.kernel.canonical import checksum
from tests.accounts.callers import narrowed
from tests.support.application import Application, Caller, Person

MEMBERS = {
    "id",
    "sequence",
    "action",
    "subject_type",
    "subject_id",
    "before",
    "after",
    "reason",
    "actor_id",
    "client_id",
    "request_id",
    "occurred_at",
    "previous_hash",
    "hash",
}
WAYS = ["/audit", "/audit/export"]

both_ways = pytest.mark.parametrize("way", WAYS)


def add_organization(application: Application, owner: Person, slug: str = "knots") -> Organization:
    owner_id = UserId(UUID(owner.id))
    return application.services.organizations.create(
        name="School", slug=slug, owner_id=owner_id, by=OPERATOR
    )


@pytest.fixture
def root(application: Application) -> Person:
    return application.signed_in(Role.ADMIN, name="Root")


@pytest.fixture
def anna(application: Application) -> Person:
    return application.signed_in()


@pytest.fixture
def knots(application: Application, anna: Person) -> Organization:
    """An organization of Anna."""
    return add_organization(application, anna)


def joined(application: Application, organization: Organization, role: OrgRole) -> Person:
    person = application.signed_in(name="Bo")
    user_id = UserId(UUID(person.id))
    application.services.members.add(organization.id, user_id, role=role, by=OPERATOR)
    return person


def read(caller: Caller, organization: Organization, way: str = "/audit", **headers: str) -> Any:
    return caller.get(f"/v1/orgs/{organization.id}{way}", **headers)


def recomputed(entry: dict[str, Any], org_id: OrganizationId) -> str:
    """Verify an export as described in docs/audit.md."""
    at = datetime.fromisoformat(entry["occurred_at"]).isoformat(timespec="microseconds")
    covered = entry | {"org_id": str(org_id), "occurred_at": at}
    del covered["hash"]
    return checksum(covered)


def test_an_owner_reads_the_log_most_recent_first(application: Application) -> None:
    anna = application.signed_in()
    knots = add_organization(application, anna)
    bo = joined(application, knots, OrgRole.LEARNER)

    answer = read(anna.caller, knots)

    added, created = answer.json["items"]
    assert (answer.status, answer.json["next"]) == (200, None)
    assert set(added) == set(created) == MEMBERS
    assert [added["sequence"], created["sequence"]] == [2, 1]
    assert [added["action"], created["action"]] == ["member-added", "organization-created"]
    assert (added["subject_type"], added["subject_id"]) == ("member", bo.id)
    assert (added["actor_id"], added["client_id"]) == (None, "command-line")
    assert created["after"] == {"name": "School", "owner": anna.id, "slug": "knots"}


def test_an_entry_made_over_http_names_its_user_and_request(application: Application) -> None:
    anna, root = application.signed_in(), application.signed_in(Role.ADMIN, name="Root")
    knots = add_organization(application, anna)

    response = read(root.caller, knots, X_Request_Id="the-look-of-root")

    (look, _) = read(anna.caller, knots).json["items"]
    assert response.status == 200
    assert (look["action"], look["subject_id"]) == ("looked-into", str(knots.id))
    assert (look["actor_id"], look["request_id"]) == (root.id, "the-look-of-root")


def test_cursors_return_every_entry_exactly_once(application: Application) -> None:
    anna = application.signed_in()
    knots = add_organization(application, anna)
    for _ in range(4):
        joined(application, knots, OrgRole.LEARNER)

    first = read(anna.caller, knots, "/audit?limit=2").json
    second = read(anna.caller, knots, f"/audit?limit=2&cursor={first['next']}").json
    third = read(anna.caller, knots, f"/audit?limit=2&cursor={second['next']}").json

    pages = [[entry["sequence"] for entry in page["items"]] for page in (first, second, third)]
    assert pages == [[5, 4], [3, 2], [1]]
    assert third["next"] is None


def test_a_cursor_of_another_list_is_refused(application: Application) -> None:
    anna = application.signed_in()

    answer = read(anna.caller, add_organization(application, anna), "/audit?cursor=rubbish")

    assert (answer.status, answer.code) == (422, "invalid-cursor")


def test_an_export_has_one_entry_a_line_oldest_first(application: Application) -> None:
    anna = application.signed_in()
    knots = add_organization(application, anna)
    for _ in range(3):
        joined(application, knots, OrgRole.LEARNER)

    answer = read(anna.caller, knots, "/audit/export")

    assert answer.status == 200
    assert answer.headers["Content-Type"] == "application/jsonl"
    name = f"audit-{knots.id}.jsonl"
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{name}"'
    lines = [json.loads(line) for line in answer.text.splitlines()]
    assert answer.text.endswith("}\n")
    assert lines == read(anna.caller, knots).json["items"][::-1]


def test_an_export_can_be_verified_independently(application: Application) -> None:
    anna, root = application.signed_in(), application.signed_in(Role.ADMIN, name="Root")
    knots = add_organization(application, anna)
    joined(application, knots, OrgRole.INSTRUCTOR)
    read(root.caller, knots)
    application.services.organizations.edit(
        knots.id, OrganizationChanges(name="Schule für Knoten 🪢"), by=OPERATOR
    )

    exported = read(anna.caller, knots, "/audit/export").text

    previous = "0" * 64
    entries = [json.loads(line) for line in exported.split("\n")[:-1]]
    assert [entry["sequence"] for entry in entries] == [1, 2, 3, 4]
    for entry in entries:
        assert entry["previous_hash"] == previous
        assert entry["hash"] == recomputed(entry, knots.id)
        previous = entry["hash"]


@pytest.mark.parametrize("accept", ["*/*", "application/json", "application/jsonl"])
def test_an_export_is_sent_to_clients_that_accept_json(
    application: Application, accept: str
) -> None:
    anna = application.signed_in()

    answer = read(anna.caller, add_organization(application, anna), "/audit/export", Accept=accept)

    assert (answer.status, answer.headers["Content-Type"]) == (200, "application/jsonl")


def test_an_export_has_no_other_media_type(application: Application) -> None:
    anna = application.signed_in()

    answer = read(
        anna.caller, add_organization(application, anna), "/audit/export", Accept="text/csv"
    )

    assert (answer.status, answer.code) == (406, "not-acceptable")


@both_ways
@pytest.mark.parametrize("role", [OrgRole.ADMIN, OrgRole.INSTRUCTOR, OrgRole.LEARNER])
def test_members_who_are_not_owners_may_not_read_the_log(
    application: Application, role: OrgRole, way: str
) -> None:
    knots = add_organization(application, application.signed_in())
    bo = joined(application, knots, role)

    answer = read(bo.caller, knots, way)

    assert (answer.status, answer.code) == (403, "not-permitted")


@both_ways
def test_for_non_members_the_organization_is_not_found(application: Application, way: str) -> None:
    knots = add_organization(application, application.signed_in())
    instructor, other = application.signed_in(Role.INSTRUCTOR), application.signed_in(name="Cleo")
    add_organization(application, other, "sails")

    for person in (application.signed_in(), instructor, other):
        answer = read(person.caller, knots, way)

        assert (answer.status, answer.code) == (404, "organization-not-found")


@both_ways
def test_an_unknown_organization_gets_the_same_response(application: Application, way: str) -> None:
    anna, root = application.signed_in(), application.signed_in(Role.ADMIN, name="Root")
    nowhere = replace(add_organization(application, anna), id=OrganizationId(uuid4()))

    for person in (anna, root):
        answer = read(person.caller, nowhere, way)

        assert (answer.status, answer.code) == (404, "organization-not-found")


@both_ways
def test_owners_cannot_read_the_log_of_a_suspended_organization(
    application: Application, root: Person, anna: Person, knots: Organization, way: str
) -> None:
    application.services.organizations.suspend(knots.id, reason="Unpaid.", by=OPERATOR)

    closed, response = read(anna.caller, knots, way), read(root.caller, knots, way)

    assert (closed.status, closed.code) == (404, "organization-not-found")
    assert response.status == 200
    assert "Unpaid." in response.text


@both_ways
def test_access_by_a_platform_admin_is_recorded_in_the_log(
    root: Person, anna: Person, knots: Organization, way: str
) -> None:
    answer = read(root.caller, knots, way)

    look = read(anna.caller, knots).json["items"][0]
    assert answer.status == 200
    assert look["hash"] in answer.text
    assert (look["action"], look["actor_id"]) == ("looked-into", root.id)


@both_ways
def test_access_by_a_platform_admin_who_is_a_member_is_not_recorded(
    application: Application, way: str
) -> None:
    root = application.signed_in(Role.ADMIN, name="Root")
    knots = add_organization(application, application.signed_in())
    user_id = UserId(UUID(root.id))
    application.services.members.add(knots.id, user_id, role=OrgRole.LEARNER, by=OPERATOR)

    read(root.caller, knots, way)

    items = read(root.caller, knots).json["items"]
    assert [entry["action"] for entry in items] == ["member-added", "organization-created"]


@both_ways
def test_a_token_needs_the_scope(application: Application, way: str) -> None:
    anna = application.signed_in()
    knots = add_organization(application, anna)
    others = [scope for scope in Scope if scope is not Scope.ORGS_READ]

    without = read(narrowed(application, anna, *others), knots, way)
    with_it = read(narrowed(application, anna, Scope.ORGS_READ), knots, way)

    assert (without.status, without.code) == (403, "insufficient-scope")
    assert with_it.status == 200


@both_ways
def test_anonymous_requests_are_unauthorized(application: Application, way: str) -> None:
    answer = read(application.stranger, add_organization(application, application.signed_in()), way)

    assert (answer.status, answer.code) == (401, "not-authenticated")


@pytest.mark.parametrize("way", ["GET", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"])
def test_the_log_is_read_only(application: Application, way: str) -> None:
    anna = application.signed_in()
    knots = add_organization(application, anna)

    for path in WAYS:
        answer = anna.caller.send(way, f"/v1/orgs/{knots.id}{path}")

        assert answer.status == {"GET": 200, "OPTIONS": 204}.get(way, 405)


@both_ways
def test_head_is_get_without_its_body(application: Application, way: str) -> None:
    anna = application.signed_in()
    path = f"/v1/orgs/{add_organization(application, anna).id}{way}"

    got, head = anna.caller.get(path), anna.caller.send("HEAD", path)

    assert (head.status, head.text) == (200, "")
    assert head.headers["Content-Length"] == str(len(got.text.encode()))
