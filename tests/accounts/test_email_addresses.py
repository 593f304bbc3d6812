"""E-mail address syntax."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

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
        " anna@school.example",
        "anna\nx@school.example",
    ],
)
def test_a_malformed_address_is_invalid(address: str) -> None:
    assert not CheckedEmailAddresses().is_valid(address)


@pytest.mark.parametrize(
    "blank", [*"\u00ad\u034f\u061c\u115f\u200b\u200d\u202e\u2066\u2800\u3164\ufe0f\ufeff"]
)
@pytest.mark.parametrize(
    "address", ["an{}na@school.example", "anna@scho{}ol.example", "anna{}@a.b"]
)
def test_an_address_with_invisible_characters_is_invalid(address: str, blank: str) -> None:
    assert not CheckedEmailAddresses().is_valid(address.format(blank))


@pytest.mark.parametrize(
    "address",
    [
        "\u0430nna@school.example",  # Cyrillic a
        "ann\u03b1@school.example",  # Greek alpha
        "anna@sch\u043eol.example",  # Cyrillic o
        "anna@a.xn--schol-fve.example",  # the same, in ASCII
        "\uff41nna@school.example",  # full-width a
        "\ufb01nn@school.example",  # ligature fi
    ],
)
def test_an_address_that_looks_like_another_is_invalid(address: str) -> None:
    assert not CheckedEmailAddresses().is_valid(address)


@pytest.mark.parametrize(
    ("spelling", "normalized"),
    [
        ("Anna@School.EXAMPLE", "anna@school.example"),
        ("A\u030ase@skola.example", "\u00e5se@skola.example"),
        ("\u212bse@skola.example", "\u00e5se@skola.example"),
        ("anna@SKOLAN-Å.example", "anna@xn--skolan--kxa.example"),
        ("anna@XN--SKOLAN--KXA.example", "anna@xn--skolan--kxa.example"),
        ("anna@skolan-a\u030a.example", "anna@xn--skolan--kxa.example"),
        ("anna@school\uff0eexample", "anna@school.example"),
        ("\u0391\u03a3@x.example", "\u03b1\u03c3@x.example"),
        ("straße@school.example", "straße@school.example"),
        ("山田taro@例え.example", "山田taro@xn--r8jz45g.example"),
    ],
)
def test_all_spellings_of_a_mailbox_have_one_form(spelling: str, normalized: str) -> None:
    addresses = CheckedEmailAddresses()

    assert addresses.is_valid(spelling)
    assert addresses.normalized(spelling) == normalized
    assert addresses.normalized(normalized) == normalized


def test_an_invalid_address_is_compared_in_lower_case() -> None:
    assert CheckedEmailAddresses().normalized("Root@LOCALHOST") == "root@localhost"


@given(st.from_regex(r"\A[\w.+\-]{1,12}@[\w\-]{1,12}\.[\w]{2,6}\Z"))
def test_normalization_is_stable_and_in_the_lower_case_that_the_database_checks(text: str) -> None:
    addresses = CheckedEmailAddresses()
    if addresses.is_valid(text):
        email = addresses.normalized(text)

        assert addresses.is_valid(email)
        assert addresses.normalized(email) == email
        assert all(character.lower() == character for character in email)
