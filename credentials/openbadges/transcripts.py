"""Transcripts: several credentials of one person in one signed record (Comprehensive Learner Record 2.0)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from authsvc.kernel.canonical import utc_text
from credentials.openbadges.contexts import CREDENTIALS, EXTENSIONS, LEARNER_RECORDS, OPEN_BADGES
from credentials.openbadges.documents import Profile, profile_object
from credentials.openbadges.json_texts import json_text
from credentials.openbadges.schemas import SCHEMA_TYPE, TRANSCRIPT, TRANSCRIPT_TYPE

CONTEXTS: Final = (CREDENTIALS, LEARNER_RECORDS, OPEN_BADGES, EXTENSIONS)
MOST_CREDENTIALS: Final = 40
"""In one transcript, as its schema says. To canonicalize each takes about 16 ms."""
MOST_TEXTS: Final = 2_400
MOST_TEXTS_VERIFIED: Final = 2_500
"""In a whole transcript: with its own texts it has more than the credentials inside."""

MOST_CHARACTERS: Final = 600_000
"""Of all credentials together, so that the token of the transcript can be verified as well."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Transcript:
    """Signed credentials of a person, as they were issued. `id` and `subject_id` are URLs."""

    id: str
    issuer: Profile
    subject_id: str
    name: str
    description: str
    credentials: Sequence[Mapping[str, Any]]
    valid_from: datetime


def transcript_document(transcript: Transcript) -> dict[str, Any]:
    """The ClrCredential without a proof. There must be a credential in it."""
    members = {
        "@context": list(CONTEXTS),
        "id": transcript.id,
        "type": ["VerifiableCredential", TRANSCRIPT_TYPE],
        "name": transcript.name,
        "description": transcript.description,
        "issuer": profile_object(_distinct(transcript.issuer, transcript.credentials)),
        "validFrom": utc_text(transcript.valid_from),
        "credentialSubject": {
            "id": transcript.subject_id,
            "type": ["ClrSubject"],
            "verifiableCredential": list(transcript.credentials),
        },
        "credentialSchema": [{"id": TRANSCRIPT, "type": SCHEMA_TYPE}],
    }
    return {name: member for name, member in members.items() if member}


def fitting(credentials: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Those of the credentials, in their order, that fit into one transcript. One that is too large is left out."""
    chosen: list[Mapping[str, Any]] = []
    texts = characters = 0
    for credential in credentials:
        more_texts, more_characters = texts_in(credential), len(json_text(credential))
        if texts + more_texts > MOST_TEXTS or characters + more_characters > MOST_CHARACTERS:
            continue
        texts, characters = texts + more_texts, characters + more_characters
        chosen.append(credential)
        if len(chosen) == MOST_CREDENTIALS:
            break
    return chosen


def texts_in(value: Any) -> int:
    """How many texts the value contains, which is what the work of verifying it grows with."""
    if isinstance(value, Mapping):
        return sum(texts_in(member) for member in value.values())
    if isinstance(value, list):
        return sum(texts_in(item) for item in value)
    return int(isinstance(value, str))


def _distinct(issuer: Profile, credentials: Iterable[Mapping[str, Any]]) -> Profile:
    """The issuer, without what a credential inside states of it, too.

    Of two equal statements about one thing, an embedded proof does not notice if one is cut.
    """
    profiles = [credential["issuer"] for credential in credentials]
    stated = [
        profile
        for profile in profiles
        if isinstance(profile, Mapping) and profile["id"] == issuer.id
    ]

    def own(name: str) -> str:
        text = str(getattr(issuer, name))
        return "" if any(profile.get(name) == text for profile in stated) else text

    return replace(issuer, name=own("name"), url=own("url"), email=own("email"))
