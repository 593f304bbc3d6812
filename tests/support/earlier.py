"""Records as the first release made them: without hashes in the logs."""

from dataclasses import replace
from typing import Any

from accounts.domain.audit.entities import GENESIS_HASH, AuditHead
from progress.domain.entities.events import GENESIS
from tests.accounts.auditing import tables_of
from tests.support.tampering import events_in, projections_in
from tests.support.worlds import World


def forget_hashes(memory: World) -> None:
    """Rebuild all chains of a world in memory as if events and entries had never contained hashes of rows."""
    _forget_in_events(memory)
    _forget_in_audit_log(memory)


def _forget_in_events(memory: World) -> None:
    heads: dict[Any, str] = {}
    for position, event in sorted(events_in(memory).items()):
        payload = {name: value for name, value in event.fact.payload.items() if name != "sha256"}
        earlier = replace(
            event,
            fact=replace(event.fact, payload=payload),
            previous_hash=heads.get(event.stream, GENESIS),
        ).sealed()
        events_in(memory)[position] = earlier
        heads[event.stream] = earlier.hash
    for stream, progress in list(projections_in(memory).items()):
        projections_in(memory)[stream] = replace(progress, hash=heads[stream])


def _forget_in_audit_log(memory: World) -> None:
    tables, heads = tables_of(memory), dict[Any, str]()
    for (org_id, sequence), entry in sorted(tables.store.items(), key=lambda item: item[0][1]):
        members = [
            {name: value for name, value in side.items() if name != "bound"}
            for side in (entry.act.before, entry.act.after)
        ]
        earlier = replace(
            entry,
            act=replace(entry.act, before=members[0], after=members[1]),
            previous_hash=heads.get(org_id, GENESIS_HASH),
        ).sealed()
        tables.store[org_id, sequence] = earlier
        heads[org_id] = earlier.hash
        tables.heads_store[org_id] = AuditHead(org_id=org_id).after(earlier)
