"""Key file of the signing keys."""

import json
from pathlib import Path
from typing import Any

import pytest
from jwcrypto.jwk import JWK

from accounts.adapters import key_file
from accounts.adapters.key_file import KeyFile, UnusableKeys, read_key_ring
from accounts.adapters.keys import ES256, KeyRing, new_key_ring
from authsvc.config.secret_files import replace_secret
from tests.support.builders import NOON


def stored(folder: Path, *keys: JWK) -> Path:
    return written(folder, KeyRing(keys).private_json())


def written(folder: Path, text: str) -> Path:
    path = folder / "keys.json"
    path.write_text(text)
    return path


def names(ring: KeyRing) -> list[str]:
    return [key["kid"] for key in ring.keys]


def a_key(**parts: Any) -> JWK:
    return JWK.generate(**{"kty": "EC", "crv": "P-256", "alg": "ES256", "kid": "a-key"} | parts)


def test_a_stored_ring_is_read_in_the_order_of_the_file(tmp_path: Path) -> None:
    first, second = a_key(kid="first"), a_key(kid="second")

    ring = read_key_ring(stored(tmp_path, first, second))

    assert ring.private_json() == KeyRing((first, second)).private_json()
    assert ring.signing_key(ES256, at=NOON)["kid"] == "first"


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
def test_a_file_without_keys_is_refused(tmp_path: Path, text: str) -> None:
    path = written(tmp_path, text)

    with pytest.raises(UnusableKeys) as error:
        read_key_ring(path)

    assert str(error.value) == f"{path} does not hold a JSON Web Key Set"


def test_bytes_that_are_not_utf_8_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    path.write_bytes(b'{"keys": "\xff"}')

    with pytest.raises(UnusableKeys, match="does not hold a JSON Web Key Set"):
        read_key_ring(path)


@pytest.mark.parametrize(
    "key",
    [
        a_key(crv="P-384"),
        a_key(kid=""),
        a_key(alg="RS256"),
        JWK.generate(kty="EC", crv="P-256", alg="ES256"),
        JWK.generate(kty="EC", crv="P-256", kid="a-key"),
        JWK.generate(kty="OKP", crv="Ed25519", alg="EdDSA", kid="a-key"),
        JWK.generate(kty="oct", size=256, alg="HS256", kid="a-key"),
        JWK(**a_key().export_public(as_dict=True)),
    ],
    ids=["P-384", "empty kid", "other alg", "no kid", "no alg", "Ed25519", "secret", "public"],
)
def test_a_ring_needs_private_keys_with_algorithm_and_id(tmp_path: Path, key: JWK) -> None:
    keys = [json.loads(new_key_ring().private_json())["keys"][0], json.loads(key.export())]
    path = written(tmp_path, json.dumps({"keys": keys}))

    with pytest.raises(UnusableKeys) as error:
        read_key_ring(path)

    assert (
        str(error.value)
        == f"{path} must hold private keys, P-256 or RSA, each with its alg and a kid"
    )


@pytest.mark.parametrize("keys", ["[]", "{}", "[{}]"])
def test_an_empty_ring_is_refused(tmp_path: Path, keys: str) -> None:
    path = written(tmp_path, f'{{"keys": {keys}}}')

    with pytest.raises(UnusableKeys, match="must hold private keys"):
        read_key_ring(path)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"

    with pytest.raises(UnusableKeys) as error:
        read_key_ring(path)

    assert str(error.value) == (
        f"the signing keys at {path} cannot be read: No such file or directory"
    )


def test_an_error_does_not_contain_the_key(tmp_path: Path) -> None:
    key = json.loads(new_key_ring().private_json())["keys"][0]
    path = written(tmp_path, json.dumps({"keys": [key | {"crv": "P-384"}]}))

    with pytest.raises(UnusableKeys) as error:
        read_key_ring(path)

    assert key["d"] not in str(error.value)
    assert error.value.__cause__ is None


def test_a_file_without_a_key_for_each_algorithm_says_what_to_do(tmp_path: Path) -> None:
    path = stored(tmp_path, a_key())

    with pytest.raises(UnusableKeys) as error:
        KeyFile(path)

    assert str(error.value) == (
        f"{path} has no key for RS256; `manage.py rotate_signing_key` adds one"
    )


def test_a_written_ring_is_readable_by_its_owner_only(tmp_path: Path) -> None:
    path, ring = written(tmp_path, "old"), new_key_ring()

    replace_secret(path, ring.private_json())

    assert names(read_key_ring(path)) == names(ring)
    assert path.stat().st_mode & 0o777 == 0o600
    assert [entry.name for entry in tmp_path.iterdir()] == ["keys.json"]


def test_a_failed_write_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    path.mkdir()
    (path / "old").touch()

    with pytest.raises(OSError, match="directory"):
        replace_secret(path, new_key_ring().private_json())

    assert [entry.name for entry in tmp_path.iterdir()] == ["keys.json"]
    assert [entry.name for entry in path.iterdir()] == ["old"]


@pytest.fixture
def _checks_always(monkeypatch: pytest.MonkeyPatch) -> None:
    """The file is checked on every call."""
    monkeypatch.setattr(key_file, "CHECK_INTERVAL_SECONDS", 0.0)


@pytest.mark.usefixtures("_checks_always")
def test_a_new_ring_in_the_file_becomes_the_current_one(tmp_path: Path) -> None:
    path, new = tmp_path / "keys.json", new_key_ring()
    replace_secret(path, new_key_ring().private_json())
    keys = KeyFile(path)

    replace_secret(path, new.private_json())

    assert names(keys.current()) == names(new)


def test_the_file_is_not_checked_on_every_call(tmp_path: Path) -> None:
    path, old = tmp_path / "keys.json", new_key_ring()
    replace_secret(path, old.private_json())
    keys = KeyFile(path)

    replace_secret(path, new_key_ring().private_json())

    assert names(keys.current()) == names(old)


@pytest.mark.usefixtures("_checks_always")
@pytest.mark.parametrize("spoil", [Path.unlink, lambda path: path.write_text("nonsense")])
def test_the_current_ring_stays_while_the_file_is_invalid(tmp_path: Path, spoil: Any) -> None:
    path, old = tmp_path / "keys.json", new_key_ring()
    replace_secret(path, old.private_json())
    keys = KeyFile(path)

    spoil(path)

    assert names(keys.current()) == names(old)
