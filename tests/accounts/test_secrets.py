"""Random secrets and the hashes under which they are kept."""

import re
from base64 import urlsafe_b64decode
from hashlib import sha256

from accounts.adapters.opaque_tokens import HmacTokens


def test_a_new_token_has_256_random_bits_that_fit_into_a_url() -> None:
    tokens = HmacTokens("a key")

    made = {tokens.new() for _ in range(100)}

    assert len(made) == 100
    assert all(re.fullmatch(r"[A-Za-z0-9_-]{43}", token) for token in made)


def test_a_hash_is_64_hexadecimal_digits_and_always_the_same() -> None:
    tokens = HmacTokens("a key")

    assert re.fullmatch(r"[0-9a-f]{64}", tokens.hash("a token"))
    assert tokens.hash("a token") == HmacTokens("a key").hash("a token")


def test_another_token_has_another_hash() -> None:
    tokens = HmacTokens("a key")

    assert tokens.hash("a token") != tokens.hash("a tokeN")


def test_whoever_lacks_the_key_cannot_make_the_hash() -> None:
    kept = HmacTokens("a key").hash("a token")

    assert kept != HmacTokens("another key").hash("a token")
    assert kept != sha256(b"a token").hexdigest()


def test_a_successor_follows_from_all_it_is_made_of_and_from_nothing_else() -> None:
    tokens = HmacTokens("a key")

    made = [
        HmacTokens(key).successor(token, family=family, number=number)
        for key in ("a key", "another key")
        for token in ("a token", "another token")
        for family in ("1", "11")
        for number in (2, 12)
    ]

    assert len(set(made)) == len(made)
    assert tokens.successor("a token", family="1", number=2) == made[0]
    assert all(re.fullmatch(r"[A-Za-z0-9_-]{43}", token) for token in made)


def test_a_successor_tells_nothing_of_the_hash_it_is_kept_under() -> None:
    tokens = HmacTokens("a key")

    successor = tokens.successor("a token", family="1", number=2)

    assert urlsafe_b64decode(successor + "=").hex() != tokens.hash(
        f"1\n2\n{sha256(b'a token').hexdigest()}"
    )


def test_the_key_is_not_printed() -> None:
    assert "hush" not in repr(HmacTokens("hush"))
