"""Credentials as JSON."""

from typing import Any

from django.conf import settings
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from authsvc.http.fields import FlagField, TextField
from authsvc.http.rendering import shown
from credentials.domain.entities.credentials import (
    Binding,
    Eligibility,
    IssuedCredentialStatus,
    RevocationCause,
    Verification,
)
from credentials.domain.entities.definitions import (
    AchievementType,
    Alignment,
    Credential,
    CredentialType,
    CredentialVersion,
)
from credentials.domain.entities.rules import TriggerKind, Verdict
from credentials.openbadges.verification import Outcome, Step, StepName

BADGE = {
    "type": "object",
    "description": "An OpenBadgeCredential (Open Badges 3.0) with its proof.",
}
TOKEN = {"type": "string", "description": "The credential as VC-JWT (Open Badges 3.0, §8.2)."}
ACHIEVEMENT_TYPES = [type_.value for type_ in AchievementType]
TYPES = [type_.value for type_ in CredentialType]
KINDS = [kind.value for kind in TriggerKind]
BINDINGS = [binding.value for binding in Binding]
STATUSES = [status.value for status in IssuedCredentialStatus]


class ReasonRequestSerializer(serializers.Serializer[Any]):
    reason = TextField(max_length=1000)


class RevokeRequestSerializer(ReasonRequestSerializer):
    cause = serializers.ChoiceField(
        choices=[cause.value for cause in RevocationCause],
        default=None,
        allow_null=True,
        help_text="What the public page says of why; the reason stays internal.",
    )


class NameChoiceRequestSerializer(serializers.Serializer[Any]):
    shows_name = FlagField(help_text="Whether the public page names the holder.")


class EvidenceRecordSerializer(serializers.Serializer[Any]):
    """A record: the event of a completion, or an attempt and the event that recorded it."""

    id = serializers.CharField(help_text="That of the evidence.")
    name = serializers.CharField()
    content = serializers.DictField(help_text="What is hashed, as canonical JSON.")
    event = serializers.DictField(required=False, help_text="Of attempts: the event that binds it.")


class EvidenceRecordsSerializer(serializers.Serializer[Any]):
    """The records that a signed credential names, as they are now."""

    credential = serializers.CharField(help_text="The id of the signed credential.")
    records = EvidenceRecordSerializer(many=True)


class AlignmentSerializer(serializers.Serializer[Alignment]):
    """A node of an educational framework."""

    target_name = serializers.CharField()
    target_url = serializers.CharField()
    target_framework = serializers.CharField()
    target_code = serializers.CharField()
    target_description = serializers.CharField()


class CredentialSerializer(serializers.Serializer[Credential]):
    """The definition of a credential: what can be earned, and how."""

    id = serializers.UUIDField()
    name = serializers.CharField(source="terms.name")
    type = serializers.ChoiceField(source="terms.type", choices=TYPES)
    version = serializers.IntegerField()
    description = serializers.CharField(source="terms.description")
    criteria = serializers.CharField(source="terms.criteria")
    issuer = serializers.CharField(source="terms.issuer")
    image_url = serializers.CharField(source="terms.image_url")
    course_id = serializers.UUIDField(source="terms.course_id")
    valid_for_days = serializers.IntegerField(source="terms.valid_for_days", allow_null=True)
    tags = serializers.ListField(source="terms.tags", child=serializers.CharField())
    alignments = AlignmentSerializer(source="terms.alignments", many=True)
    achievement_type = serializers.ChoiceField(
        source="terms.achievement",
        choices=ACHIEVEMENT_TYPES,
        help_text="As Open Badges 3.0 names the kind of achievement.",
    )


class CredentialVersionSerializer(serializers.Serializer[CredentialVersion]):
    """A version of a credential, as it was shown to those who earned it."""

    credential_id = serializers.UUIDField()
    version = serializers.IntegerField(source="number")
    created_at = serializers.DateTimeField()
    name = serializers.CharField(source="terms.name")
    type = serializers.ChoiceField(source="terms.type", choices=TYPES)
    description = serializers.CharField(source="terms.description")
    criteria = serializers.CharField(source="terms.criteria")
    issuer = serializers.CharField(source="terms.issuer")
    image_url = serializers.CharField(source="terms.image_url")
    course_id = serializers.UUIDField(source="terms.course_id")
    valid_for_days = serializers.IntegerField(source="terms.valid_for_days", allow_null=True)
    tags = serializers.ListField(source="terms.tags", child=serializers.CharField())
    alignments = AlignmentSerializer(source="terms.alignments", many=True)
    achievement_type = serializers.ChoiceField(
        source="terms.achievement", choices=ACHIEVEMENT_TYPES
    )


class CredentialNameSerializer(serializers.Serializer[Verification]):
    """The definition of an issued credential, as it was when it was issued."""

    id = serializers.UUIDField(source="issued.credential_id")
    name = serializers.CharField(source="issued.terms.name")
    type = serializers.ChoiceField(source="issued.terms.type", choices=TYPES)
    version = serializers.IntegerField(source="issued.credential_version")


class HeldCredentialSerializer(serializers.Serializer[Verification]):
    id = serializers.UUIDField(source="issued.id")
    credential = CredentialNameSerializer(source="*")
    issued_at = serializers.DateTimeField(source="issued.issued_at")
    expires_at = serializers.DateTimeField(source="issued.expires_at", allow_null=True)
    status = serializers.ChoiceField(choices=STATUSES)
    shows_name = serializers.BooleanField(source="issued.shows_name")
    supersedes = serializers.UUIDField(
        source="issued.supersedes",
        allow_null=True,
        help_text="The credential in whose place it was issued.",
    )
    verify_url = serializers.SerializerMethodField()

    def get_verify_url(self, held: Verification) -> str:
        return f"{settings.ENVIRONMENT.public_url}/v1/issued/{held.issued.id}/verify"


class ShownCredentialSerializer(HeldCredentialSerializer):
    """An issued credential as strangers see it."""

    superseded_by = serializers.UUIDField(
        allow_null=True, help_text="The credential that was issued in its place."
    )


class SubjectSerializer(serializers.Serializer[Verdict]):
    """What a rule requires; without slug and title for callers who cannot see it."""

    kind = serializers.ChoiceField(source="subject.kind", choices=KINDS)
    id = serializers.UUIDField(source="subject.subject_id")
    slug = serializers.CharField(source="name.slug", allow_null=True, default=None)
    title = serializers.CharField(source="name.title", allow_null=True, default=None)


class VerdictSerializer(serializers.Serializer[Verdict]):
    """The result of one rule; `children` are verdicts of the same shape."""

    rule = serializers.CharField()
    is_met = serializers.BooleanField()
    reached = serializers.CharField()
    subject = serializers.SerializerMethodField()
    children = serializers.SerializerMethodField()

    @extend_schema_field(SubjectSerializer(allow_null=True))
    def get_subject(self, verdict: Verdict) -> Any:
        return None if verdict.subject is None else shown(verdict, SubjectSerializer)

    def get_children(self, verdict: Verdict) -> list[dict[str, Any]]:
        return [shown(child, VerdictSerializer) for child in verdict.children]


class EligibilitySerializer(serializers.Serializer[Eligibility]):
    credential_id = serializers.UUIDField(source="credential.id")
    is_eligible = serializers.BooleanField()
    holds = serializers.BooleanField()
    missing = serializers.ListField(child=serializers.CharField())
    verdict = VerdictSerializer()


class StepSerializer(serializers.Serializer[Step]):
    """A step of the verification of the signed form, in the order of Open Badges 3.0."""

    name = serializers.ChoiceField(choices=[name.value for name in StepName])
    outcome = serializers.ChoiceField(choices=[outcome.value for outcome in Outcome])
    message = serializers.CharField()


class VerificationSerializer(serializers.Serializer[Verification]):
    id = serializers.UUIDField(source="issued.id")
    credential_name = serializers.CharField(source="issued.terms.name")
    issuer = serializers.CharField(source="issued.terms.issuer")
    issued_at = serializers.DateTimeField(source="issued.issued_at")
    expires_at = serializers.DateTimeField(source="issued.expires_at", allow_null=True)
    status = serializers.ChoiceField(choices=STATUSES)
    valid = serializers.BooleanField()
    binding = serializers.ChoiceField(choices=BINDINGS)
    detail = serializers.CharField()
    supersedes = serializers.UUIDField(source="issued.supersedes", allow_null=True)
    superseded_by = serializers.UUIDField(allow_null=True)
    steps = StepSerializer(many=True)
