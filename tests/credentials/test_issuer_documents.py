"""Documents of issuers, as verifiers of other makers read them."""

from typing import Final

import pytest

from credentials.openbadges.keys import IssuerKey
from tests.credentials.holding import Holding, a_holding
from tests.support.application import Application

HOME: Final = "http://localhost:8000"


@pytest.fixture
def holding(application: Application) -> Holding:
    return a_holding(application)


def test_the_address_of_a_key_has_the_form_for_either_kind_of_signature(holding: Holding) -> None:
    stranger = holding.application.stranger
    document = stranger.get(f"/v1/issued/{holding.id}", accept="application/vc+ld+json").json
    address = document["proof"][0]["verificationMethod"]

    key = stranger.get(address.removeprefix(HOME)).json

    assert key["id"] == key["kid"] == address
    assert (key["controller"], key["type"]) == (document["issuer"]["id"], "Multikey")
    as_method = IssuerKey.of_method(key)
    as_json_web_key = IssuerKey.of_jwk(key, url=address, controller=key["controller"])
    assert as_method.public_multikey == as_json_web_key.public_multikey


def test_contexts_of_issuers_define_all_of_their_members(holding: Holding) -> None:
    """Verifiers in safe mode refuse documents with others. Only what proofs cover is checked when it is signed."""
    profile = holding.application.stranger.get("/issuers/platform").json
    defined = {
        name for context in profile["@context"] if isinstance(context, dict) for name in context
    }

    assert "https://www.w3.org/ns/did/v1" in profile["@context"]
    assert {"alsoKnownAs", "JsonWebKey"} <= defined
    assert "https://w3id.org/security/jwk/v1" not in profile["@context"]
