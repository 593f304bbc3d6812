"""Reports on Open Badges as JSON."""

from django.conf import settings
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from credentials.domain.entities.badges import (
    BadgeContent,
    BadgeOutcome,
    BadgeReport,
    BadgeStep,
    BadgeStepName,
    BadgeVerdict,
)


class BadgeStepSerializer(serializers.Serializer[BadgeStep]):
    """A step of the verification, in the order of Open Badges 3.0."""

    name = serializers.ChoiceField(choices=[name.value for name in BadgeStepName])
    outcome = serializers.ChoiceField(choices=[outcome.value for outcome in BadgeOutcome])
    message = serializers.CharField()


class BadgeContentSerializer(serializers.Serializer[BadgeContent]):
    """What the credential states. Its signature confirms the `issuer_id`; the names are its own words."""

    id = serializers.CharField()
    name = serializers.CharField()
    issuer_id = serializers.CharField()
    issuer_name = serializers.CharField()
    valid_from = serializers.DateTimeField(allow_null=True)
    valid_until = serializers.DateTimeField(allow_null=True)
    verify_url = serializers.SerializerMethodField(
        help_text="Where a credential that was issued here can be verified by its record."
    )

    @extend_schema_field(serializers.CharField(allow_null=True))
    def get_verify_url(self, content: BadgeContent) -> str | None:
        if content.issued_id is None:
            return None
        return f"{settings.ENVIRONMENT.public_url}/v1/issued/{content.issued_id}/verify"


class BadgePartSerializer(serializers.Serializer[BadgeReport]):
    """The report on a credential in a transcript."""

    verdict = serializers.ChoiceField(choices=[verdict.value for verdict in BadgeVerdict])
    title = serializers.CharField()
    detail = serializers.CharField()
    steps = BadgeStepSerializer(many=True)
    credential = BadgeContentSerializer(source="content", allow_null=True)


class BadgeReportSerializer(BadgePartSerializer):
    """The steps end at the one that stopped the verification. Without a right signature `credential` is null.

    `credentials` are the reports on the credentials in a transcript, and empty for a badge.
    """

    credentials = BadgePartSerializer(many=True)
