"""Credentials as JSON."""

from typing import Any

from django.conf import settings
from rest_framework import serializers

from authsvc.api.fields import TextField
from credentials.domain.entities import (
    Credential,
    CredentialType,
    HeldCredential,
    UserCredentialStatus,
    Verification,
)

TYPES = [type_.value for type_ in CredentialType]
STATUSES = [status.value for status in UserCredentialStatus]


class ReasonRequestSerializer(serializers.Serializer[Any]):
    reason = TextField(max_length=1000)


class CredentialSerializer(serializers.Serializer[Credential]):
    """A definition: what can be earned, and how."""

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


class CredentialNameSerializer(serializers.Serializer[HeldCredential]):
    """Which credential a copy is of, as it was defined when the copy was issued."""

    id = serializers.UUIDField(source="copy.credential_id")
    name = serializers.CharField(source="copy.terms.name")
    type = serializers.ChoiceField(source="copy.terms.type", choices=TYPES)
    version = serializers.IntegerField(source="copy.credential_version")


class HeldCredentialSerializer(serializers.Serializer[HeldCredential]):
    id = serializers.UUIDField(source="copy.id")
    credential = CredentialNameSerializer(source="*")
    issued_at = serializers.DateTimeField(source="copy.issued_at")
    expires_at = serializers.DateTimeField(source="copy.expires_at", allow_null=True)
    status = serializers.ChoiceField(choices=STATUSES)
    verify_url = serializers.SerializerMethodField()

    def get_verify_url(self, held: HeldCredential) -> str:
        return f"{settings.ENVIRONMENT.public_url}/v1/issued/{held.copy.id}/verify"


class VerificationSerializer(serializers.Serializer[Verification]):
    id = serializers.UUIDField()
    credential_name = serializers.CharField()
    issuer = serializers.CharField()
    issued_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField(allow_null=True)
    status = serializers.ChoiceField(choices=STATUSES)
    valid = serializers.BooleanField()
