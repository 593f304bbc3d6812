"""Access to the credentials API, by URL, scope and token."""

from dataclasses import dataclass
from typing import Any, Final

import pytest

from accounts.domain.access import Role
from tests.credentials.holding import Holding, a_holding
from tests.support.application import Answer, Application, Caller

REASON: Final = {"reason": "Issued in error."}
UNKNOWN: Final = "00000000-0000-4000-8000-000000000000"


@dataclass(frozen=True)
class Address:
    """A method of an address, `{id}` left open; and the body it takes."""

    method: str
    path: str
    body: Any = None

    def asked_by(self, caller: Caller, copy_id: str, body: Any = None) -> Answer:
        return caller.send(self.method, self.path.format(id=copy_id), body or self.body)


ADDRESSES: Final = {
    "list": Address("GET", "/v1/credentials"),
    "mine": Address("GET", "/v1/me/credentials"),
    "one": Address("GET", "/v1/issued/{id}"),
    "verify": Address("GET", "/v1/issued/{id}/verify"),
    "revoke": Address("POST", "/v1/issued/{id}/revoke", REASON),
    "reissue": Address("POST", "/v1/issued/{id}/reissue", REASON),
}
OF_ONE: Final = {name: ADDRESSES[name] for name in ("one", "verify", "revoke", "reissue")}
PUBLIC: Final = {name: ADDRESSES[name] for name in ("one", "verify")}
AWARDS: Final = {name: ADDRESSES[name] for name in ("revoke", "reissue")}
BAD_BODIES: Final = {
    "nothing": None,
    "no members": {},
    "null": {"reason": None},
    "empty": {"reason": ""},
    "blank": {"reason": " \t\n"},
    "too long": {"reason": "x" * 1001},
    "a list": {"reason": ["Misspelt."]},
    "an object": {"reason": {"text": "Misspelt."}},
    "a truth": {"reason": True},
    "with a NUL": {"reason": "Mis\0spelt."},
    "half a pair": {"reason": "\ud800"},
    "a list of all": [REASON],
    "a text": "Misspelt.",
}
"""JSON bodies without a valid reason."""


def on(addresses: dict[str, Address]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("address", addresses.values(), ids=addresses)


@pytest.fixture
def holding(application: Application) -> Holding:
    return a_holding(application)


@on(PUBLIC)
@pytest.mark.parametrize("token", ["", "a.b.c"])
def test_anybody_with_the_id_can_verify_a_credential(
    holding: Holding, address: Address, token: str
) -> None:
    answer = address.asked_by(Caller(token), holding.id)

    assert answer.status == 200


@on(AWARDS)
@pytest.mark.parametrize("role", [Role.LEARNER, Role.INSTRUCTOR])
def test_only_admins_award(
    application: Application, holding: Holding, address: Address, role: Role
) -> None:
    caller = application.signed_in(role, name="Bo").caller

    answer = address.asked_by(caller, holding.id)

    assert (answer.status, answer.code) == (403, "not-permitted")
    assert answer.json["right"] == "award-credentials"
    assert holding.verified()["valid"] is True


@on(AWARDS)
def test_holders_do_not_award_to_themselves(holding: Holding, address: Address) -> None:
    answer = address.asked_by(holding.anna.caller, holding.id)

    assert (answer.status, answer.code) == (403, "not-permitted")
    assert len(holding.listed()) == 1


@on(OF_ONE)
def test_what_was_never_issued_is_not_found(application: Application, address: Address) -> None:
    root = application.signed_in(Role.ADMIN, name="Root").caller

    answer = address.asked_by(root, UNKNOWN)

    assert (answer.status, answer.code) == (404, "issued-credential-not-found")


@on(AWARDS)
@pytest.mark.parametrize("body", BAD_BODIES.values(), ids=BAD_BODIES)
def test_a_body_without_a_reason_is_refused(
    application: Application, holding: Holding, address: Address, body: Any
) -> None:
    root = application.signed_in(Role.ADMIN, name="Root").caller
    path = address.path.format(id=holding.id)

    answer = root.post(path, body)

    assert (answer.status, answer.code) == (422, "invalid-request")
    assert answer.json["errors"]
    assert holding.verified()["valid"] is True
