"""Definitions of credentials, and their versions."""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Final, NewType
from uuid import UUID

from accounts.public import OrganizationId
from authsvc.kernel.canonical import checksum
from authsvc.kernel.errors import FieldError
from courses.public import CourseId
from credentials.domain.entities.rule_values import value_of_rule
from credentials.domain.entities.rules import CompletedCourse, Rule, Trigger, checked, triggers_of
from credentials.domain.errors import ImpossibleValidity

CredentialId = NewType("CredentialId", UUID)

LONGEST_VALIDITY_DAYS: Final = 36_500
"""A hundred years; a credential that is valid for longer should not expire."""

LONGEST_TEXT: Final = 10_000
"""Characters of a description or of criteria, which each issued credential stores again."""

MOST_TAGS: Final = 50
LONGEST_TAG: Final = 100
MOST_ALIGNMENTS: Final = 20


class CredentialType(StrEnum):
    CERTIFICATE = "certificate"
    BADGE = "badge"
    MICROCREDENTIAL = "microcredential"


class AchievementType(StrEnum):
    """Kinds of achievements (Open Badges 3.0, enumeration AchievementType)."""

    ACHIEVEMENT = "Achievement"
    ASSESSMENT = "Assessment"
    AWARD = "Award"
    BADGE = "Badge"
    CERTIFICATE = "Certificate"
    CERTIFICATE_OF_COMPLETION = "CertificateOfCompletion"
    CERTIFICATION = "Certification"
    COMPETENCY = "Competency"
    COURSE = "Course"
    LEARNING_PROGRAM = "LearningProgram"
    LICENSE = "License"
    MEMBERSHIP = "Membership"
    MICRO_CREDENTIAL = "MicroCredential"
    QUALITY_ASSURANCE = "QualityAssuranceCredential"


_USUAL_ACHIEVEMENTS: Final = {
    CredentialType.CERTIFICATE: AchievementType.CERTIFICATE,
    CredentialType.BADGE: AchievementType.BADGE,
    CredentialType.MICROCREDENTIAL: AchievementType.MICRO_CREDENTIAL,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Alignment:
    """A node of an educational framework that a credential corresponds to (Open Badges 3.0, Alignment)."""

    target_name: str
    target_url: str
    target_framework: str = ""
    target_code: str = ""
    target_description: str = ""

    @property
    def content(self) -> Mapping[str, str]:
        """Its members that are not empty, as they are stored and hashed."""
        return {name: value for name, value in asdict(self).items() if value}


@dataclass(frozen=True, slots=True, kw_only=True)
class CredentialTerms:
    """Terms of a credential. It is earned by meeting the rule or, without one, by completing the course.

    The owner of the course owns the credential. `criteria` tells third parties what the holder had to do, `issuer`
    names who vouches for it, `image_url` may be empty. Without an `achievement_type`, its type implies one.
    """

    name: str
    type: CredentialType
    description: str
    criteria: str
    issuer: str
    image_url: str
    course_id: CourseId
    valid_for_days: int | None
    rule: Rule | None = None
    tags: tuple[str, ...] = ()
    alignments: tuple[Alignment, ...] = ()
    achievement_type: AchievementType | None = None

    @property
    def achievement(self) -> AchievementType:
        """The kind of achievement that is stated to third parties."""
        return self.achievement_type or _USUAL_ACHIEVEMENTS[self.type]

    @property
    def earned_by(self) -> Rule:
        """The rule, or the default one."""
        return self.rule or CompletedCourse(self.course_id)

    @property
    def triggers(self) -> AbstractSet[Trigger]:
        """Things whose completion may earn the credential."""
        return triggers_of(self.earned_by)

    @property
    def content(self) -> Mapping[str, object]:
        """Its members as JSON values, as they are hashed, stored and audited.

        Terms without the members that came later have the hash of before.
        """
        return {
            "name": self.name,
            "type": self.type.value,
            "description": self.description,
            "criteria": self.criteria,
            "issuer": self.issuer,
            "image_url": self.image_url,
            "course_id": str(self.course_id),
            "valid_for_days": self.valid_for_days,
            "rule": None if self.rule is None else value_of_rule(self.rule),
            **self.classification,
        }

    @property
    def classification(self) -> Mapping[str, object]:
        """Tags, alignments and kind of achievement, as far as they are stated, as they are stored and hashed."""
        members: Mapping[str, object] = {
            "tags": list(self.tags),
            "alignments": [alignment.content for alignment in self.alignments],
            "achievement_type": self.achievement_type and self.achievement_type.value,
        }
        return {name: value for name, value in members.items() if value}

    def checked(self) -> "CredentialTerms":
        """Return the terms if they are valid. Raises ImpossibleValidity, InvalidRule."""
        if self.rule is not None:
            checked(self.rule)
        days = self.valid_for_days
        if days is not None and not 1 <= days <= LONGEST_VALIDITY_DAYS:
            field_error = FieldError(path="valid_for_days", detail=ImpossibleValidity.title)
            raise ImpossibleValidity(field_error, longest=LONGEST_VALIDITY_DAYS)
        return self


@dataclass(frozen=True, slots=True, kw_only=True)
class CredentialVersion:
    """A version of a definition, which never changes and is never deleted. Issued credentials name theirs."""

    credential_id: CredentialId
    number: int
    terms: CredentialTerms
    created_at: datetime
    org_id: OrganizationId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Credential:
    """The definition of a credential; its owner is that of the course.

    Each change of the terms makes a new version; issued credentials keep theirs. `amended_at` is the time of the last
    change of the terms, None before the first.
    """

    id: CredentialId
    version: int
    terms: CredentialTerms
    is_offered: bool
    created_at: datetime
    org_id: OrganizationId | None = None
    amended_at: datetime | None = None

    @property
    def content_hash(self) -> str:
        """The SHA-256 of all of it but `amended_at`, which binds it into the audit log."""
        return checksum(
            {
                "id": self.id,
                "version": self.version,
                "terms": self.terms.content,
                "is_offered": self.is_offered,
                "created_at": self.created_at,
                "org_id": self.org_id,
            }
        )

    @property
    def binding(self) -> Mapping[str, str | int]:
        """What the audit log states about it."""
        return {"version": self.version, "sha256": self.content_hash}

    @property
    def current_version(self) -> CredentialVersion:
        return CredentialVersion(
            credential_id=self.id,
            number=self.version,
            terms=self.terms,
            created_at=self.amended_at or self.created_at,
            org_id=self.org_id,
        )

    def amended(self, terms: CredentialTerms, *, at: datetime) -> "Credential":
        """Raises ImpossibleValidity, InvalidRule."""
        if terms == self.terms:
            return self
        return replace(self, terms=terms.checked(), version=self.version + 1, amended_at=at)
