"""Access tokens: keys that callers bring along, rings of several keys, and what is no token at all."""

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

# Each says where to take a key from; the one that a stranger signed with is at every one of these places.
KEY_HEADERS = [
    {"jwk": STRANGERS_KEY.export_public(as_dict=True)},
    {"jku": "https://evil.example/jwks.json"},
    {"x5u": "https://evil.example/chain.pem"},
    {"x5c": ["MIIB"]},
    {"x5t": "AAAA"},
]


@pytest.mark.parametrize("brought", KEY_HEADERS, ids=lambda header: next(iter(header)))
def test_a_key_that_comes_with_the_token_is_not_believed(brought: dict[str, object]) -> None:
    forged = signed(HEADER | brought, key=STRANGERS_KEY)

    with pytest.raises(InvalidToken):
        tokens().verify(forged, at=NOON)


@pytest.mark.parametrize("brought", KEY_HEADERS, ids=lambda header: next(iter(header)))
def test_a_key_that_comes_with_our_own_token_is_not_looked_at(brought: dict[str, object]) -> None:
    assert tokens().verify(signed(HEADER | brought), at=NOON) == CLAIMS


def test_a_key_that_comes_under_its_own_name_is_not_believed() -> None:
    brought = {"kid": STRANGERS_KEY["kid"], "jwk": STRANGERS_KEY.export_public(as_dict=True)}
    forged = signed(HEADER | brought, key=STRANGERS_KEY)

    with pytest.raises(InvalidToken):
        tokens().verify(forged, at=NOON)


def test_tokens_of_the_key_before_are_still_verified() -> None:
    old = tokens(RING).issue(CLAIMS, roles=(), at=NOON)

    assert tokens(ROTATED).verify(old, at=NOON) == CLAIMS


def test_a_ring_signs_with_its_first_key() -> None:
    new = tokens(ROTATED).issue(CLAIMS, roles=(), at=NOON)

    assert tokens(KeyRing((STRANGERS_KEY,))).verify(new, at=NOON) == CLAIMS


def test_one_key_of_the_ring_does_not_sign_in_the_name_of_another() -> None:
    forged = signed(HEADER | {"kid": STRANGERS_KEY["kid"]}, key=KEY)

    with pytest.raises(InvalidToken):
        tokens(ROTATED).verify(forged, at=NOON)


def test_tokens_of_a_key_that_left_the_ring_are_refused() -> None:
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
def test_what_is_no_token_is_refused(garbage: str) -> None:
    with pytest.raises(InvalidToken):
        tokens().verify(garbage, at=NOON)


@pytest.mark.parametrize(
    "spoiled",
    ["{}.", "{}.YWJj.YWJj", ".{}", "{}\n", "\n{}", "{}\0", " {}", "{}=", "{}AAAA", "{0}{0}", "x{}"],
)
def test_a_good_token_is_refused_with_anything_more(spoiled: str) -> None:
    with pytest.raises(InvalidToken):
        tokens().verify(spoiled.format(signed()), at=NOON)


@pytest.mark.parametrize("missing", [1, 2, 43, 87])
def test_a_good_token_is_refused_without_its_end(missing: int) -> None:
    with pytest.raises(InvalidToken):
        tokens().verify(signed()[:-missing], at=NOON)


def test_a_token_of_10_kb_is_refused_though_our_key_signed_it() -> None:
    long = signed(payload=PAYLOAD | {"padding": "x" * 10_000})

    with pytest.raises(InvalidToken):
        tokens().verify(long, at=NOON)


def test_a_token_of_4_kb_is_the_longest() -> None:
    shortest = len(signed(payload=PAYLOAD | {"padding": ""}))
    padding = (4096 - shortest) * 3 // 4

    longest = signed(payload=PAYLOAD | {"padding": "x" * padding})
    longer = signed(payload=PAYLOAD | {"padding": "x" * (padding + 2)})

    assert tokens().verify(longest, at=NOON) == CLAIMS
    with pytest.raises(InvalidToken):
        tokens().verify(longer, at=NOON)
