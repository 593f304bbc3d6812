"""Searches for users and members over the API."""

from importlib import import_module

import pytest
from django.apps import apps

from accounts.domain.access import OrgRole, Role
from accounts.models import User as UserRow
from tests.support.application import Application
from tests.support.members import add_organization, member_of


def names_in(answer_items: list[dict[str, str]]) -> list[str]:
    return [item["name"] for item in answer_items]


def test_those_who_manage_users_search_them(application: Application) -> None:
    root = application.signed_in(Role.ADMIN, name="Root").caller
    for name in ("Åse", "Åsa", "Bo"):
        application.signed_in(name=name)

    first = root.get("/v1/users?q=%C3%85S&limit=1").json
    second = root.get(f"/v1/users?q=%C3%85S&limit=1&cursor={first['next']}").json

    assert names_in(first["items"]) == ["Åse"]
    assert names_in(second["items"]) == ["Åsa"]
    assert second["next"] is None


def test_nobody_else_searches_users(application: Application) -> None:
    answer = application.signed_in().caller.get("/v1/users?q=anna")

    assert (answer.status, answer.code) == (403, "not-permitted")


@pytest.mark.postgres_too
@pytest.mark.parametrize("role", OrgRole)
def test_those_who_see_the_members_search_them(application: Application, role: OrgRole) -> None:
    harbour, loft = (add_organization(application, slug=slug) for slug in ("harbour", "loft"))
    bo = member_of(application, harbour.id, role, "Bo")
    member_of(application, harbour.id, OrgRole.LEARNER, "Anna")
    member_of(application, loft.id, OrgRole.LEARNER, "Anna")

    answer = bo.caller.get(f"/v1/orgs/{harbour.id}/members?q=ANN")
    other = bo.caller.get(f"/v1/orgs/{loft.id}/members?q=ANN")

    assert (other.status, other.code) == (404, "organization-not-found")
    if role is OrgRole.LEARNER:
        assert (answer.status, answer.code) == (403, "not-permitted")
    else:
        assert names_in(answer.json["items"]) == ["Anna"]


@pytest.mark.parametrize("query", ["q=" + "x" * 201, "q=%00"])
def test_a_text_that_is_too_long_or_contains_nul_is_refused(
    application: Application, query: str
) -> None:
    root = application.signed_in(Role.ADMIN, name="Root").caller
    organization = add_organization(application)

    answers = [
        root.get(f"{path}?{query}") for path in ("/v1/users", f"/v1/orgs/{organization.id}/members")
    ]

    for answer in answers:
        assert (answer.status, answer.code) == (422, "invalid-request")
        assert [error["pointer"] for error in answer.json["errors"]] == ["#/q"]


@pytest.mark.every_database
def test_names_stored_before_are_found_after_the_migration(application: Application) -> None:
    root = application.signed_in(Role.ADMIN, name="Root").caller
    application.signed_in(name="Anna").caller.patch("/v1/me", {"name": "Ödön"})
    UserRow.objects.update(folded_name="")
    assert root.get("/v1/users?q=%C3%B6d%C3%B6").json["items"] == []

    import_module("accounts.migrations.0012_folded_names").fold_names(apps, None)

    assert names_in(root.get("/v1/users?q=%C3%B6d%C3%B6").json["items"]) == ["Ödön"]
