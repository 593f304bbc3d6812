"""Prompt templates in the database."""

from collections.abc import Iterator
from typing import Any, Final

from django.db.models import F

from accounts.public import UserId
from authsvc.kernel.verification import Stored
from authsvc.storage.inserts import insert
from authsvc.storage.prepared import PreparedQuery
from authsvc.storage.rows import first_of, values_of
from authsvc.storage.verification import stored_rows
from progress import models as rows
from progress.domain.ai.entities.prompts import (
    USED,
    PromptStatus,
    PromptTemplate,
    PromptTemplateId,
)
from progress.domain.ai.entities.sessions import SessionType
from progress.domain.ai.errors import PromptTemplateNotFound, PromptVersionOutdated

_OF_USE: Final = ("status", "traffic_percent", "trial_since", "activated_by_id", "activated_at")
_VERSIONS: Final = rows.PromptTemplate.objects.annotate(
    **{name: F(f"use__{name}") for name in _OF_USE}
)
_USED: Final = PreparedQuery(
    lambda session_type: _VERSIONS.filter(
        use__session_type=session_type, use__status__in=[status.value for status in USED]
    )
)


class OrmPromptTemplateRepository:
    def add(self, template: PromptTemplate) -> None:
        values = values_of(rows.PromptTemplate, template)
        if not insert(rows.PromptTemplate, [values], unless_taken=("name", "version")):
            raise PromptVersionOutdated(latest=template.version)
        insert(rows.PromptUse, [_use_of(template)])

    def get(self, template_id: PromptTemplateId) -> PromptTemplate:
        return _template(first_of(_VERSIONS.filter(pk=template_id), missing=PromptTemplateNotFound))

    def latest(self, name: str) -> PromptTemplate | None:
        row = _VERSIONS.filter(name=name).order_by("-version").first()
        return None if row is None else _template(row)

    def used_in(self, session_type: SessionType) -> list[PromptTemplate]:
        return [_template(row) for row in _USED.all(session_type.value)]

    def all_for_update(self, session_type: SessionType) -> list[PromptTemplate]:
        uses = rows.PromptUse.objects.filter(session_type=session_type).select_for_update()
        # In one order, so that no two transactions wait for each other; read afterwards, as they then are.
        locked = [use.pk for use in uses.order_by("pk")]
        return [_template(row) for row in _VERSIONS.filter(pk__in=locked)]

    def in_order(self) -> Iterator[Stored[PromptTemplate]]:
        versions = _VERSIONS.order_by("name", "version")
        return stored_rows(versions, _template, key=lambda row: (row.name, row.version))

    def save(self, template: PromptTemplate) -> None:
        rows.PromptUse.objects.filter(pk=template.id).update(**_use_of(template))


def _use_of(template: PromptTemplate) -> dict[str, Any]:
    return values_of(rows.PromptUse, template, template_id=template.id)


def _template(row: Any) -> PromptTemplate:
    return PromptTemplate(
        id=PromptTemplateId(row.id),
        name=row.name,
        session_type=SessionType(row.session_type),
        version=row.version,
        text=row.text,
        created_by=UserId(row.created_by_id) if row.created_by_id else None,
        created_at=row.created_at,
        status=PromptStatus(row.status),
        traffic_percent=row.traffic_percent,
        trial_since=row.trial_since,
        activated_by=UserId(row.activated_by_id) if row.activated_by_id else None,
        activated_at=row.activated_at,
    )
