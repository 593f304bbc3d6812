"""Repository protocols of the audit log."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Final, Protocol
from uuid import UUID

from accounts.domain.access import OrganizationId
from accounts.domain.audit.entities import (
    Anchor,
    AuditEntry,
    AuditHead,
    AuditSelection,
    SubjectType,
)
from authsvc.kernel.paging import Keyset, Page, PageRequest
from authsvc.kernel.tenancy import TenantScope
from authsvc.kernel.verification import Stored

AUDIT_ENTRIES: Final = Keyset("audit-entries", {"sequence": int}, descends=True)
_BY_TIME: Final = {"occurred_at": datetime, "id": UUID}
NEWEST_FIRST: Final = Keyset("audit-newest-first", _BY_TIME, descends=True)
OLDEST_FIRST: Final = Keyset("audit-oldest-first", _BY_TIME)


class AuditLogRepository(Protocol):
    def head_for_update(self, org_id: OrganizationId | None, *, scope: TenantScope) -> AuditHead:
        """The head of the chain, locked until the unit of work ends."""

    def append(self, entry: AuditEntry, *, scope: TenantScope) -> None:
        """Append an entry to its chain, whose head the caller has locked. Entries are never changed or deleted."""

    def append_all(
        self, org_id: OrganizationId | None, entries: Sequence[AuditEntry], *, scope: TenantScope
    ) -> None:
        """Like append, for consecutive entries of one chain."""

    def page_of(
        self, org_id: OrganizationId | None, request: PageRequest, *, scope: TenantScope
    ) -> Page[AuditEntry]:
        """The entries of a chain, newest first."""

    def selected(
        self, selection: AuditSelection, request: PageRequest, order: Keyset, *, scope: TenantScope
    ) -> Page[AuditEntry]:
        """The selected entries of all chains in scope, NEWEST_FIRST or OLDEST_FIRST."""

    def following(
        self, org_id: OrganizationId | None, *, after: int, limit: int, scope: TenantScope
    ) -> list[AuditEntry]:
        """At most *limit* entries of a chain with a higher sequence than *after*, oldest first."""

    def binding(
        self, subject_type: SubjectType, *, scope: TenantScope
    ) -> Iterator[Stored[AuditEntry]]:
        """The entries that state a version or a hash of subjects of this type, in the order of the log."""

    def last_position(self) -> int:
        """The position of the last entry of all tenants; 0 if there is none."""

    def settled_position(self) -> int:
        """The position up to which the log of all tenants will never change. Raise AuditLogBusy if it is unknown."""

    def hashes(self, *, after: int, up_to: int | None = None) -> Iterator[tuple[int, str]]:
        """The position and the hash of each entry of all tenants after a position, in the order of the log."""

    def count(self) -> int:
        """The number of entries of all tenants."""

    def heads(self, *, scope: TenantScope) -> list[AuditHead]:
        """The heads of all chains: the platform's first, then ordered by organization.

        A chain that has entries but no stored head has a head with sequence 0.
        """


class AnchorRepository(Protocol):
    def add(self, anchor: Anchor) -> bool:
        """Add an anchor, which never changes. Return whether it was added: its number may be taken."""

    def last(self) -> Anchor | None:
        """The anchor with the greatest number, if there is one."""

    def in_order(self) -> Iterator[Anchor]:
        """All anchors, by number."""
