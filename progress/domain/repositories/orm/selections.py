"""Event selections as conditions on rows; indexes of the log answer them."""

from collections.abc import Collection
from typing import Final
from uuid import UUID

from django.db.models import IntegerField, OuterRef, Q, QuerySet, Subquery, TextField
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast

from authsvc.kernel.tenancy import TenantScope
from authsvc.storage.tenancy import owned_within
from progress import models as rows
from progress.domain.entities.events import (
    SHAPES,
    EntityType,
    EventSelection,
    EventType,
    Subject,
)

_CHANGING_VERSION: Final = [
    type_.value for type_, shape in SHAPES.items() if "course_version" in shape.payload
]
"""The types of events that state the course version of the learner."""


def selected_events(selection: EventSelection, scope: TenantScope) -> QuerySet[rows.ProgressEvent]:
    """The selected events in scope, in any order. A registration is looked up first, in a statement of its own."""
    conditions = {
        "user_id": selection.user_id,
        "org_id": selection.org_id,
        "type__in": selection.types,
        "occurred_at__gt": selection.since,
        "occurred_at__lte": selection.until,
    }
    filters = {name: value for name, value in conditions.items() if value is not None}
    events = rows.ProgressEvent.objects.filter(owned_within(scope), **filters)
    if selection.subject is not None:
        events = _about(selection.subject, events)
    if selection.registration is not None:
        registered = rows.CourseProgress.objects.filter(registration=selection.registration)
        stream = registered.values("user_id", "course_id").first()
        events = events.none() if stream is None else events.filter(**stream)
    return events


def _about(subject: Subject, events: QuerySet[rows.ProgressEvent]) -> QuerySet[rows.ProgressEvent]:
    if subject.is_broad and subject.about is EntityType.COURSE:
        return events.filter(course_id=subject.id)
    if subject.about is EntityType.ATTEMPT:
        assessment = _text_in_payload("assessment_id")
        return events.alias(assessment=assessment).filter(
            entity_type=subject.about, assessment=str(subject.id)
        )
    if subject.course_id is not None:
        events = events.filter(course_id=subject.course_id)
    is_about = Q(entity_type=subject.about, entity_id=subject.id)
    if subject.is_broad and subject.about is EntityType.MODULE:
        module = _text_in_payload("module_id")
        completion = Q(type=EventType.ITEM_COMPLETED, module=str(subject.id))
        return events.alias(module=module).filter(is_about | completion)
    return events.filter(is_about)


def _text_in_payload(member: str) -> Cast:
    # Without the cast, lookups compare JSON; the indexes on members have it, too.
    return Cast(KeyTextTransform(member, "payload"), TextField())


def course_versions_at(event_ids: Collection[UUID], scope: TenantScope) -> dict[UUID, int]:
    """The number of the course version that the learner was on after each of these events in scope, if any."""
    stating = rows.ProgressEvent.objects.filter(
        user_id=OuterRef("user_id"),
        course_id=OuterRef("course_id"),
        sequence__lte=OuterRef("sequence"),
        type__in=_CHANGING_VERSION,
    )
    number = Cast(KeyTextTransform("course_version", "payload"), IntegerField())
    last = stating.order_by("-sequence").values(number=number)[:1]
    events = rows.ProgressEvent.objects.filter(owned_within(scope), id__in=event_ids)
    versions = events.annotate(in_version=Subquery(last)).values_list("id", "in_version")
    return {event_id: version for event_id, version in versions if version is not None}
