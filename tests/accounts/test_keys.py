"""The ring of signing keys, and the file it is kept in."""

import json
from pathlib import Path
from typing import Any

import pytest
from jwcrypto.jwk import JWK

from accounts.adapters.keys import KeyRing, UnusableKeys, new_key_ring, read_key_ring

PUBLIC_MEMBERS = {"kty", "crv", "x", "y", "kid", "alg", "use"}


def key_file(folder: Path, *keys: JWK) -> Path:
    return written(folder, KeyRing(keys).private_json())


def written(folder: Path, text: str) -> Path:
    path = folder / "keys.json"
    path.write_text(text)
    return path


def a_key(**parts: Any) -> JWK:
    return JWK.generate(**{"kty": "EC", "crv": "P-256", "kid": "a-key"} | parts)


def test_a_new_ring_has_one_p256_key_named_by_its_thumbprint() -> None:
    ring = new_key_ring()

    (key,) = ring.keys
    assert (key["kty"], key["crv"], key["alg"], key["use"]) == ("EC", "P-256", "ES256", "sig")
    assert key["kid"] == key.thumbprint()
    assert key.has_private


def test_no_two_new_rings_have_the_same_key() -> None:
    assert new_key_ring().signing_key["kid"] != new_key_ring().signing_key["kid"]


def test_a_ring_shows_the_public_members_of_every_key_and_no_other() -> None:
    ring = KeyRing((*new_key_ring().keys, *new_key_ring().keys))

    shown = ring.public_keys()

    assert [key["kid"] for key in shown["keys"]] == [key["kid"] for key in ring.keys]
    assert [set(key) for key in shown["keys"]] == [PUBLIC_MEMBERS, PUBLIC_MEMBERS]


def test_a_ring_does_not_print_its_keys() -> None:
    assert repr(new_key_ring()) == "KeyRing()"


def test_a_ring_finds_each_key_by_its_name() -> None:
    first, second = a_key(kid="first"), a_key(kid="second")
    ring = KeyRing((first, second))

    assert ring.find("first") is first
    assert ring.find("second") is second


@pytest.mark.parametrize("name", ["third", "", None, ["first"]])
def test_a_name_of_no_key_finds_none(name: object) -> None:
    ring = KeyRing((a_key(kid="first"),))

    assert ring.find(name) is None


def test_a_kept_ring_comes_back_in_the_order_of_the_file(tmp_path: Path) -> None:
    first, second = a_key(kid="first"), a_key(kid="second")

    ring = read_key_ring(key_file(tmp_path, first, second))

    assert ring.private_json() == KeyRing((first, second)).private_json()
    assert ring.signing_key["kid"] == "first"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "not JSON",
        "[]",
        "5",
        "{}",
        '{"keys": 5}',
        '{"keys": null}',
        '{"keys": [5]}',
        '{"keys": ["a-key"]}',
        '{"keys": [{"kty": "EC", "crv": "P-256", "kid": "a-key", "d": "AAAA"}]}',
        '{"keys": [{"kty": "unheard-of", "kid": "a-key"}]}',
    ],
)
def test_a_file_that_holds_no_keys_is_refused(tmp_path: Path, text: str) -> None:
    path = written(tmp_path, text)

    with pytest.raises(UnusableKeys) as refusal:
        read_key_ring(path)

    assert str(refusal.value) == f"{path} does not hold a JSON Web Key Set"


def test_bytes_that_are_no_text_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    path.write_bytes(b'{"keys": "\xff"}')

    with pytest.raises(UnusableKeys, match="does not hold a JSON Web Key Set"):
        read_key_ring(path)


@pytest.mark.parametrize(
    "key",
    [
        a_key(crv="P-384"),
        a_key(kid=""),
        JWK.generate(kty="EC", crv="P-256"),
        JWK.generate(kty="OKP", crv="Ed25519", kid="a-key"),
        JWK.generate(kty="oct", size=256, kid="a-key"),
        JWK(**a_key().export_public(as_dict=True)),
    ],
    ids=["P-384", "empty name", "no name", "Ed25519", "shared secret", "public"],
)
def test_a_ring_needs_private_p256_keys_with_names(tmp_path: Path, key: JWK) -> None:
    keys = [json.loads(new_key_ring().private_json())["keys"][0], json.loads(key.export())]
    path = written(tmp_path, json.dumps({"keys": keys}))

    with pytest.raises(UnusableKeys) as refusal:
        read_key_ring(path)

    assert str(refusal.value) == f"{path} must hold private P-256 keys, each with a kid"


@pytest.mark.parametrize("keys", ["[]", "{}", "[{}]"])
def test_a_ring_of_nothing_is_refused(tmp_path: Path, keys: str) -> None:
    path = written(tmp_path, f'{{"keys": {keys}}}')

    with pytest.raises(UnusableKeys, match="must hold private P-256 keys"):
        read_key_ring(path)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"

    with pytest.raises(UnusableKeys) as refusal:
        read_key_ring(path)

    assert str(refusal.value) == (
        f"the signing keys at {path} cannot be read: No such file or directory"
    )


def test_a_refusal_repeats_nothing_of_a_key(tmp_path: Path) -> None:
    key = json.loads(new_key_ring().private_json())["keys"][0]
    path = written(tmp_path, json.dumps({"keys": [key | {"crv": "P-384"}]}))

    with pytest.raises(UnusableKeys) as refusal:
        read_key_ring(path)

    assert key["d"] not in str(refusal.value)
    assert refusal.value.__cause__ is None
