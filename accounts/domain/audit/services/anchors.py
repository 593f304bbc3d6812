"""Anchors: signed, chained statements about how far all logs have come."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from accounts.domain.access import Principal, Right
from accounts.domain.audit.entities import GENESIS_HASH, Anchor, AnchorStatement
from accounts.domain.audit.errors import AnchorNotTrusted
from accounts.domain.audit.ports import AnchoredLog, AnchorExporter, AnchorSigner
from accounts.domain.audit.repositories.protocols import AnchorRepository
from authsvc.kernel.clock import Clock
from authsvc.kernel.log_digest import LogState
from authsvc.kernel.unit_of_work import UnitOfWork

Counts = Mapping[str, Callable[[], int]]
"""Functions that count the rows of a table, by table."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AnchorService:
    """Needs the right to manage all organizations, because it reads all logs; raises NotPermitted without it."""

    anchors: AnchorRepository
    signer: AnchorSigner
    exporter: AnchorExporter
    logs: Mapping[str, AnchoredLog]
    counts: Counts
    unit_of_work: UnitOfWork
    clock: Clock

    def make(self, *, has_new_key: bool = False, by: Principal) -> Anchor:
        """Make and store the next anchor; only what was added to the logs since the last one is read.

        With *has_new_key*, the last anchor may be signed with a key that the service no longer has. Raises
        AnchorNotTrusted, LogBusy, AuditLogBusy.
        """
        by.require(Right.MANAGE_ORGANIZATIONS)
        self.unit_of_work.require_outside()
        last = self.anchors.last()
        before = None if last is None else self._trusted(last, has_new_key=has_new_key)
        # Entries that are not committed yet could appear before a position that is already anchored.
        positions = {table: log.settled_position() for table, log in self.logs.items()}
        with self.unit_of_work.atomic():
            statement = AnchorStatement(
                sequence=1 if last is None else last.sequence + 1,
                made_at=self.clock.now(),
                previous_hash=GENESIS_HASH if last is None else last.hash,
                logs={
                    table: self._state(table, before, up_to=position)
                    for table, position in positions.items()
                },
                counts={table: count() for table, count in self.counts.items()},
            )
            anchor = self.signer.sign(statement, at=statement.made_at)
            if self.anchors.add(anchor):
                return anchor
        return self.make(has_new_key=has_new_key, by=by)  # another process was faster

    def export(self, anchor: Anchor) -> str:
        """Export the anchor to the configured place, and return its name; empty without one. Raises OSError."""
        return self.exporter.export(anchor)

    def _trusted(self, anchor: Anchor, *, has_new_key: bool) -> AnchorStatement:
        """Return its statement. Raises AnchorNotTrusted: the next anchor would vouch for it."""
        try:
            statement = self.signer.read(anchor)
        except ValueError:
            raise AnchorNotTrusted(sequence=anchor.sequence) from None
        if not (has_new_key or self.signer.knows(anchor.public_key)):
            raise AnchorNotTrusted(sequence=anchor.sequence)
        return statement

    def _state(self, table: str, before: AnchorStatement | None, *, up_to: int) -> LogState:
        """Return the state of a log up to a position, continued from that in the last anchor."""
        state = LogState() if before is None else before.logs.get(table, LogState())
        end = max(up_to, state.position)
        entries = self.logs[table].hashes(after=state.position, up_to=end)
        return state.after(entries, up_to=end)
