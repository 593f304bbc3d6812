"""Taking the log out, for other systems."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from accounts.public import Gate, OrganizationId, Principal, Right, SubjectType
from authsvc.kernel.pages import Page, PageRequest
from authsvc.kernel.reach import Reach
from progress.domain.entities import EventSelection, ProgressEvent
from progress.domain.repositories.protocols import EventRepository

_AT_ONCE: Final = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportService:
    """Gives out what the asker himself has done; in an organization what everybody has done, to those who teach there.

    Without an organization a program that may manage them all is given everything.
    """

    log: EventRepository
    gate: Gate

    def page(
        self,
        request: PageRequest,
        *,
        by: Principal,
        org_id: OrganizationId | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
    ) -> Page[ProgressEvent]:
        """What was recorded after *since* and not after *until*, in the order of the log.

        Whoever follows the pages misses nothing that was committed before he asked for the last one, and sees nothing
        twice. Each of them is a look into the organization: anybody can make up a cursor, so it says nothing of an
        earlier one.

        Raises OrganizationNotFound, NotPermitted, PersonNeeded, InvalidCursor, LogBusy.
        """
        selected, within = self._allowed(org_id, since, until, by)
        page = self.log.page(selected, request, within=within)
        self.gate.note_look(org_id, at=SubjectType.LEARNERS, subject_id=org_id, by=by)
        return page

    def whole(
        self,
        *,
        by: Principal,
        org_id: OrganizationId | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
    ) -> Iterator[ProgressEvent]:
        """All that the pages hold, one after the other, for one look into the organization.

        Raises OrganizationNotFound, NotPermitted, PersonNeeded, LogBusy.
        """
        selected, within = self._allowed(org_id, since, until, by)
        request = PageRequest(limit=_AT_ONCE)
        page = self.log.page(selected, request, within=within)
        self.gate.note_look(org_id, at=SubjectType.LEARNERS, subject_id=org_id, by=by)
        yield from page.items
        while page.next_cursor is not None:
            request = replace(request, cursor=page.next_cursor)
            page = self.log.page(selected, request, within=within)
            yield from page.items

    def _allowed(
        self,
        org_id: OrganizationId | None,
        since: datetime | None,
        until: datetime | None,
        by: Principal,
    ) -> tuple[EventSelection, Reach]:
        """What the asker may be given of this time, and how far he sees."""
        selected = EventSelection(since=since, until=until)
        if org_id is not None:
            self.gate.organization(org_id, by=by)
            by.require(Right.SEE_PROGRESS, of=org_id)
            return replace(selected, org_id=org_id), by.reach
        if by.user_id is None and by.may(Right.MANAGE_ORGANIZATIONS):
            return selected, by.reach
        return replace(selected, user_id=by.person), by.own_reach
