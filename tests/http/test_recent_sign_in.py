"""Operations that need a recent sign-in (RFC 9470)."""

from datetime import timedelta
from typing import Final

import pytest
import time_machine
from pytest_django import Settings

from accounts.domain.access import Right, Role
from tests.support.application import PASSWORD, Application, Caller
from tests.support.challenges import BEARER
from tests.support.operations import Route, routes

SENSITIVE: Final = {
    "addMember",
    "amendCredential",
    "awardCredentialToList",
    "cancelClaim",
    "changeMember",
    "changeUser",
    "createUser",
    "defineCredential",
    "deleteOrganization",
    "importMembers",
    "offerCredential",
    "registerServiceClient",
    "reissueIssued",
    "removeAITexts",
    "removeMember",
    "removeServiceClient",
    "renewServiceClientSecret",
    "reopenOrganization",
    "resumeIssued",
    "revokeIssued",
    "suspendIssued",
    "suspendOrganization",
    "voidAttempt",
    "rebuildProgress",
    "withdrawCredential",
    *(
        f"{verb}{owner}Webhook{what}"
        for owner in ("", "Platform")
        for verb, what in (("change", ""), ("create", ""), ("remove", ""), ("rotate", "Secret"))
    ),
}
"""Operations that give or take away rights, secrets, credentials or records of others."""

RIGHTS_OVER_OTHERS: Final = {
    Right.ASSIGN_ROLES,
    Right.AWARD_CREDENTIALS,
    Right.DELETE_ORGANIZATION,
    Right.MANAGE_CLIENTS,
    Right.MANAGE_ORGANIZATIONS,
    Right.MANAGE_USERS,
}


def test_the_sensitive_operations_are_those_of_the_table() -> None:
    flagged = {route.name for route in routes().values() if route.operation.needs_recent_sign_in}

    assert flagged == SENSITIVE


def test_every_change_by_a_right_over_others_is_sensitive() -> None:
    def changes_others(route: Route) -> bool:
        return route.method != "GET" and route.operation.access.right in RIGHTS_OVER_OTHERS

    assert {route.name for route in routes().values() if changes_others(route)} <= SENSITIVE


@pytest.fixture
def admin(application: Application) -> tuple[Caller, str, str]:
    """An admin whose sign-in has become old; their refresh token and address."""
    with time_machine.travel("2026-03-01T12:00:00Z", tick=False):
        person = application.signed_in(Role.ADMIN)
        answer = application.stranger.post(
            "/v1/auth/login", {"email": person.email, "password": PASSWORD}
        )
    return Caller(answer.json["access_token"]), answer.json["refresh_token"], person.email


def test_an_old_sign_in_is_refused_and_a_new_one_accepted(
    application: Application, admin: tuple[Caller, str, str], settings: Settings
) -> None:
    caller, refresh_token, email = admin
    with time_machine.travel("2026-03-01T12:00:00Z", tick=False) as clock:
        other = application.signed_in(name="Bo")
        clock.shift(settings.ENVIRONMENT.fresh_sign_in)
        path, body = f"/v1/users/{other.id}", {"is_active": False}

        old = caller.patch(path, body)
        refreshed = application.stranger.post("/v1/auth/refresh", {"refresh_token": refresh_token})
        still_old = Caller(refreshed.json["access_token"]).patch(path, body)
        log_in = {"email": email, "password": PASSWORD}
        again = application.stranger.post("/v1/auth/login", log_in)
        new = Caller(again.json["access_token"]).patch(path, body)

    assert (old.status, old.code) == (401, "insufficient-user-authentication")
    assert old.headers["WWW-Authenticate"] == (
        f'{BEARER}, error="insufficient_user_authentication", '
        'error_description="A more recent or stronger sign-in is required", '
        f'acr_values="pwd", max_age="{int(settings.ENVIRONMENT.fresh_sign_in.total_seconds())}"'
    )
    assert still_old.code == "insufficient-user-authentication"
    assert (new.status, new.json["is_active"]) == (200, False)


def test_a_sign_in_is_recent_until_it_is_not(
    application: Application, admin: tuple[Caller, str, str], settings: Settings
) -> None:
    caller, *_ = admin
    with time_machine.travel("2026-03-01T12:00:00Z", tick=False) as clock:
        other = application.signed_in(name="Bo")
        clock.shift(settings.ENVIRONMENT.fresh_sign_in - timedelta(seconds=1))

        answer = caller.patch(f"/v1/users/{other.id}", {"is_active": False})

    assert answer.status == 200
