"""Processor time of Open Badges: issuing with each form of signature, verification, baking and status lists."""

import argparse
import time
from collections.abc import Callable
from dataclasses import replace

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


def milliseconds_of(act: Callable[[Award], object], awards: list[Award]) -> float:
    """Processor time of one act, on average."""
    begun = time.process_time()
    for award in awards:
        act(award)
    return (time.process_time() - begun) / len(awards) * 1_000


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
    for name, act in acts.items():
        print(f"{name:24} {milliseconds_of(act, awards):9.2f}")
    rebuilt = milliseconds_of(lambda _: encoded(range(0, SHORTEST_LIST, 5)), awards[:20])
    print(f"{'status list rebuilt':24} {rebuilt:9.2f}")


if __name__ == "__main__":
    main()
