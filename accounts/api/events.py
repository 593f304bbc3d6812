"""The feed of outgoing events."""

from typing import Any, Final

from rest_framework import serializers

from accounts.domain.access import Principal, Right, Scope
from authsvc.composition.container import services
from authsvc.events.catalogue import OutgoingEventType
from authsvc.events.entities import FeedPage, RecordedEvent
from authsvc.events.errors import EventsBusy
from authsvc.http.operations import Access, Whose, operation
from authsvc.http.reading import Members
from authsvc.http.views import ApiView
from authsvc.kernel.paging import MOST_ON_A_PAGE

GREATEST_POSITION: Final = 2**63 - 1
TYPES: Final = [type_.value for type_ in OutgoingEventType]


class FeedQuerySerializer(serializers.Serializer[Any]):
    after = serializers.IntegerField(
        min_value=0,
        max_value=GREATEST_POSITION,
        default=0,
        help_text="Only events after this position: the `next_after` of the previous answer.",
    )
    limit = serializers.IntegerField(min_value=1, max_value=MOST_ON_A_PAGE, default=MOST_ON_A_PAGE)
    type = serializers.ChoiceField(
        choices=TYPES, default=None, help_text="Only events of this type."
    )


class OutgoingEventSerializer(serializers.Serializer[RecordedEvent]):
    """An event of the catalogue, which states its `data` for each `type`."""

    id = serializers.UUIDField(source="event.id")
    position = serializers.IntegerField()
    type = serializers.ChoiceField(source="event.type", choices=TYPES)
    occurred_at = serializers.DateTimeField(source="event.occurred_at")
    org_id = serializers.UUIDField(
        source="event.org_id", allow_null=True, help_text="`null` if the platform owns it."
    )
    user_id = serializers.UUIDField(
        source="event.user_id", allow_null=True, help_text="The user whom it concerns, if any."
    )
    data = serializers.DictField(source="event.data")  # type: ignore[assignment]  # Serializer.data

    def to_representation(self, instance: RecordedEvent) -> dict[str, Any]:
        """The rendering that webhooks have, too."""
        return instance.members


class FeedSerializer(serializers.Serializer[FeedPage]):
    items = OutgoingEventSerializer(many=True)
    complete_up_to = serializers.IntegerField(
        help_text="No event at or before this position will ever be added."
    )
    next_after = serializers.IntegerField(help_text="The `after` of the next request.")


class EventFeedView(ApiView):
    @operation(
        name="readEvents",
        summary="Read the outgoing events after a position: an organization's for its admins, all for the platform's",
        access=Access(Whose.HELD, Right.READ_EVENTS),
        scope=Scope.EVENTS_READ,
        query=FeedQuerySerializer,
        answer=FeedSerializer,
        errors=(EventsBusy,),
    )
    def get(self, *, query: Members, by: Principal) -> FeedPage:
        type_ = query["type"]
        return services().event_feed.page_of(
            after=query["after"],
            limit=query["limit"],
            type_=None if type_ is None else OutgoingEventType(type_),
            by=by,
        )
