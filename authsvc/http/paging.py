"""The query of paginated lists."""

from typing import Any

from rest_framework import serializers

from authsvc.kernel.paging import MOST_ON_A_PAGE


class PageQuerySerializer(serializers.Serializer[Any]):
    """The parameters of every paginated list."""

    limit = serializers.IntegerField(min_value=1, max_value=MOST_ON_A_PAGE, default=20)
    cursor = serializers.CharField(
        default=None, max_length=500, help_text="The member `next` of the previous page."
    )


class ChangedSinceQuerySerializer(PageQuerySerializer):
    """The same for lists of which other systems keep a copy."""

    changed_since = serializers.DateTimeField(
        default=None, help_text="Only what was added or changed at this time or later."
    )


class LongPageQuerySerializer(PageQuerySerializer):
    """The same for lists that few callers have to page through, because they are short for almost everyone."""

    limit = serializers.IntegerField(min_value=1, max_value=MOST_ON_A_PAGE, default=MOST_ON_A_PAGE)
