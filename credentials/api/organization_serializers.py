"""Credentials of an organization as JSON."""

from datetime import datetime
from typing import Any, Final

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.public import OrganizationId
from authsvc.http.fields import NameField, TextField
from authsvc.http.paging import ChangedSinceQuerySerializer
from authsvc.http.reading import Members
from courses.public import CourseId
from credentials.api.serializers import (
    ACHIEVEMENT_TYPES,
    TYPES,
    CredentialSerializer,
    HeldCredentialSerializer,
)
from credentials.domain.entities.credentials import (
    LISTED_STATUSES,
    IssuedCredentialStatus,
    IssuedSelection,
)
from credentials.domain.entities.definitions import (
    LONGEST_TAG,
    LONGEST_TEXT,
    MOST_ALIGNMENTS,
    MOST_TAGS,
    AchievementType,
    Alignment,
    Credential,
    CredentialTerms,
    CredentialType,
)
from credentials.domain.entities.rule_values import rule_in, value_of_rule
from progress.public import AssistedGrade

RULE: Final = {
    "type": ["object", "null"],
    "description": "The rule that earns it; without one, completing the course does. See docs/credentials.md.",
}


@extend_schema_field(RULE | {"type": "object"})  # null is added, because the field allows it
class RuleField(serializers.JSONField):
    """A rule, in the form in which docs/credentials.md describes it."""


class AlignmentRequestSerializer(serializers.Serializer[Any]):
    """A node of an educational framework that the credential corresponds to."""

    target_name = NameField(max_length=200)
    target_url = serializers.URLField(max_length=2000)
    target_framework = TextField(default="", allow_blank=True, max_length=200)
    target_code = TextField(default="", allow_blank=True, max_length=200)
    target_description = TextField(default="", allow_blank=True, max_length=LONGEST_TEXT)


class CredentialTermsRequestSerializer(serializers.Serializer[Any]):
    """Terms of a credential."""

    name = NameField(max_length=200)
    type = serializers.ChoiceField(choices=TYPES)
    description = TextField(default="", allow_blank=True, max_length=LONGEST_TEXT)
    criteria = TextField(max_length=LONGEST_TEXT)
    issuer = NameField(max_length=200)
    image_url = serializers.URLField(default="", allow_blank=True, max_length=2000)
    course_id = serializers.UUIDField()
    valid_for_days = serializers.IntegerField(default=None, allow_null=True)
    tags = serializers.ListField(
        child=NameField(max_length=LONGEST_TAG), default=list, max_length=MOST_TAGS
    )
    alignments = serializers.ListField(
        child=AlignmentRequestSerializer(), default=list, max_length=MOST_ALIGNMENTS
    )
    achievement_type = serializers.ChoiceField(
        choices=ACHIEVEMENT_TYPES,
        default=None,
        allow_null=True,
        help_text="As Open Badges 3.0 names the kind of achievement. By default the type implies it.",
    )
    rule = RuleField(default=None, allow_null=True)


class OrganizationCredentialSerializer(CredentialSerializer):
    """A definition as those see it who award the credential."""

    rule = serializers.SerializerMethodField()
    is_offered = serializers.BooleanField()
    created_at = serializers.DateTimeField()
    org_id = serializers.UUIDField()

    @extend_schema_field(RULE)
    def get_rule(self, credential: Credential) -> dict[str, Any] | None:
        rule = credential.terms.rule
        return None if rule is None else value_of_rule(rule)


class IssuedListQuerySerializer(ChangedSinceQuerySerializer):
    credential = serializers.UUIDField(
        default=None, help_text="Only those of the credential with this ID."
    )
    holder = serializers.UUIDField(
        default=None, help_text="Only those issued to the user with this ID."
    )
    status = serializers.ChoiceField(
        choices=[status.value for status in LISTED_STATUSES],
        default=None,
        help_text="Only those with this status.",
    )
    issued_after = serializers.DateTimeField(
        default=None, help_text="Only those issued at this time or later."
    )
    issued_before = serializers.DateTimeField(
        default=None, help_text="Only those issued before this time."
    )


class AssistedGradeSerializer(serializers.Serializer[AssistedGrade]):
    """A grade behind the credential for which language models had proposed scores: who gave it, and the models."""

    attempt_id = serializers.UUIDField()
    graded_by = serializers.UUIDField(allow_null=True)
    models = serializers.ListField(child=serializers.CharField(), help_text="As `provider/model`.")


class IssuedSerializer(HeldCredentialSerializer):
    """An issued credential as those see it who can revoke it."""

    user_id = serializers.UUIDField(source="issued.user_id")
    course_id = serializers.UUIDField(source="issued.evidence.course_id")
    assisted_grades = AssistedGradeSerializer(source="issued.evidence.assisted_grades", many=True)
    revoked_at = serializers.DateTimeField(
        source="issued.revocation.at", allow_null=True, default=None
    )
    revocation_cause = serializers.CharField(
        source="issued.revocation.cause", allow_null=True, default=None
    )
    revocation_reason = serializers.CharField(
        source="issued.revocation.reason", allow_null=True, default=None
    )


def selection_of(query: Members, *, org_id: OrganizationId, at: datetime) -> IssuedSelection:
    """What a query selects of what the organization issued."""
    status = query["status"]
    return IssuedSelection(
        org_id=org_id,
        credential_id=query["credential"],
        holder=query["holder"],
        status=None if status is None else IssuedCredentialStatus(status),
        issued_after=query["issued_after"],
        issued_before=query["issued_before"],
        changed_since=query["changed_since"],
        at=at,
    )


def terms_of(body: Members) -> CredentialTerms:
    """The terms in a body. Raises InvalidRule."""
    kind = body["achievement_type"]
    return CredentialTerms(
        name=body["name"],
        type=CredentialType(body["type"]),
        description=body["description"],
        criteria=body["criteria"],
        issuer=body["issuer"],
        image_url=body["image_url"],
        course_id=CourseId(body["course_id"]),
        valid_for_days=body["valid_for_days"],
        rule=None if body["rule"] is None else rule_in(body["rule"]),
        tags=tuple(dict.fromkeys(body["tags"])),
        alignments=tuple(Alignment(**alignment) for alignment in body["alignments"]),
        achievement_type=None if kind is None else AchievementType(kind),
    )
