"""Search of the audit log: the entries of all chains, as auditors of the platform look for them."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from accounts.domain.access import Principal, Right
from accounts.domain.audit.entities import AuditEntry, AuditSelection
from accounts.domain.audit.repositories.protocols import (
    NEWEST_FIRST,
    OLDEST_FIRST,
    AuditLogRepository,
)
from authsvc.kernel.paging import MOST_ON_A_PAGE, PageRequest


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditPage:
    """Entries, newest first, and the cursors of the pages of older and of newer ones; None without such a page."""

    entries: tuple[AuditEntry, ...]
    older: str | None
    newer: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditSearch:
    """Reads all chains. Methods raise NotPermitted without the right to read the audit log of the platform."""

    entries: AuditLogRepository

    def page_of(
        self,
        selection: AuditSelection,
        *,
        limit: int,
        older: str | None = None,
        newer: str | None = None,
        by: Principal,
    ) -> AuditPage:
        """The newest selected entries, or those of the page with the cursor *older* or *newer* of another page.

        Raises InvalidCursor.
        """
        by.require(Right.READ_AUDIT)
        order = NEWEST_FIRST if newer is None else OLDEST_FIRST
        request = PageRequest(limit=limit, cursor=older if newer is None else newer)
        page = self.entries.selected(selection, request, order, scope=by.audit_scope)
        entries = page.items if newer is None else page.items[::-1]
        has_more = page.next_cursor is not None
        has_older, has_newer = (has_more, older is not None) if newer is None else (True, has_more)
        return AuditPage(
            entries=entries,
            older=NEWEST_FIRST.cursor_after(NEWEST_FIRST.key_of(entries[-1]))
            if entries and has_older
            else None,
            newer=OLDEST_FIRST.cursor_after(OLDEST_FIRST.key_of(entries[0]))
            if entries and has_newer
            else None,
        )

    def pages_of(
        self, selection: AuditSelection, *, by: Principal
    ) -> Iterator[tuple[AuditEntry, ...]]:
        """All selected entries, oldest first, page by page."""
        by.require(Right.READ_AUDIT)
        request: PageRequest | None = PageRequest(limit=MOST_ON_A_PAGE)
        while request is not None:
            page = self.entries.selected(selection, request, OLDEST_FIRST, scope=by.audit_scope)
            yield page.items
            request = replace(request, cursor=page.next_cursor) if page.next_cursor else None
