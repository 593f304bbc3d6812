"""Key ring: signing, verification and rotation."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from jwcrypto.jwk import JWK

from accounts.adapters.keys import ALGORITHMS, ES256, RS256, KeyRing, new_key_ring
from accounts.domain.identity.entities.signing_keys import KeyState
from tests.support.builders import NOON

EC_MEMBERS = {"kty", "crv", "x", "y", "kid", "alg", "use"}
RSA_MEMBERS = {"kty", "n", "e", "kid", "alg", "use"}
LEAD = timedelta(minutes=5)
LATER = NOON + LEAD
END = LATER + timedelta(minutes=15)
SECOND = timedelta(seconds=1)


def a_key(**parts: Any) -> JWK:
    return JWK.generate(**{"kty": "EC", "crv": "P-256", "alg": "ES256", "kid": "a-key"} | parts)


def test_a_new_ring_has_a_key_for_each_algorithm_named_by_its_thumbprint() -> None:
    ring = new_key_ring()

    assert [key["alg"] for key in ring.keys] == list(ALGORITHMS)
    assert all(key["kid"] == key.thumbprint() for key in ring.keys)
    assert all(key.has_private and key["use"] == "sig" for key in ring.keys)


def test_new_rings_have_different_keys() -> None:
    names = [key["kid"] for _ in range(2) for key in new_key_ring().keys]

    assert len(set(names)) == 4


def test_a_ring_publishes_only_the_public_members_of_its_keys() -> None:
    ring = new_key_ring().rotated(at=NOON, signs_from=LATER, ends=END)

    published = ring.public_keys(at=NOON)["keys"]

    assert [key["kid"] for key in published] == [key["kid"] for key in ring.keys]
    assert [set(key) for key in published] == [EC_MEMBERS, RSA_MEMBERS] * 2


def test_a_ring_does_not_print_its_keys() -> None:
    assert repr(new_key_ring()) == "KeyRing()"


def test_a_key_is_found_by_its_id() -> None:
    first, second = a_key(kid="first"), a_key(kid="second")
    ring = KeyRing((first, second))

    assert ring.find("first") is first
    assert ring.find("second") is second


@pytest.mark.parametrize("name", ["third", "", None, ["first"]])
def test_an_unknown_key_id_finds_no_key(name: object) -> None:
    ring = KeyRing((a_key(kid="first"),))

    assert ring.find(name) is None


def test_of_equally_new_keys_the_first_signs() -> None:
    ring = KeyRing((a_key(kid="first"), a_key(kid="second")))

    assert ring.signing_key(ES256, at=NOON)["kid"] == "first"


def test_a_key_signs_with_its_own_algorithm_only() -> None:
    ring = KeyRing((a_key(),))

    with pytest.raises(LookupError, match="RS256"):
        ring.signing_key(RS256, at=NOON)


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_a_new_key_is_published_before_it_signs_and_the_old_one_after(algorithm: str) -> None:
    old = new_key_ring()
    ring = old.rotated(at=NOON, signs_from=LATER, ends=END)
    old_name = old.signing_key(algorithm, at=NOON)["kid"]
    new_name = ring.keys[-len(ALGORITHMS) + ALGORITHMS.index(algorithm)]["kid"]

    def signs(at: Any) -> object:
        return ring.signing_key(algorithm, at=at)["kid"]

    def published(at: Any) -> set[str]:
        return {key["kid"] for key in ring.public_keys(at=at)["keys"] if key["alg"] == algorithm}

    assert (signs(NOON), published(NOON)) == (old_name, {old_name, new_name})
    assert (signs(LATER - SECOND), signs(LATER)) == (old_name, new_name)
    assert published(END - SECOND) == {old_name, new_name}
    assert published(END) == {new_name}


def test_a_key_verifies_until_it_expires() -> None:
    old = new_key_ring()
    name = old.signing_key(ES256, at=NOON)["kid"]
    ring = old.rotated(at=NOON, signs_from=LATER, ends=END)

    assert ring.accepts(name, at=END - SECOND)
    assert not ring.accepts(name, at=END)
    assert not ring.accepts("another", at=NOON)


def test_a_second_rotation_neither_extends_nor_retains_expiring_keys() -> None:
    first = new_key_ring().rotated(at=NOON, signs_from=LATER, ends=END)

    second = first.rotated(at=LATER, signs_from=LATER + LEAD, ends=END + LEAD)
    third = second.rotated(at=END, signs_from=END + LEAD, ends=END + LEAD * 2)

    assert len(second.keys) == 6
    assert [key.get("exp") for key in second.keys[:2]] == [END.timestamp()] * 2
    assert len(third.keys) == 6


def test_a_stored_ring_has_the_times_of_its_keys() -> None:
    ring = new_key_ring().rotated(at=NOON, signs_from=LATER, ends=END)

    assert '"exp": ' in ring.private_json()
    assert '"nbf": ' in ring.private_json()


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_the_same_payload_has_the_same_signature(algorithm: str) -> None:
    ring = new_key_ring()

    signatures = {
        ring.signed({"a": 1}, type_="JWT", algorithm=algorithm, at=NOON) for _ in range(3)
    }

    assert len(signatures) == 1


def test_keys_are_described_by_their_state_during_a_rotation() -> None:
    ring = new_key_ring().rotated(at=NOON, signs_from=LATER, ends=END)
    old, new = [key["kid"] for key in ring.keys[:2]], [key["kid"] for key in ring.keys[2:]]

    def ids(state: KeyState, at: datetime) -> set[str]:
        return {key.id for key in ring.described(at=at) if key.state is state}

    assert (ids(KeyState.ACTIVE, NOON), ids(KeyState.NEXT, NOON)) == (set(old), set(new))
    assert (ids(KeyState.ACTIVE, LATER), ids(KeyState.RETIRED, LATER)) == (set(new), set(old))
    assert {key.id for key in ring.described(at=END)} == set(new)
    assert {key.ends_at for key in ring.described(at=LATER)} == {END, None}
