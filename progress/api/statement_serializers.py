"""xAPI statements as JSON."""

from typing import Any, Final

from rest_framework import serializers

MOST: Final = 100
"""The largest number of statements in one answer, whatever `limit` asks for."""


class StatementQuerySerializer(serializers.Serializer[Any]):
    """The supported parameters of xAPI 1.0.3 §2.1.3, and those of this service."""

    limit = serializers.IntegerField(
        min_value=0,
        max_value=2**31 - 1,
        default=0,
        help_text=f"0 and larger values mean {MOST}.",
    )
    since = serializers.DateTimeField(
        default=None, help_text="Only statements stored after this time."
    )
    until = serializers.DateTimeField(
        default=None, help_text="Only statements stored at or before this time."
    )
    org = serializers.UUIDField(
        default=None,
        help_text="All statements of the organization with this ID; without it, the caller's own.",
    )
    cursor = serializers.CharField(
        default=None, max_length=500, help_text="Part of the URL in `more` of the previous answer."
    )


class StatementResultSerializer(serializers.Serializer[Any]):
    statements = serializers.ListField(child=serializers.DictField())
    more = serializers.CharField(allow_blank=True)
