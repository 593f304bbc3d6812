"""Access tokens with embedded keys, of rings of several keys, and malformed ones."""

from itertools import count

import pytest

from accounts.adapters.keys import KeyRing
from accounts.domain.identity.errors import InvalidToken
from tests.accounts.forgery import (
    CLAIMS,
    HEADER,
    KEY,
    PAYLOAD,
    RING,
    STRANGERS_KEY,
    encoded,
    signed,
    tokens,
)
from tests.support.builders import NOON

ROTATED = KeyRing((STRANGERS_KEY, KEY))
ABC = "YWJj"

# Headers that name a key; each of them would lead to the attacker's key.
KEY_HEADERS = [
    {"jwk": STRANGERS_KEY.export_public(as_dict=True)},
    {"jku": "https://evil.example/jwks.json"},
    {"x5u": "https://evil.example/chain.pem"},
    {"x5c": ["MIIB"]},
    {"x5t": "AAAA"},
]


@pytest.mark.parametrize("embedded", KEY_HEADERS, ids=lambda header: next(iter(header)))
def test_a_key_in_the_header_is_not_trusted(embedded: dict[str, object]) -> None:
    forged = signed(HEADER | embedded, key=STRANGERS_KEY)

    with pytest.raises(InvalidToken):
        tokens().verify(forged, at=NOON)


@pytest.mark.parametrize("embedded", KEY_HEADERS, ids=lambda header: next(iter(header)))
def test_a_key_in_the_header_of_a_valid_token_is_ignored(embedded: dict[str, object]) -> None:
    assert tokens().verify(signed(HEADER | embedded), at=NOON) == CLAIMS


def test_a_key_in_the_header_with_its_own_id_is_not_trusted() -> None:
    embedded = {"kid": STRANGERS_KEY["kid"], "jwk": STRANGERS_KEY.export_public(as_dict=True)}
    forged = signed(HEADER | embedded, key=STRANGERS_KEY)

    with pytest.raises(InvalidToken):
        tokens().verify(forged, at=NOON)


def test_tokens_of_the_previous_key_are_still_verified() -> None:
    old = tokens(RING).issue(CLAIMS, roles=(), at=NOON)

    assert tokens(ROTATED).verify(old, at=NOON) == CLAIMS


def test_a_ring_signs_with_its_first_key() -> None:
    new = tokens(ROTATED).issue(CLAIMS, roles=(), at=NOON)

    assert tokens(KeyRing((STRANGERS_KEY,))).verify(new, at=NOON) == CLAIMS


def test_a_key_id_does_not_match_the_signature_of_another_key() -> None:
    forged = signed(HEADER | {"kid": STRANGERS_KEY["kid"]}, key=KEY)

    with pytest.raises(InvalidToken):
        tokens(ROTATED).verify(forged, at=NOON)


def test_tokens_of_a_removed_key_are_refused() -> None:
    old = tokens(RING).issue(CLAIMS, roles=(), at=NOON)

    with pytest.raises(InvalidToken):
        tokens(KeyRing((STRANGERS_KEY,))).verify(old, at=NOON)


@pytest.mark.parametrize(
    "garbage",
    [
        "",
        ".",
        "..",
        "...",
        ABC,
        f"{ABC}.{ABC}",
        f"{ABC}.{ABC}.{ABC}",
        f"{ABC}.{ABC}.{ABC}.{ABC}.{ABC}",
        f"{ABC}..{ABC}",
        "\0",
        f"{ABC}.{ABC}.{ABC}\0",
        "null",
        '{"payload":"","signatures":[]}',
        "é.é.é",
        "\ud800.\ud800.\ud800",
        "४.४.४",
        f"{encoded(b'[]')}.{ABC}.{ABC}",
        f"{encoded(b'5')}.{ABC}.{ABC}",
        f"{encoded(b'null')}.{ABC}.{ABC}",
        f"{encoded(b'{}')}.{ABC}.{ABC}",
        f"{encoded(b'{')}.{ABC}.{ABC}",
        f"{encoded(bytes(range(128, 160)))}.{ABC}.{ABC}",
        f"{encoded(b'[' * 3000)}.{ABC}.{ABC}",
        f"{encoded(HEADER)}.{ABC}.A",
        f"{encoded(HEADER | {'alg': 5})}.{ABC}.{ABC}",
        f"{encoded(HEADER | {'crit': 5})}.{ABC}.{ABC}",
        f"{encoded({'alg': 'ES256'})}.{ABC}.{ABC}",
    ],
    ids=count(),  # the keys, and so the headers, differ between processes
)
def test_a_malformed_token_is_refused(garbage: str) -> None:
    with pytest.raises(InvalidToken):
        tokens().verify(garbage, at=NOON)


@pytest.mark.parametrize(
    "spoiled",
    ["{}.", "{}.YWJj.YWJj", ".{}", "{}\n", "\n{}", "{}\0", " {}", "{}=", "{}AAAA", "{0}{0}", "x{}"],
)
def test_a_valid_token_with_additions_is_refused(spoiled: str) -> None:
    with pytest.raises(InvalidToken):
        tokens().verify(spoiled.format(signed()), at=NOON)


@pytest.mark.parametrize("missing", [1, 2, 43, 87])
def test_a_truncated_token_is_refused(missing: int) -> None:
    with pytest.raises(InvalidToken):
        tokens().verify(signed()[:-missing], at=NOON)


def test_a_signed_token_of_10_kb_is_refused() -> None:
    long = signed(payload=PAYLOAD | {"padding": "x" * 10_000})

    with pytest.raises(InvalidToken):
        tokens().verify(long, at=NOON)


def test_a_token_has_at_most_4_kb() -> None:
    shortest = len(signed(payload=PAYLOAD | {"padding": ""}))
    padding = (4096 - shortest) * 3 // 4

    longest = signed(payload=PAYLOAD | {"padding": "x" * padding})
    longer = signed(payload=PAYLOAD | {"padding": "x" * (padding + 2)})

    assert tokens().verify(longest, at=NOON) == CLAIMS
    with pytest.raises(InvalidToken):
        tokens().verify(longer, at=NOON)
