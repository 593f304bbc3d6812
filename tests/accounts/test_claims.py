"""Claims service."""

from collections.abc import Collection
from dataclasses import replace

import pytest

from accounts.domain.access import PersonNeeded, Principal
from accounts.domain.identity.entities.users import User
from accounts.domain.oauth.entities.clients import IdTokenAlgorithm
from accounts.domain.oauth.entities.id_tokens import IdClaims, PersonClaims
from accounts.domain.oauth.errors import IdentityScopeNeeded
from tests.accounts.granting import HOW, has_client
from tests.support.builders import a_principal
from tests.support.worlds import World

EMAIL = "anna@school.example"


@pytest.fixture
def anna(memory: World) -> User:
    return memory.has_user(name="Anna", email=EMAIL)


def asking(user: User, *scopes: str) -> Principal:
    return replace(a_principal(user), scopes=frozenset(scopes))


@pytest.mark.parametrize(
    ("scopes", "name", "email"),
    [
        (["openid"], None, None),
        (["openid", "profile"], "Anna", None),
        (["openid", "email"], None, EMAIL),
        (["openid", "profile", "email", "accounts:read"], "Anna", EMAIL),
    ],
)
def test_each_scope_covers_its_claims_and_no_others(
    memory: World, anna: User, scopes: Collection[str], name: str | None, email: str | None
) -> None:
    memory.repositories.verified_emails.save(anna.id, email=EMAIL)
    is_verified = None if email is None else True

    assert memory.services.claims.of(asking(anna, *scopes)) == PersonClaims(
        user_id=anna.id, name=name, email=email, is_email_verified=is_verified
    )


@pytest.mark.parametrize(
    ("verified", "is_verified"), [(EMAIL, True), ("old@school.example", False), (None, False)]
)
def test_clients_learn_the_address_only_if_it_is_verified(
    memory: World, anna: User, verified: str | None, *, is_verified: bool
) -> None:
    if verified is not None:
        memory.repositories.verified_emails.save(anna.id, email=verified)

    claims = memory.services.claims.of(asking(anna, "openid", "email"))

    assert claims.is_email_verified is is_verified
    assert claims.email == (EMAIL if is_verified else None)


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
