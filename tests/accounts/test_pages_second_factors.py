"""Authenticator apps and recovery codes on the account pages; tests/browser has passkeys."""

import json
import re
from dataclasses import replace

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from pytest_django import Settings

from accounts.adapters.opaque_tokens import Encryptor
from tests.support.application import Application
from tests.support.blocks import undone_block
from tests.support.browsing import EMAIL, Visitor, mails, recovery_codes, set_up_app, somebody
from tests.support.staff import a_user_of
from tests.support.totp import code_of

pytestmark = pytest.mark.database

STEP = 30


@pytest.fixture(autouse=True)
def _guessing_is_limited(settings: Settings) -> None:
    settings.ENVIRONMENT = replace(settings.ENVIRONMENT, failures_before_backoff=5)


def wrong(key: str) -> str:
    """A code of the right length that is wrong now and at the neighbouring time steps."""
    shown = {code_of(key, steps_from_now=step) for step in range(-2, 3)}
    return next(code for code in ("000000", "111111", "222222") if code not in shown)


def visitor_at_code_page() -> Visitor:
    """Another browser, in which Anna's password was entered."""
    visitor = Visitor()
    assert visitor.sign_in().leads_to == "/signin/code"
    return visitor


def test_sign_in_asks_for_the_code_of_an_app(application: Application) -> None:
    with time_machine.travel("2026-03-01T12:00:00Z", tick=False) as clock:
        _, owner = somebody(application)
        key = set_up_app(owner)
        clock.shift(STEP)
        visitor = visitor_at_code_page()
        before = visitor.is_signed_in

        response = visitor.post("/signin/code", code=code_of(key))

        assert (before, response.leads_to) == (False, "/account")
        assert visitor.is_signed_in


def test_setting_up_an_app_needs_its_code(application: Application) -> None:
    _, owner = somebody(application)
    page = owner.get("/account/app").text
    (key,) = re.findall(r"<code>(\w+)</code>", page)

    response = owner.post("/account/app", code=wrong(key))

    assert response.field_errors == ["Code: The code is wrong or has already been used."]
    assert Visitor().sign_in().leads_to == "/account"


def test_a_second_factor_needs_a_verified_address(application: Application) -> None:
    a_user_of(application, email=EMAIL, is_verified=False)
    owner = Visitor()
    owner.sign_in()

    response = owner.get("/account/app")

    assert response.leads_to == "/account/second-factor"
    assert "Verify your e-mail address before" in owner.get(response.leads_to).text


def test_the_code_that_set_up_the_app_does_not_sign_in(application: Application) -> None:
    with time_machine.travel("2026-03-01T12:00:00Z", tick=False):
        _, owner = somebody(application)
        key = set_up_app(owner)
        visitor = visitor_at_code_page()

        response = visitor.post("/signin/code", code=code_of(key))

    assert response.field_errors == ["Code: The code is wrong or has already been used."]


def test_a_code_works_once(application: Application) -> None:
    with time_machine.travel("2026-03-01T12:00:00Z", tick=False) as clock:
        _, owner = somebody(application)
        key = set_up_app(owner)
        clock.shift(STEP)
        first, other = visitor_at_code_page(), visitor_at_code_page()

        pages = [visitor.post("/signin/code", code=code_of(key)) for visitor in (first, other)]

    assert [page.leads_to for page in pages] == ["/account", ""]


def test_a_code_can_be_one_time_step_off(application: Application) -> None:
    is_right = {}
    with time_machine.travel("2026-03-01T12:00:00Z", tick=False) as clock:
        _, owner = somebody(application)
        key = set_up_app(owner)
        clock.shift(10 * STEP)
        for off in range(-2, 3):
            with undone_block(application.services.unit_of_work):
                code = code_of(key, steps_from_now=off)
                response = visitor_at_code_page().post("/signin/code", code=code)
                is_right[off] = response.leads_to == "/account"

    assert is_right == {-2: False, -1: True, 0: True, 1: True, 2: False}


def test_code_attempts_are_limited_per_account(application: Application) -> None:
    with time_machine.travel("2026-03-01T12:00:00Z", tick=False) as clock:
        _, owner = somebody(application)
        key = set_up_app(owner)
        clock.shift(10 * STEP)
        for _ in range(5):
            visitor_at_code_page().post("/signin/code", code=wrong(key))

        visitor = visitor_at_code_page()
        early = visitor.post("/signin/code", code=code_of(key))
        clock.shift(2)
        accepted = visitor.post("/signin/code", code=code_of(key))

    assert early.field_errors == [
        "Code: There were too many attempts. Wait for 1 s, then try again."
    ]
    assert accepted.leads_to == "/account"


def test_recovery_codes_are_shown_once_and_work_once(application: Application) -> None:
    _, owner = somebody(application)
    set_up_app(owner)
    code, *others = recovery_codes(owner)

    pages = [visitor_at_code_page().post("/signin/code", code=code) for _ in range(2)]

    assert [page.leads_to for page in pages] == ["/account", ""]
    assert recovery_codes(owner) == []
    assert "You have 9 of 10 recovery codes left." in owner.get("/account/recovery-codes").text
    assert len(others) == 9


def test_new_recovery_codes_replace_the_old_ones(application: Application) -> None:
    _, owner = somebody(application)
    set_up_app(owner)
    old = recovery_codes(owner)

    owner.post("/account/recovery-codes/new")

    new = recovery_codes(owner)
    assert len(new) == 10
    assert not set(old) & set(new)
    assert visitor_at_code_page().post("/signin/code", code=old[0]).leads_to == ""
    assert visitor_at_code_page().post("/signin/code", code=new[0]).leads_to == "/account"


def test_sign_in_does_not_ask_for_a_removed_app(application: Application) -> None:
    _, owner = somebody(application)
    set_up_app(owner)

    owner.post("/account/app/remove")

    assert Visitor().sign_in().leads_to == "/account"


def test_the_owner_is_notified_when_an_app_is_removed(application: Application) -> None:
    _, owner = somebody(application)
    set_up_app(owner)

    owner.post("/account/app/remove")

    *_, mail = mails()
    assert (mail.to, mail.subject) == ([EMAIL], "Your account was changed")
    assert "The authenticator app was removed from your account." in str(mail.body)


def test_secrets_are_stored_encrypted(application: Application, settings: Settings) -> None:
    _, owner = somebody(application)
    key = set_up_app(owner)
    stored = {row.type: row.data for row in Authenticator.objects.all()}

    encryptor = Encryptor(settings.SECRET_KEY)
    assert encryptor.decrypt(stored["totp"]["secret"]) == key
    assert key not in str(stored)
    assert len(encryptor.decrypt(stored["recovery_codes"]["seed"])) == 80


def test_under_another_secret_key_a_code_is_wrong(
    application: Application, settings: Settings
) -> None:
    _, owner = somebody(application)
    key = set_up_app(owner)
    settings.SECRET_KEY = "another key, that is long enough for production"
    visitor = visitor_at_code_page()

    response = visitor.post("/signin/code", code=code_of(key, steps_from_now=1))

    assert response.field_errors == ["Code: The code is wrong or has already been used."]


def test_the_code_cannot_be_skipped(application: Application) -> None:
    _, owner = somebody(application)
    set_up_app(owner)
    visitor = visitor_at_code_page()

    assert visitor.get("/account").leads_to == "/signin?next=/account"
    assert visitor.get("/account/second-factor").leads_to.startswith("/signin")
    assert Visitor().get("/signin/code").leads_to == "/signin"


NO_PASSKEYS = [
    "",
    "x",
    "null",
    "[]",
    "{}",
    '{"id": "\\u0000"}',
    '{"response": 1}',
    '{"id": "a", "rawId": "a", "type": "public-key", "response": {"userHandle": null}}',
    *(
        json.dumps(
            {
                "id": text,
                "rawId": text,
                "type": kind,
                "response": {
                    "clientDataJSON": text,
                    "attestationObject": text,
                    "authenticatorData": text,
                    "signature": text,
                    "userHandle": text,
                },
            }
        )
        for kind in ("public-key", "no-key")
        for text in ("", "a", "AAAA", "e30", "W10", "bnVsbA", "=", "\u00e5", "A" * 200, "v" * 300)
    ),
]


def test_an_invalid_passkey_does_not_sign_in(application: Application) -> None:
    outcomes = {}
    for number, credential in enumerate(NO_PASSKEYS):
        visitor = Visitor(REMOTE_ADDR=f"192.0.2.{number}")  # each has the attempts of an address
        visitor.client.get("/signin/passkey", headers={"Accept": "application/json"})
        response = visitor.post("/signin/passkey", credential=credential)
        outcomes[credential] = (response.leads_to, visitor.is_signed_in)

    assert outcomes == dict.fromkeys(NO_PASSKEYS, ("/signin", False))


def test_an_invalid_passkey_is_not_added(application: Application) -> None:
    _, owner = somebody(application)
    errors = {}
    for credential in NO_PASSKEYS:
        owner.get("/account/passkeys")
        response = owner.post("/account/passkeys", name="Phone", credential=credential)
        errors[credential] = response.field_errors

    assert [credential for credential in NO_PASSKEYS if not errors[credential]] == []
    assert not Authenticator.objects.exists()
