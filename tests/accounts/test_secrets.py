"""Opaque tokens and their keyed hashes."""

import re
from base64 import urlsafe_b64decode
from hashlib import sha256

from accounts.adapters.opaque_tokens import HmacTokens


def test_a_new_token_has_256_random_bits_and_is_url_safe() -> None:
    tokens = HmacTokens("a key")

    created = {tokens.new() for _ in range(100)}

    assert len(created) == 100
    assert all(re.fullmatch(r"[A-Za-z0-9_-]{43}", token) for token in created)


def test_a_hash_has_64_hexadecimal_digits_and_is_deterministic() -> None:
    tokens = HmacTokens("a key")

    assert re.fullmatch(r"[0-9a-f]{64}", tokens.hash("a token"))
    assert tokens.hash("a token") == HmacTokens("a key").hash("a token")


def test_another_token_has_another_hash() -> None:
    tokens = HmacTokens("a key")

    assert tokens.hash("a token") != tokens.hash("a tokeN")


def test_a_hash_depends_on_the_key() -> None:
    keyed = HmacTokens("a key").hash("a token")

    assert keyed != HmacTokens("another key").hash("a token")
    assert keyed != sha256(b"a token").hexdigest()


def test_a_successor_depends_on_key_token_family_and_number_only() -> None:
    tokens = HmacTokens("a key")

    successors = [
        HmacTokens(key).successor(token, family=family, number=number)
        for key in ("a key", "another key")
        for token in ("a token", "another token")
        for family in ("1", "11")
        for number in (2, 12)
    ]

    assert len(set(successors)) == len(successors)
    assert tokens.successor("a token", family="1", number=2) == successors[0]
    assert all(re.fullmatch(r"[A-Za-z0-9_-]{43}", token) for token in successors)


def test_a_successor_does_not_reveal_its_hash() -> None:
    tokens = HmacTokens("a key")

    successor = tokens.successor("a token", family="1", number=2)

    assert urlsafe_b64decode(successor + "=").hex() != tokens.hash(
        f"1\n2\n{sha256(b'a token').hexdigest()}"
    )


def test_the_key_is_not_printed() -> None:
    assert "hush" not in repr(HmacTokens("hush"))
