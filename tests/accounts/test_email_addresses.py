"""E-mail address syntax."""

import pytest

from accounts.adapters.email_addresses import CheckedEmailAddresses


@pytest.mark.parametrize(
    "address",
    [
        "anna@school.example",
        "o'neil+knots@a.b.c.example",
        "a@b.c",
        "å@skola.example",
        "anna@skolan-å.example",
        "anna@xn--skolan--kxa.example",
        "anna@knots.test",
        "anna@school.local",
        f"{'a' * 64}@school.example",
    ],
)
def test_a_deliverable_address_is_valid(address: str) -> None:
    assert CheckedEmailAddresses().is_valid(address)


@pytest.mark.parametrize(
    "address",
    [
        "",
        "anna",
        "anna@",
        "anna@localhost",
        "anna@[127.0.0.1]",
        "anna@-school.example",
        "anna..b@school.example",
        '"anna b"@school.example',
        "Anna <anna@school.example>",
        "anna@school.example\x00",
        "anna@school\ud800.example",
        f"{'a' * 65}@school.example",
        f"anna@{'a' * 64}.example",
        f"anna@{'a.' * 130}example",
    ],
)
def test_a_malformed_address_is_invalid(address: str) -> None:
    assert not CheckedEmailAddresses().is_valid(address)
