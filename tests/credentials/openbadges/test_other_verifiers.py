"""Verifiers of others accept what is issued here, and refuse it once it was changed."""

import json
import subprocess
from collections.abc import Iterable
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any, Final

import pytest

from credentials.openbadges.baking import baked, taken_out
from credentials.openbadges.contexts import CONTEXTS, shipped
from credentials.openbadges.documents import credential_document
from credentials.openbadges.integrity import with_proof
from credentials.openbadges.json_texts import json_text
from credentials.openbadges.keys import IssuerKey, KeyKind, did_document
from credentials.openbadges.tokens import as_jwt
from credentials.openbadges.transcripts import Transcript, transcript_document
from tests.credentials.openbadges.awards import (
    AWARD,
    ISSUED,
    LIST_URL,
    NOW,
    SCHOOL,
    SCHOOL_ID,
    document,
    ed25519,
    rsa,
)
from tests.credentials.openbadges.images import png, svg
from tests.credentials.openbadges.issuers import status_list
from tests.credentials.openbadges.test_tampering import mutants, tokens_with_one_change
from tests.support.javascript import project_in

pytestmark = pytest.mark.nightly

SIGNED: Final = with_proof(document(), ed25519(), ISSUED)
TOKEN: Final = as_jwt(SIGNED, rsa())
SCHEMA: Final = shipped("schemas", "ob_v3p0_achievementcredential_schema.json")
SECURITY: Final = "https://w3id.org/security#"
CONTEXTS_OF_KEYS: Final = {
    "https://www.w3.org/ns/did/v1": {"@context": {"id": "@id", "type": "@type"}},
    "https://w3id.org/security/multikey/v1": {
        "@context": {
            "id": "@id",
            "type": "@type",
            "Multikey": f"{SECURITY}Multikey",
            "controller": {"@id": f"{SECURITY}controller", "@type": "@id"},
            "publicKeyMultibase": {
                "@id": f"{SECURITY}publicKeyMultibase",
                "@type": f"{SECURITY}multibase",
            },
        }
    },
}


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return project_in(tmp_path_factory.mktemp("badges") / "project")


def published(*keys: IssuerKey, revoked: Iterable[int] = ()) -> dict[str, Any]:
    return {
        **CONTEXTS,
        **CONTEXTS_OF_KEYS,
        SCHOOL_ID: did_document(SCHOOL, [*keys, ed25519(), rsa()]),
        LIST_URL: status_list(revoked),
    }


def verdicts_on(
    project: Path, cases: Iterable[dict[str, Any]], documents: dict[str, Any] | None = None
) -> list[str]:
    """The verdicts of the libraries. They read no address but those of the documents."""
    ran = subprocess.run(
        ["node", "badges.mjs"],  # noqa: S607  # its place differs between systems
        cwd=project,
        input=json.dumps(
            {"documents": documents or published(), "schema": SCHEMA, "cases": list(cases)}
        ),
        check=True,
        capture_output=True,
        text=True,
    )
    verdicts: list[str] = json.loads(ran.stdout)
    return verdicts


def credential_case(content: str) -> dict[str, Any]:
    return {"credential": json.loads(content), "now": NOW.isoformat()}


def token_case(token: str) -> dict[str, Any]:
    keys = [rsa().public_jwk, ed25519().public_jwk]
    return {"token": token, "keys": keys, "issuer": SCHOOL_ID, "now": NOW.isoformat()}


def test_credentials_tokens_and_baked_images_are_accepted(project: Path) -> None:
    content = json_text(SIGNED)
    cases = [
        credential_case(content),
        credential_case(taken_out(baked(png(), content))),
        credential_case(taken_out(baked(svg(), content))),
        credential_case(json_text(status_list([7]))),
        token_case(TOKEN),
        token_case(as_jwt(document(), ed25519())),
        token_case(taken_out(baked(png(), TOKEN))),
        token_case(taken_out(baked(svg(), TOKEN))),
    ]

    assert verdicts_on(project, cases) == ["accepted"] * len(cases)


def test_a_transcript_is_accepted_and_refused_once_it_was_changed(project: Path) -> None:
    transcript = Transcript(
        id="urn:uuid:5b4a0d43-7d52-4a3e-8b52-8f0b7a4a6f01",
        issuer=replace(SCHOOL, name="Harbour Transcripts"),
        subject_id="urn:uuid:7a1c77f5-4f3f-4e9b-9d36-8a0d7a4e5b02",
        name="Transcript",
        description="Credentials: 1.",
        credentials=[SIGNED],
        valid_from=ISSUED,
    )
    record = with_proof(transcript_document(transcript), ed25519(), ISSUED)
    changed = json_text(record).replace("Credentials: 1.", "Credentials: 2.")

    verdicts = verdicts_on(
        project,
        [
            credential_case(json_text(record)),
            token_case(as_jwt(record, rsa())),
            credential_case(changed),
        ],
    )

    assert verdicts[:2] == ["accepted", "accepted"]
    assert verdicts[2] != "accepted"


def test_changed_credentials_are_refused(project: Path) -> None:
    cases = [credential_case(content) for content in islice(mutants(7), 300)]

    assert "accepted" not in verdicts_on(project, cases)


def test_changed_tokens_are_refused(project: Path) -> None:
    # Verifiers may ignore the last bits of a signature, which mean nothing.
    cases = [token_case(token) for token in islice(tokens_with_one_change(), 300)]

    verdicts = verdicts_on(project, cases)

    assert verdicts.count("accepted") <= 1
    assert len(verdicts) == 300


def test_revoked_and_expired_credentials_are_refused(project: Path) -> None:
    expired = with_proof(credential_document(replace(AWARD, valid_until=NOW)), ed25519(), ISSUED)
    cases = [credential_case(json_text(SIGNED)), credential_case(json_text(expired))]

    verdicts = verdicts_on(project, cases, published(revoked=[4711]))

    assert "accepted" not in verdicts


def test_retired_keys_verify_and_compromised_ones_do_not(project: Path) -> None:
    other = IssuerKey.generated(KeyKind.ED25519, url=f"{SCHOOL_ID}#key-2", controller=SCHOOL_ID)
    content = json_text(with_proof(document(), other, ISSUED))
    retired, compromised = replace(other, retired_at=NOW), replace(other, compromised_from=NOW)

    verdicts = [
        verdicts_on(project, [credential_case(content)], published(key))
        for key in (retired, compromised)
    ]

    assert verdicts[0] == ["accepted"]
    assert verdicts[1] != ["accepted"]
