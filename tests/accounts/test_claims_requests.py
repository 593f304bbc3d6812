"""Claims requests (OpenID Connect Core §5.5)."""

from typing import Any

import pytest

from accounts.domain.access import RequestedClaims
from accounts.domain.identity.entities.profiles import PROFILE_MEMBERS
from accounts.domain.oauth.entities.claims import (
    SCOPE_OF_CLAIM,
    ClaimsRequest,
    claims_of,
    scopes_covering,
)

SCOPES = frozenset({"openid", "profile", "email"})


def request_of(**members: Any) -> ClaimsRequest:
    return ClaimsRequest.of(members, allowed_scopes=SCOPES)


def test_each_claim_belongs_to_one_scope() -> None:
    assert claims_of(["openid", "profile", "phone", "address"]) == {
        "name",
        "updated_at",
        "phone_number_verified",
        *PROFILE_MEMBERS,
    }
    assert scopes_covering(["nickname", "roles"]) == {"profile", "organizations"}
    assert claims_of(set(SCOPE_OF_CLAIM.values())) == set(SCOPE_OF_CLAIM)


def test_claims_are_requested_by_place() -> None:
    request = request_of(
        userinfo={"nickname": None, "email": {"essential": True}}, id_token={"name": {}}
    )

    assert request.requested == RequestedClaims(
        userinfo=frozenset({"nickname", "email"}), id_token=frozenset({"name"})
    )
    assert RequestedClaims.of(request.requested.members) == request.requested
    assert RequestedClaims.of({}) == ClaimsRequest().requested


def test_unknown_claims_and_those_of_other_scopes_are_left_out() -> None:
    request = request_of(userinfo={"phone_number": None, "roles": None}, unknown={"a": 1})

    assert request == ClaimsRequest()


@pytest.mark.parametrize(
    ("wish", "contexts", "needs_context"),
    [
        (None, (), False),
        ({"essential": True}, (), False),
        ({"values": ["mfa", "pwd"]}, ("mfa", "pwd"), False),
        ({"value": "mfa", "essential": True}, ("mfa",), True),
        ({"values": ["urn:x"], "essential": True}, ("urn:x",), True),
        ({"value": "mfa", "essential": "yes"}, ("mfa",), False),
    ],
)
def test_the_values_of_acr_are_contexts(
    wish: Any, contexts: tuple[str, ...], *, needs_context: bool
) -> None:
    request = request_of(id_token={"acr": wish})

    assert (request.contexts, request.needs_context) == (contexts, needs_context)


def test_a_user_is_requested_by_the_value_of_sub() -> None:
    assert request_of(id_token={"sub": {"value": "anna"}}).subject == "anna"
    assert request_of(userinfo={"sub": {"values": ["anna"]}}).subject == "anna"
    assert request_of(userinfo={"sub": None}).subject is None


@pytest.mark.parametrize(
    "members",
    [
        None,
        [],
        "userinfo",
        {"userinfo": []},
        {"id_token": "name"},
        {"userinfo": {"name": True}},
        {"id_token": {"acr": {"values": "mfa"}}},
        {"id_token": {"acr": {"value": 1}}},
        {"id_token": {"sub": {"values": ["anna", "bo"]}}},
        {"id_token": {"sub": {"value": "anna"}}, "userinfo": {"sub": {"value": "bo"}}},
    ],
)
def test_a_malformed_request_is_rejected(members: Any) -> None:
    with pytest.raises(ValueError, match=r"\.$"):
        ClaimsRequest.of(members, allowed_scopes=SCOPES)
