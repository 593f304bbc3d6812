"""Open Badges 3.0: what a credential says, and the JSON-LD document that says it (Verifiable Credentials 2.0).

Documents contain no null, no empty array and no empty text; sets are arrays, even with one member.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any, Final

from authsvc.kernel.canonical import utc_text
from credentials.openbadges.contexts import CREDENTIALS, EXTENSIONS, OPEN_BADGES
from credentials.openbadges.multibase import digest_multibase
from credentials.openbadges.schemas import ACHIEVEMENT_CREDENTIAL, SCHEMA_TYPE

CONTEXTS: Final = (CREDENTIALS, OPEN_BADGES, EXTENSIONS)
TYPES: Final = ("VerifiableCredential", "OpenBadgeCredential")
EMAIL: Final = "emailAddress"


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """An issuer or a holder. `id` is a URI; that of an issuer has the scheme https or did.

    `also_known_as` has other ids of an issuer, and people have given and family names.
    """

    id: str
    name: str
    url: str = ""
    description: str = ""
    email: str = ""
    image_url: str = ""
    also_known_as: tuple[str, ...] = ()
    given_name: str = ""
    family_name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Alignment:
    """A node of an educational framework. `type` is one of the specification's, such as `CFItem`."""

    name: str
    url: str
    type: str = ""
    code: str = ""
    framework: str = ""
    description: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Criteria:
    """What the holder had to do: text in Markdown, the URL of a page, or both."""

    narrative: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Achievement:
    """What was achieved: one version of a definition, the same for all its holders."""

    id: str
    name: str
    description: str
    criteria: Criteria
    type: str = ""
    version: str = ""
    image_url: str = ""
    image_caption: str = ""
    tags: tuple[str, ...] = ()
    alignments: tuple[Alignment, ...] = ()
    creator: Profile | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HashedIdentity:
    """A property of a person that who knows it can recognize, such as their e-mail address."""

    hash: str
    salt: str
    type: str = EMAIL

    @classmethod
    def of_email(cls, email: str, *, salt: str) -> "HashedIdentity":
        """The address in lower case. The salt must be random: addresses are easily enumerated."""
        return cls(hash=_identity_hash(email.strip().lower(), salt), salt=salt)

    def matches(self, email: str) -> bool:
        """Whether it is the hash of the address, in lower case or, by other issuers, as it is written."""
        spellings = (email.strip().lower(), email.strip())
        hashes = {_identity_hash(spelling, self.salt) for spelling in spellings}
        return self.type == EMAIL and self.hash in hashes


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """Whoever the credential is about: an id, which is a URL, or identities, or both."""

    id: str = ""
    identities: tuple[HashedIdentity, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """A record on which the credential rests. `sha256` is that of the record, 64 hexadecimal digits."""

    id: str
    name: str
    description: str = ""
    genre: str = ""
    narrative: str = ""
    sha256: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusEntry:
    """A place in a status list (Bitstring Status List 1.0 §2.1)."""

    list_url: str
    index: int
    purpose: str = "revocation"


@dataclass(frozen=True, slots=True, kw_only=True)
class Award:
    """An achievement awarded to a subject. `id` is the address of the credential, `valid_from` when it was issued."""

    id: str
    issuer: Profile
    achievement: Achievement
    subject: Subject
    valid_from: datetime
    name: str = ""
    description: str = ""
    valid_until: datetime | None = None
    evidence: tuple[Evidence, ...] = ()
    status: StatusEntry | None = None


def credential_document(award: Award) -> dict[str, Any]:
    """The OpenBadgeCredential without a proof. The schema and the contexts are checked when it is signed."""
    return _without_empty(
        {
            "@context": list(CONTEXTS),
            "id": award.id,
            "type": list(TYPES),
            "name": award.name or award.achievement.name,
            "description": award.description,
            "issuer": profile_object(award.issuer),
            "validFrom": utc_text(award.valid_from),
            "validUntil": "" if award.valid_until is None else utc_text(award.valid_until),
            "credentialSubject": _subject_object(award),
            "evidence": [_evidence_object(evidence) for evidence in award.evidence],
            "credentialSchema": [{"id": ACHIEVEMENT_CREDENTIAL, "type": SCHEMA_TYPE}],
            "credentialStatus": {} if award.status is None else status_object(award.status),
        }
    )


def profile_object(profile: Profile) -> dict[str, Any]:
    return _without_empty(
        {
            "id": profile.id,
            "type": ["Profile"],
            "name": profile.name,
            "url": profile.url,
            "description": profile.description,
            "email": profile.email,
            "image": _image_object(profile.image_url),
            "givenName": profile.given_name,
            "familyName": profile.family_name,
        }
    )


def holder_document(profile: Profile) -> dict[str, Any]:
    """The profile of a person as a document of its own (Open Badges 3.0 §6.2.4)."""
    return {"@context": [OPEN_BADGES], **profile_object(profile)}


def achievement_object(achievement: Achievement, issuer: Profile) -> dict[str, Any]:
    """The achievement as it occurs in a credential of the issuer."""
    return _without_empty(
        {
            "id": achievement.id,
            "type": ["Achievement"],
            "name": achievement.name,
            "description": achievement.description,
            "achievementType": achievement.type,
            "version": achievement.version,
            "criteria": _without_empty(
                {"id": achievement.criteria.url, "narrative": achievement.criteria.narrative}
            ),
            "image": _image_object(achievement.image_url, achievement.image_caption),
            "tag": list(dict.fromkeys(achievement.tags)),
            "alignment": [_alignment_object(alignment) for alignment in achievement.alignments],
            "creator": _creator_object(achievement.creator, issuer),
        }
    )


def status_object(entry: StatusEntry) -> dict[str, Any]:
    return {
        "id": f"{entry.list_url}#{entry.index}",
        "type": "BitstringStatusListEntry",
        "statusPurpose": entry.purpose,
        "statusListIndex": str(entry.index),
        "statusListCredential": entry.list_url,
    }


def _subject_object(award: Award) -> dict[str, Any]:
    return _without_empty(
        {
            "id": award.subject.id,
            "type": ["AchievementSubject"],
            "identifier": [
                {
                    "type": "IdentityObject",
                    "hashed": True,
                    "identityHash": identity.hash,
                    "identityType": identity.type,
                    "salt": identity.salt,
                }
                for identity in award.subject.identities
            ],
            "achievement": achievement_object(award.achievement, award.issuer),
        }
    )


def _creator_object(creator: Profile | None, issuer: Profile) -> dict[str, Any]:
    """The creator, unless it is the issuer: of two descriptions of one thing, a proof does not notice if one is cut."""
    return {} if creator is None or creator.id == issuer.id else profile_object(creator)


def _evidence_object(evidence: Evidence) -> dict[str, Any]:
    return _without_empty(
        {
            "id": evidence.id,
            "type": ["Evidence"],
            "name": evidence.name,
            "description": evidence.description,
            "genre": evidence.genre,
            "narrative": evidence.narrative,
            "digestMultibase": digest_multibase(evidence.sha256) if evidence.sha256 else "",
        }
    )


def _alignment_object(alignment: Alignment) -> dict[str, Any]:
    return _without_empty(
        {
            "type": ["Alignment"],
            "targetName": alignment.name,
            "targetUrl": alignment.url,
            "targetType": alignment.type,
            "targetCode": alignment.code,
            "targetFramework": alignment.framework,
            "targetDescription": alignment.description,
        }
    )


def _image_object(url: str, caption: str = "") -> dict[str, Any]:
    return _without_empty({"id": url, "type": "Image", "caption": caption}) if url else {}


def _identity_hash(email: str, salt: str) -> str:
    return f"sha256${sha256(f'{email}{salt}'.encode()).hexdigest()}"


def _without_empty(members: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in members.items() if value not in ("", [], {}, None)}
