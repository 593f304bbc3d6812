"""Lists of the audit log: a chain, and what is selected from all chains."""

from functools import partial
from itertools import count
from typing import Any

from accounts.domain.audit.entities import AuditSelection
from accounts.domain.audit.repositories.protocols import NEWEST_FIRST, OLDEST_FIRST
from authsvc.kernel.paging import Keyset, Page, PageRequest
from authsvc.kernel.tenancy import ALL_TENANTS
from tests.accounts.auditing import an_entry
from tests.storage.listing import Listing, after_noon
from tests.support.worlds import World


def audit_entries(world: World) -> Listing:
    log, numbers = world.repositories.audit_log, count(1)

    def add(_: int) -> None:
        with world.unit_of_work.atomic():
            log.head_for_update(None, scope=ALL_TENANTS)
            log.append(an_entry(sequence=next(numbers)), scope=ALL_TENANTS)

    return Listing(page=partial(log.page_of, None, scope=ALL_TENANTS), add=add)


def newest_entries(world: World) -> Listing:
    return _selected_entries(world, NEWEST_FIRST)


def oldest_entries(world: World) -> Listing:
    return _selected_entries(world, OLDEST_FIRST)


def _selected_entries(world: World, order: Keyset) -> Listing:
    log, numbers = world.repositories.audit_log, count(1)

    def add(at: int) -> None:
        entry = an_entry(sequence=next(numbers), occurred_at=after_noon(at))
        with world.unit_of_work.atomic():
            log.head_for_update(None, scope=ALL_TENANTS)
            log.append(entry, scope=ALL_TENANTS)

    def page(request: PageRequest) -> Page[Any]:
        return log.selected(AuditSelection(), request, order, scope=ALL_TENANTS)

    return Listing(page=page, add=add)
