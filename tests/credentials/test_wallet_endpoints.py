"""The endpoints for wallets (OpenID4VCI 1.0): metadata, offers, tokens, credentials and their errors."""

from collections.abc import Iterator
from typing import Any, Final
from uuid import uuid4

import pytest
from pytest_django import Settings

from accounts.domain.access import OPERATOR, PRE_AUTHORIZED_CODE, GrantType, UserId
from credentials.domain.entities.credentials import IssuedCredentialId
from credentials.domain.entities.wallets import CONFIGURATIONS
from credentials.models import UserCredential
from tests.accounts.oauth.acting import an_app, tokens_of
from tests.accounts.test_browser_sessions import signed_in
from tests.support.application import Answer, Application, Caller
from tests.support.browsing import EMAIL
from tests.support.limits import default_limits
from tests.support.relying import a_relying_party
from tests.support.staff import a_holder, a_user_of
from tests.support.wallets import Offer, collected, offered_at, redeemed, token_of

pytestmark = pytest.mark.database

HOME: Final = "http://localhost:8000"
METADATA: Final = "/.well-known/openid-credential-issuer"
UNKNOWN: Final = "00000000-0000-4000-8000-000000000000"


@pytest.fixture
def issued(application: Application) -> UserCredential:
    """What Anna holds."""
    anna, _ = a_holder(application)
    return UserCredential.objects.select_related("user").get(user_id=anna.id)


@pytest.fixture
def offer(application: Application, issued: UserCredential) -> Offer:
    user = application.services.repositories.users.get(UserId(issued.user_id))
    return offered_at(signed_in(user), issued.pk)


def configuration_of(issued: UserCredential) -> str:
    return f"open-badge-{issued.terms['type']}"


def stored_token(application: Application, issued: UserCredential) -> str:
    return application.services.signing.shown(IssuedCredentialId(issued.pk)).token


def error_of(answer: Answer) -> tuple[int, str]:
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.json["error_description"].isascii()
    return answer.status, answer.json["error"]


def test_a_wallet_collects_a_credential_with_nothing_but_the_link_and_the_pin(
    application: Application, issued: UserCredential, offer: Offer
) -> None:
    members = offer.read()
    metadata = application.stranger.get(METADATA).json
    assert members["credential_issuer"] == metadata["credential_issuer"] == HOME
    (configuration_id,) = members["credential_configuration_ids"]
    assert metadata["credential_configurations_supported"][configuration_id]["format"] == (
        "jwt_vc_json"
    )
    provider = application.stranger.get("/.well-known/oauth-authorization-server").json
    assert PRE_AUTHORIZED_CODE in provider["grant_types_supported"]
    assert provider["pre-authorized_grant_anonymous_access_supported"] is True
    assert offer.read()["grants"][PRE_AUTHORIZED_CODE]["tx_code"]["length"] == len(offer.pin)

    tokens = redeemed(offer.code, offer.pin)
    (details,) = tokens.json["authorization_details"]
    answer = collected(
        tokens.json["access_token"], credential_identifier=details["credential_identifiers"][0]
    )

    assert tokens.headers["Cache-Control"] == "no-store"
    assert tokens.headers["Access-Control-Allow-Origin"] == "*"
    assert (tokens.json["token_type"], tokens.json["expires_in"]) == ("Bearer", 300)
    assert details == {
        "type": "openid_credential",
        "credential_configuration_id": configuration_id,
        "credential_identifiers": [str(issued.pk)],
    }
    assert answer.status == 200
    assert answer.headers["Cache-Control"] == "no-store"
    (credential,) = answer.json["credentials"]
    assert credential == {"credential": stored_token(application, issued)}
    report = application.stranger.send(
        "POST",
        "/v1/verify",
        credential["credential"].encode(),
        headers={"Content-Type": "application/jwt"},
    )
    assert report.json["verdict"] == "valid"


def test_the_metadata_names_one_configuration_for_each_type(application: Application) -> None:
    answer = application.stranger.get(METADATA, Origin="https://wallet.example")

    assert answer.headers["Content-Type"] == "application/json"
    assert answer.headers["Cache-Control"] == "public, max-age=3600"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    supported = answer.json["credential_configurations_supported"]
    assert supported.keys() == CONFIGURATIONS.keys()
    assert answer.json["credential_endpoint"] == f"{HOME}/wallets/credential"
    for configuration in supported.values():
        assert configuration["credential_signing_alg_values_supported"] == ["RS256"]
        assert configuration["scope"] == "credentials:collect"
        assert configuration["credential_definition"]["type"][0] == "VerifiableCredential"
        # Without these two, a wallet sends no proof of a key (§12.2.4).
        assert "cryptographic_binding_methods_supported" not in configuration
        assert "proof_types_supported" not in configuration
        (display,) = configuration["credential_metadata"]["display"]
        assert display["name"]
        assert display["logo"]["uri"].startswith(f"{HOME}/static/credentials/")


def test_wallets_in_pages_of_any_origin_may_send_a_token(application: Application) -> None:
    headers = {"Origin": "https://wallet.example", "Access-Control-Request-Method": "POST"}

    answer = application.stranger.send("OPTIONS", "/wallets/credential", headers=headers)

    assert answer.status == 204
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert "Authorization" in answer.headers["Access-Control-Allow-Headers"]


def test_an_offer_is_gone_once_it_is_used(application: Application, offer: Offer) -> None:
    assert redeemed(offer.code, offer.pin).status == 200

    answer = application.stranger.get(offer.path)

    assert error_of(answer) == (404, "not_found")
    assert error_of(application.stranger.get("/wallets/offer?code=unknown")) == (404, "not_found")


def test_token_requests_that_are_not_right_get_the_errors_of_the_standard(offer: Offer) -> None:
    code = offer.code
    wrong = f"{(int(offer.pin) + 1) % 10**6:06}"
    answers = {
        "no PIN": redeemed(code, ""),
        "no code": redeemed("", offer.pin),
        "wrong PIN": redeemed(code, wrong),
        "wrong code": redeemed("x" * 43, offer.pin),
        "secret": redeemed(code, offer.pin, client_id="x", client_secret="y"),
    }

    assert {name: (answer.status, answer.json["error"]) for name, answer in answers.items()} == {
        "no PIN": (400, "invalid_request"),
        "no code": (400, "invalid_request"),
        "wrong PIN": (400, "invalid_grant"),
        "wrong code": (400, "invalid_grant"),
        "secret": (401, "invalid_client"),
    }
    assert redeemed(code, offer.pin, client_id="https://wallet.example").status == 200
    assert redeemed(code, offer.pin).json["error"] == "invalid_grant"


@pytest.fixture
def three_failures_a_minute(settings: Settings) -> Iterator[None]:
    with default_limits(settings, token_failures_per_minute=3):
        yield


@pytest.mark.usefixtures("three_failures_a_minute", "application")
def test_guesses_from_one_address_are_limited() -> None:
    answers = [redeemed("x" * 43, "123456") for _ in range(4)]

    assert [answer.status for answer in answers[:-1]] == [400, 400, 400]
    assert (answers[-1].status, answers[-1].json["error"]) == (429, "slow_down")
    assert int(answers[-1].headers["Retry-After"]) > 0


def refused_requests(issued: UserCredential) -> dict[tuple[int, str], list[Any]]:
    """Bodies of requests with the token of an offer, by their status and error (§8.3.1)."""
    identifier = {"credential_identifier": str(issued.pk)}
    others = next(id_ for id_ in CONFIGURATIONS if id_ != configuration_of(issued))
    return {
        (400, "invalid_credential_request"): [
            b"{",
            b"[]",
            b"\xff",
            b"[" * 10_000,
            {},
            {"credential_identifier": 1},
            identifier | {"credential_configuration_id": others},
        ],
        (400, "unknown_credential_identifier"): [
            {"credential_identifier": "x"},
            {"credential_identifier": "\0"},
        ],
        (400, "unknown_credential_configuration"): [{"credential_configuration_id": "x"}],
        (400, "invalid_encryption_parameters"): [
            identifier | {"credential_response_encryption": {}}
        ],
        (403, "insufficient_scope"): [
            {"credential_identifier": UNKNOWN},
            {"credential_configuration_id": others},
        ],
        (413, "invalid_credential_request"): [identifier | {"x": "y" * 70_000}],
    }


def test_credential_requests_that_are_not_right_get_the_errors_of_the_standard(
    issued: UserCredential, offer: Offer
) -> None:
    token = token_of(offer)

    for expected, bodies in refused_requests(issued).items():
        for body in bodies:
            assert error_of(collected(token, body)) == expected, body

    form = Caller(token).send(
        "POST", "/wallets/credential", b"a=b", headers={"Content-Type": "a/b"}
    )
    assert error_of(form) == (400, "invalid_credential_request")
    assert collected(token, credential_identifier=str(issued.pk), unknown=[{}]).status == 200
    assert collected(token, credential_configuration_id=configuration_of(issued)).status == 200


def test_other_tokens_and_none_collect_nothing(
    application: Application, issued: UserCredential
) -> None:
    body = {"credential_identifier": str(issued.pk)}
    bo = application.signed_in(name="Bo")
    answers = [collected(token, body) for token in ("", "x", bo.caller.token)]

    assert [error_of(answer) for answer in answers] == [
        (401, "invalid_token"),
        (401, "invalid_token"),
        (403, "insufficient_scope"),
    ]
    challenges = [answer.headers["WWW-Authenticate"] for answer in answers]
    assert challenges == [
        'Bearer realm="authsvc"',
        'Bearer realm="authsvc", error="invalid_token"',
        'Bearer realm="authsvc", error="insufficient_scope", scope="credentials:collect"',
    ]


def test_the_token_of_an_offer_opens_nothing_else(offer: Offer) -> None:
    caller = Caller(token_of(offer))

    for path in ("/v1/me/credentials", "/v1/me", "/v1/courses", "/oauth/userinfo"):
        assert caller.get(path).status == 403, path


def test_what_is_revoked_meanwhile_is_denied(
    application: Application, issued: UserCredential, offer: Offer
) -> None:
    token = token_of(offer)
    application.services.issuing.revoke(IssuedCredentialId(issued.pk), reason="Error", by=OPERATOR)

    answer = collected(token, credential_identifier=str(issued.pk))

    assert error_of(answer) == (400, "credential_request_denied")
    assert "revoked" in answer.json["error_description"]


def test_nothing_is_collected_for_a_holder_who_was_deactivated(
    application: Application, issued: UserCredential, offer: Offer
) -> None:
    token = token_of(offer)
    application.services.users.deactivate(UserId(issued.user_id), reason="Left", by=OPERATOR)

    answer = collected(token, credential_identifier=str(issued.pk))

    assert error_of(answer) == (401, "invalid_token")


def test_a_registered_wallet_collects_what_its_user_allows(application: Application) -> None:
    anna, _ = a_holder(application)
    issued, app = UserCredential.objects.get(user_id=anna.id), a_relying_party(application)
    app.browser.sign_in(anna.email)

    tokens = tokens_of(app, scope="credentials:collect")

    (details,) = tokens["authorization_details"]
    assert details["credential_configuration_id"] == configuration_of(issued)
    (identifier,) = details["credential_identifiers"]
    answer = collected(tokens["access_token"], credential_identifier=identifier)
    (credential,) = answer.json["credentials"]
    assert credential["credential"] == stored_token(application, issued)
    unnamed = collected(
        tokens["access_token"], credential_configuration_id=configuration_of(issued)
    )
    assert error_of(unnamed) == (400, "invalid_credential_request")
    unknown = collected(tokens["access_token"], credential_identifier=str(uuid4()))
    assert error_of(unknown) == (400, "unknown_credential_identifier")


def test_a_user_without_credentials_has_nothing_to_collect(application: Application) -> None:
    a_user_of(application, email=EMAIL)

    tokens = tokens_of(an_app(application), scope="credentials:collect")

    assert "authorization_details" not in tokens


def test_a_client_for_itself_cannot_have_the_scope_of_wallets(application: Application) -> None:
    app = a_relying_party(
        application, grant_types=frozenset({GrantType.CLIENT_CREDENTIALS}), redirect_uris=()
    )

    answer = app.tokens(grant_type="client_credentials", scope="credentials:collect")

    assert (answer.status, answer.json["error"]) == (400, "invalid_scope")
