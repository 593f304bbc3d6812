"""State of the event log in the database."""

from datetime import timedelta

from django.db.models import Exists, OuterRef

from authsvc.storage.settled import last_position, unsettled_for
from progress import models as rows


class OrmLogStateRepository:
    def last_position(self) -> int:
        return last_position(rows.ProgressEvent)

    def unsettled_for(self) -> timedelta:
        return unsettled_for(rows.ProgressEvent)

    def behind(self, *, among: int) -> int:
        heads = rows.CourseProgress.objects.filter(
            user_id=OuterRef("user_id"),
            course_id=OuterRef("course_id"),
            sequence__gte=OuterRef("sequence"),
        )
        # In one statement, which sees the events and the progress of the same moment.
        events = rows.ProgressEvent.objects.filter(position__gt=self.last_position() - among)
        return events.filter(~Exists(heads)).count()
