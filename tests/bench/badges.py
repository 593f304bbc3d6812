"""Processor time of Open Badges: issuing with each form of signature, a batch, verification, baking, status lists."""

import argparse
import os
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Final
from uuid import uuid4

import django

from credentials.openbadges.baking import baked
from credentials.openbadges.documents import Award, credential_document
from credentials.openbadges.integrity import with_proof
from credentials.openbadges.json_texts import json_text
from credentials.openbadges.status_lists import SHORTEST_LIST, encoded
from credentials.openbadges.tokens import as_jwt
from credentials.openbadges.verification import verify
from tests.credentials.openbadges.awards import AWARD, ISSUED, NOW, ed25519, rsa
from tests.credentials.openbadges.images import svg
from tests.credentials.openbadges.issuers import Published

DEFINITIONS: Final = 50
"""As many as a batch finds places for at a time."""


def milliseconds_of(act: Callable[[Award], object], awards: list[Award]) -> float:
    """Processor time of one act, on average."""
    begun = time.process_time()
    for award in awards:
        act(award)
    return (time.process_time() - begun) / len(awards) * 1_000


def milliseconds_in_a_batch(count: int) -> float:
    """Processor time in which the service signs one of so many, in both forms, with its place in the status list."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "authsvc.settings")
    os.environ["DATABASE_URL"] = ""
    django.setup()
    from credentials.domain.entities.credentials import IssuedCredentialId  # noqa: PLC0415  # it reads the settings
    from tests.credentials.storing import a_stored_issue  # noqa: PLC0415  # it reads the settings
    from tests.support.worlds import memory_world  # noqa: PLC0415  # it reads the settings

    world = memory_world()
    issued = [a_stored_issue(world) for _ in range(min(count, DEFINITIONS))]
    keys = world.services.issuer_keys.signing_keys(None)
    assert keys.proof.private is not None
    begun = time.process_time()
    for batch in range(0, count, len(issued)):
        places = world.services.signing.free_places(None, len(issued))
        for credential in issued[: count - batch]:
            copy = replace(credential, id=IssuedCredentialId(uuid4()))
            world.services.signing.sign(copy, place=places.pop() if places else None)
    return (time.process_time() - begun) / count * 1_000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--badges", type=int, default=1_000, help="credentials of one batch")
    count = parser.parse_args().badges
    awards = [replace(AWARD, id=f"https://badges.example/{number}") for number in range(count)]
    resolver, key, token_key = Published(), ed25519(), rsa()
    signed = json_text(with_proof(credential_document(AWARD), key, ISSUED))
    token = as_jwt(credential_document(AWARD), token_key)
    acts: dict[str, Callable[[Award], object]] = {
        "issued with a proof": lambda award: with_proof(credential_document(award), key, ISSUED),
        "issued as VC-JWT": lambda award: as_jwt(credential_document(award), token_key),
        "verified, with a proof": lambda _: verify(signed, resolver, NOW),
        "verified, VC-JWT": lambda _: verify(token, resolver, NOW),
        "baked into SVG": lambda _: baked(svg(), signed),
    }
    print(f"{'':24} ms of CPU, of {count:,}")
    print(f"{'signed in a batch':24} {milliseconds_in_a_batch(count):9.2f}")
    for name, act in acts.items():
        print(f"{name:24} {milliseconds_of(act, awards):9.2f}")
    rebuilt = milliseconds_of(lambda _: encoded(range(0, SHORTEST_LIST, 5)), awards[:20])
    print(f"{'status list rebuilt':24} {rebuilt:9.2f}")


if __name__ == "__main__":
    main()
