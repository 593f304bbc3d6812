"""The query of paginated lists."""

from typing import Any

from rest_framework import serializers


class PageQuerySerializer(serializers.Serializer[Any]):
    """The parameters of every paginated list."""

    limit = serializers.IntegerField(min_value=1, max_value=100, default=20)
    cursor = serializers.CharField(
        default=None, max_length=500, help_text="The member `next` of the previous page."
    )
