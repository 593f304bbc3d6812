"""Claims service."""

from collections.abc import Collection
from dataclasses import replace
from typing import Any

import pytest

from accounts.domain.access import (
    OrganizationStatus,
    OrgRole,
    PersonNeeded,
    Principal,
    RequestedClaims,
)
from accounts.domain.identity.entities.profiles import Profile
from accounts.domain.identity.entities.users import User
from accounts.domain.oauth.entities.clients import IdTokenAlgorithm
from accounts.domain.oauth.entities.id_tokens import IdClaims
from accounts.domain.oauth.errors import IdentityScopeNeeded
from authsvc.kernel.tenancy import ALL_TENANTS
from tests.accounts.granting import HOW, has_client
from tests.support.builders import NOON, a_principal
from tests.support.tenants import has_membership
from tests.support.worlds import World

EMAIL = "anna@school.example"
AT = int(NOON.timestamp())


@pytest.fixture
def anna(memory: World) -> User:
    return memory.has_user(name="Anna", email=EMAIL)


def asking(user: User, *scopes: str) -> Principal:
    return replace(a_principal(user), scopes=frozenset(scopes))


@pytest.mark.parametrize(
    ("scopes", "claims"),
    [
        (["openid"], {}),
        (["openid", "profile"], {"name": "Anna", "updated_at": AT}),
        (["openid", "email"], {"email": EMAIL, "email_verified": True}),
        (["openid", "organizations"], {"organizations": [], "roles": ["learner"]}),
        (
            ["openid", "profile", "email", "accounts:read"],
            {"name": "Anna", "updated_at": AT, "email": EMAIL, "email_verified": True},
        ),
    ],
)
def test_each_scope_covers_its_claims_and_no_others(
    memory: World, anna: User, scopes: Collection[str], claims: dict[str, Any]
) -> None:
    memory.repositories.verified_emails.save(anna.id, email=EMAIL)

    assert memory.services.claims.of(asking(anna, *scopes)) == {"sub": str(anna.id)} | claims


def test_telephone_number_and_address_have_scopes_of_their_own(memory: World) -> None:
    profile = Profile(phone_number="+468123456", address="Hamngatan 1")
    anna = memory.has_user(name="", profile=profile)

    claims = memory.services.claims.of(asking(anna, "openid", "phone", "address"))

    assert claims == {
        "sub": str(anna.id),
        "phone_number": "+468123456",
        "phone_number_verified": False,
        "address": {"formatted": "Hamngatan 1"},
    }
    assert set(memory.services.claims.of(asking(anna, "openid", "profile"))) == {
        "sub",
        "updated_at",
    }


def test_a_profile_has_the_claims_that_are_filled_in(memory: World) -> None:
    profile = Profile(nickname="Ann", birthdate="0000-12-31")
    anna = memory.has_user(name="", profile=profile, updated_at=NOON)

    claims = memory.services.claims.of(asking(anna, "openid", "profile"))

    assert claims == {
        "sub": str(anna.id),
        "nickname": "Ann",
        "birthdate": "0000-12-31",
        "updated_at": int(NOON.timestamp()),
    }


def test_organizations_have_the_role_of_the_user_and_are_active(memory: World, anna: User) -> None:
    active, suspended = memory.has_organization(), memory.has_organization()
    for organization in (active, suspended):
        has_membership(memory, organization, user_id=anna.id, role=OrgRole.INSTRUCTOR)
    memory.repositories.organizations.save(
        replace(suspended, status=OrganizationStatus.SUSPENDED), scope=ALL_TENANTS
    )

    claims = memory.services.claims.of(asking(anna, "openid", "organizations"))

    assert claims["organizations"] == [
        {"id": str(active.id), "slug": active.slug, "name": active.name, "role": "instructor"}
    ]


def test_requested_claims_are_added_to_those_of_the_scopes(memory: World, anna: User) -> None:
    claims = RequestedClaims(userinfo=frozenset({"roles"}), id_token=frozenset({"name"}))

    about_anna = memory.services.claims.of(replace(asking(anna, "openid"), claims=claims))

    assert about_anna == {"sub": str(anna.id), "roles": ["learner"]}


@pytest.mark.parametrize(
    ("verified", "is_verified"), [(EMAIL, True), ("old@school.example", False), (None, False)]
)
def test_clients_learn_the_address_only_if_it_is_verified(
    memory: World, anna: User, verified: str | None, *, is_verified: bool
) -> None:
    if verified is not None:
        memory.repositories.verified_emails.save(anna.id, email=verified)

    claims = memory.services.claims.of(asking(anna, "openid", "email"))

    assert claims["email_verified"] is is_verified
    assert claims.get("email") == (EMAIL if is_verified else None)


@pytest.mark.parametrize("scopes", [[], ["profile", "email"], ["accounts:read"]])
def test_claims_need_the_scope_openid(memory: World, anna: User, scopes: Collection[str]) -> None:
    with pytest.raises(IdentityScopeNeeded):
        memory.services.claims.of(asking(anna, *scopes))


def test_claims_need_a_user(memory: World, anna: User) -> None:
    with pytest.raises(PersonNeeded):
        memory.services.claims.of(replace(asking(anna, "openid"), user_id=None))


@pytest.mark.parametrize("algorithm", IdTokenAlgorithm)
def test_an_id_token_is_accepted_as_a_hint(
    memory: World, anna: User, algorithm: IdTokenAlgorithm
) -> None:
    client = has_client(memory, id_token_algorithm=algorithm)
    claims = IdClaims(user_id=anna.id, client_id=client.client_id, authentication=HOW)

    token = memory.services.claims.id_token(client, claims, access_token="an access token")

    hinted = memory.services.claims.of_hint(token)
    assert hinted == IdClaims(user_id=anna.id, client_id=client.client_id)
    assert memory.services.claims.of_hint("rubbish") is None
