"""ORM repositories of the audit log."""

from collections.abc import Iterator, Sequence
from typing import Any, Final
from uuid import UUID

from django.db.models import Q, QuerySet

from accounts import models as rows
from accounts.domain.access import OrganizationId
from accounts.domain.audit.entities import (
    BOUND,
    Anchor,
    AuditEntry,
    AuditHead,
    AuditSelection,
    AuditSide,
    SubjectType,
)
from accounts.domain.audit.errors import AuditLogBusy
from accounts.domain.audit.repositories.protocols import AUDIT_ENTRIES
from authsvc.kernel.ids import parse_uuid
from authsvc.kernel.paging import Keyset, Page, PageRequest
from authsvc.kernel.tenancy import TenantScope
from authsvc.kernel.verification import Stored
from authsvc.storage.inserts import insert
from authsvc.storage.paging import page_of_rows
from authsvc.storage.settled import (
    NotSettled,
    last_position,
    positions_and_hashes,
    settled_up_to,
)
from authsvc.storage.tenancy import owned_within
from authsvc.storage.verification import stored_rows

Values = dict[str, Any]

PLATFORM: Final = UUID(int=0)
"""The key of the platform's chain; other chains have the id of their organization."""


class OrmAuditLogRepository:
    def head_for_update(self, org_id: OrganizationId | None, *, scope: TenantScope) -> AuditHead:
        scope.require(org_id)
        heads = rows.AuditHead.objects.select_for_update()
        row = heads.filter(pk=org_id or PLATFORM).first()
        if row is None:
            insert(rows.AuditHead, [_head_values(AuditHead(org_id=org_id))], unless_taken=("id",))
            row = heads.get(pk=org_id or PLATFORM)
        return _head(row)

    def append(self, entry: AuditEntry, *, scope: TenantScope) -> None:
        self.append_all(entry.act.org_id, [entry], scope=scope)

    def append_all(
        self, org_id: OrganizationId | None, entries: Sequence[AuditEntry], *, scope: TenantScope
    ) -> None:
        scope.require(org_id)
        if not entries:
            return
        insert(rows.AuditEntry, [_entry_values(entry) for entry in entries])
        head = _head_values(AuditHead(org_id=org_id).after(entries[-1]))
        rows.AuditHead.objects.filter(pk=head.pop("id")).update(**head)

    def page_of(
        self, org_id: OrganizationId | None, request: PageRequest, *, scope: TenantScope
    ) -> Page[AuditEntry]:
        return page_of_rows(_chain(org_id, scope), request, AUDIT_ENTRIES, rows.AuditEntry.as_entry)

    def selected(
        self, selection: AuditSelection, request: PageRequest, order: Keyset, *, scope: TenantScope
    ) -> Page[AuditEntry]:
        entries = rows.AuditEntry.objects.filter(owned_within(scope), *_conditions(selection))
        return page_of_rows(entries, request, order, rows.AuditEntry.as_entry)

    def following(
        self, org_id: OrganizationId | None, *, after: int, limit: int, scope: TenantScope
    ) -> list[AuditEntry]:
        entries = _chain(org_id, scope).filter(sequence__gt=after).order_by("sequence")
        return [row.as_entry() for row in entries[:limit]]

    def binding(
        self, subject_type: SubjectType, *, scope: TenantScope
    ) -> Iterator[Stored[AuditEntry]]:
        entries = rows.AuditEntry.objects.filter(
            owned_within(scope),
            subject_type=subject_type,
            after__has_any_keys=["version", BOUND],
        )
        return stored_rows(
            entries.order_by("position"), rows.AuditEntry.as_entry, key=lambda row: row.subject_id
        )

    def last_position(self) -> int:
        return last_position(rows.AuditEntry)

    def settled_position(self) -> int:
        try:
            last = settled_up_to(rows.AuditEntry)
        except NotSettled:
            raise AuditLogBusy from None
        return min(last, last_position(rows.AuditEntry))

    def hashes(self, *, after: int, up_to: int | None = None) -> Iterator[tuple[int, str]]:
        return positions_and_hashes(rows.AuditEntry, after=after, up_to=up_to)

    def count(self) -> int:
        return rows.AuditEntry.objects.count()

    def heads(self, *, scope: TenantScope) -> list[AuditHead]:
        entries = rows.AuditEntry.objects.filter(owned_within(scope))
        chains = entries.order_by().values_list("org_id", flat=True).distinct()
        empty = {chain or PLATFORM: AuditHead(org_id=_org_id(chain)) for chain in chains}
        stored = rows.AuditHead.objects.all()
        if not scope.is_all_tenants:
            stored = stored.filter(pk__in=[PLATFORM, *scope.organizations])
        heads = empty | {row.id: _head(row) for row in stored}
        return [heads[chain] for chain in sorted(heads)]


class OrmAnchorRepository:
    def add(self, anchor: Anchor) -> bool:
        values = {
            "sequence": anchor.sequence,
            "token": anchor.token,
            "public_key": dict(anchor.public_key),
        }
        return bool(insert(rows.Anchor, [values], unless_taken=("sequence",)))

    def last(self) -> Anchor | None:
        row = rows.Anchor.objects.order_by("-sequence").first()
        return None if row is None else _anchor(row)

    def in_order(self) -> Iterator[Anchor]:
        return map(_anchor, rows.Anchor.objects.order_by("sequence").iterator())


def _anchor(row: rows.Anchor) -> Anchor:
    key = row.public_key if isinstance(row.public_key, dict) else {}
    return Anchor(sequence=row.sequence, token=row.token, public_key=key)


def _chain(org_id: OrganizationId | None, scope: TenantScope) -> QuerySet[rows.AuditEntry]:
    if not scope.covers(org_id):
        return rows.AuditEntry.objects.none()
    return rows.AuditEntry.objects.filter(org_id=org_id)


def _conditions(selection: AuditSelection) -> list[Q]:
    """What the rows of the selected entries fulfil."""
    columns = {
        "org_id": selection.org_id,
        "client_id": selection.client_id or None,
        "occurred_at__gte": selection.since,
        "occurred_at__lt": selection.until,
        "action__in": None if selection.actions is None else sorted(selection.actions),
    }
    conditions = [Q(**{name: value}) for name, value in columns.items() if value is not None]
    if selection.parties is not None:
        conditions.append(_concerning(selection.parties, selection.side))
    if selection.reference:
        reference = parse_uuid(selection.reference)
        is_entry = Q() if reference is None else Q(id=reference)
        conditions.append(is_entry | Q(request_id=selection.reference))
    return conditions


def _concerning(parties: frozenset[str], side: AuditSide) -> Q:
    people = [user_id for party in parties if (user_id := parse_uuid(party))]
    acted = Q(actor_id__in=people) | Q(actor_id=None, client_id__in=parties)
    was_acted_on = Q(subject_id__in=parties)
    if side is AuditSide.EITHER:
        return acted | was_acted_on
    return acted if side is AuditSide.ACTOR else was_acted_on


def _head(row: rows.AuditHead) -> AuditHead:
    return AuditHead(
        org_id=None if row.id == PLATFORM else OrganizationId(row.id),
        sequence=row.sequence,
        hash=row.hash,
    )


def _head_values(head: AuditHead) -> Values:
    return {"id": head.org_id or PLATFORM, "sequence": head.sequence, "hash": head.hash}


def _org_id(value: UUID | None) -> OrganizationId | None:
    return None if value is None else OrganizationId(value)


def _entry_values(entry: AuditEntry) -> Values:
    act = entry.act
    return {
        "id": entry.id,
        "org_id": act.org_id,
        "sequence": entry.sequence,
        "action": act.action,
        "subject_type": act.subject_type,
        "subject_id": act.subject_id,
        "before": dict(act.before),
        "after": dict(act.after),
        "reason": act.reason,
        "actor_id": entry.actor_id,
        "client_id": entry.client_id,
        "request_id": entry.request_id,
        "occurred_at": entry.occurred_at,
        "previous_hash": entry.previous_hash,
        "hash": entry.hash,
    }
