"""Changed credentials: whatever is changed in the signed part, verification notices."""

import json
from collections.abc import Iterator
from copy import deepcopy
from itertools import islice
from random import Random
from typing import Any, Final

import pytest

from credentials.openbadges.baking import baked
from credentials.openbadges.integrity import with_proof
from credentials.openbadges.json_texts import json_text
from credentials.openbadges.tokens import as_jwt
from credentials.openbadges.verification import verify
from tests.credentials.openbadges.awards import ISSUED, NOW, document, ed25519, rsa
from tests.credentials.openbadges.images import png
from tests.credentials.openbadges.issuers import Published

Path = tuple[str | int, ...]

SIGNED: Final = with_proof(document(), ed25519(), ISSUED)
TOKEN: Final = as_jwt(document(), rsa())
IN_QUICK_SUITE: Final = 60
"""Each kind of change several times. Each member of the credential is changed in a test of its own."""
IN_FULL_SUITE: Final = 5_000


def paths_in(value: Any, path: Path = ()) -> Iterator[Path]:
    """The paths of all members and items."""
    steps = value.items() if isinstance(value, dict) else enumerate(value)
    for step, inner in steps:
        yield (*path, step)
        if isinstance(inner, dict | list):
            yield from paths_in(inner, (*path, step))


PATHS: Final = list(paths_in(SIGNED))


def parent_of(path: Path, value: Any) -> Any:
    for step in path[:-1]:
        value = value[step]
    return value


def changed_text(text: str, random: Random) -> str:
    """The text with one character changed, added, or removed."""
    position = random.randrange(len(text) + 1)
    rest = text[position + random.randrange(2) :]
    changed = text[:position] + random.choice("0aZ/ é\U0001f511\n\"'\\<") + rest
    return changed if random.randrange(4) else text[:position] + text[position + 1 :]


def changed_value(value: Any, random: Random) -> Any:
    if isinstance(value, str):
        return changed_text(value, random)
    if isinstance(value, bool):
        return random.choice([not value, int(value), str(value).lower()])
    if isinstance(value, dict):
        return {**value, random.choice(["name", "description", "undefinedTerm"]): "Added"}
    return random.choice([[*value, "Added"], [*value, {"id": "urn:x:1", "type": ["Evidence"]}]])


def mutant(path: Path, random: Random) -> dict[str, Any]:
    """The signed credential with one change at this path."""
    credential = deepcopy(SIGNED)
    parent, step = parent_of(path, credential), path[-1]
    if random.randrange(5) == 0:
        del parent[step]
    elif isinstance(step, str) and random.randrange(8) == 0:
        parent[changed_text(step, random)] = parent.pop(step)
    else:
        parent[step] = changed_value(parent[step], random)
    return credential


def mutants(seed: int) -> Iterator[str]:
    """Endlessly many, at all paths in turn, as JSON."""
    random = Random(seed)
    while True:
        for path in random.sample(PATHS, len(PATHS)):
            credential = mutant(path, random)
            if credential != SIGNED:
                yield json_text(credential)


def accepted(contents: Iterator[str]) -> list[str]:
    return [content for content in contents if verify(content, Published(), NOW).is_valid]


def test_the_unchanged_credential_is_accepted() -> None:
    assert accepted(iter([json_text(SIGNED), TOKEN])) == [json_text(SIGNED), TOKEN]


def test_no_changed_credential_is_accepted() -> None:
    assert accepted(islice(mutants(1), IN_QUICK_SUITE)) == []


@pytest.mark.nightly
def test_none_of_many_changed_credentials_is_accepted() -> None:
    assert accepted(islice(mutants(2), IN_FULL_SUITE)) == []


@pytest.mark.parametrize("path", PATHS, ids=str)
def test_every_member_is_signed(path: Path) -> None:
    without, extended = deepcopy(SIGNED), deepcopy(SIGNED)
    del parent_of(path, without)[path[-1]]
    parent = parent_of(path, extended)
    value = parent[path[-1]]
    parent[path[-1]] = f"{value}x" if isinstance(value, str) else changed_value(value, Random(3))

    assert accepted(iter([json_text(without), json_text(extended)])) == []


def tokens_with_one_change() -> Iterator[str]:
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_."
    random = Random(4)
    while True:
        position = random.randrange(len(TOKEN))
        character = random.choice(alphabet)
        if character != TOKEN[position]:
            yield TOKEN[:position] + character + TOKEN[position + 1 :]


def test_no_changed_token_is_accepted() -> None:
    assert accepted(islice(tokens_with_one_change(), IN_QUICK_SUITE)) == []


@pytest.mark.nightly
def test_none_of_many_changed_tokens_is_accepted() -> None:
    assert accepted(islice(tokens_with_one_change(), IN_FULL_SUITE)) == []


def test_a_credential_does_not_verify_with_the_proof_of_another() -> None:
    other = with_proof(
        {**document(), "id": "https://badges.example/credentials/8"}, ed25519(), ISSUED
    )

    assert accepted(iter([json_text({**SIGNED, "proof": other["proof"]})])) == []


def test_one_changed_byte_of_the_json_is_noticed() -> None:
    text, random = json.dumps(SIGNED).encode(), Random(5)
    for _ in range(IN_QUICK_SUITE):
        changed = bytearray(text)
        changed[random.randrange(len(text))] ^= 1 << random.randrange(7)
        verification = verify(bytes(changed), Published(), NOW)

        assert not verification.is_valid or verification.document == SIGNED


def test_one_changed_byte_of_a_baked_image_is_noticed() -> None:
    image, random = baked(png(), json_text(SIGNED)), Random(6)
    for _ in range(IN_QUICK_SUITE):
        changed = bytearray(image)
        changed[random.randrange(len(image))] ^= 1 << random.randrange(8)

        assert not verify(bytes(changed), Published(), NOW).is_valid
