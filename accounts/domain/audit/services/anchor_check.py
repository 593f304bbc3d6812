"""Comparison of all logs with the anchors: finds logs that were cut off, and histories that were rebuilt."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import ClassVar, Final

from accounts.domain.audit.entities import GENESIS_HASH, Anchor, AnchorStatement
from accounts.domain.audit.ports import AnchoredLog, AnchorSigner
from accounts.domain.audit.repositories.protocols import AnchorRepository
from accounts.domain.audit.services.anchors import Counts
from authsvc.kernel.log_digest import LogState
from authsvc.kernel.tenancy import TenantScope
from authsvc.kernel.verification import Finding, FindingKind, Tally

ANCHORS: Final = "accounts_anchor"


@dataclass(slots=True)
class _Collected:
    """What the signed anchors state: memory grows with their number, not with that of the rows."""

    hashes: dict[int, str] = field(default_factory=dict)
    states: dict[str, set[tuple[LogState, int]]] = field(default_factory=dict)
    counts: dict[str, tuple[int, int]] = field(default_factory=dict)

    def add(self, statement: AnchorStatement) -> None:
        for table, state in statement.logs.items():
            self.states.setdefault(table, set()).add((state, statement.sequence))
        for table, count in statement.counts.items():
            self.counts[table] = max(self.counts.get(table, (0, 0)), (count, statement.sequence))


@dataclass(frozen=True, slots=True, kw_only=True)
class AnchorCheck:
    """Verifies the chain of stored anchors, and compares all logs with them and with `exported` anchors."""

    name: ClassVar[str] = "anchors"

    anchors: AnchorRepository
    signer: AnchorSigner
    logs: Mapping[str, AnchoredLog]
    counts: Counts
    exported: tuple[Anchor, ...] = ()

    def comparing_with(self, exported: Iterable[Anchor]) -> "AnchorCheck":
        """The check with these anchors, which were kept elsewhere."""
        return replace(self, exported=tuple(exported))

    def findings(self, tally: Tally, *, scope: TenantScope) -> Iterator[Finding]:
        collected = _Collected()
        yield from self._stored_anchors(collected, tally)
        yield from self._exported_anchors(collected)
        for table, states in collected.states.items():
            if table in self.logs:
                yield from _differences(table, self.logs[table], states)
        for table, (count, sequence) in collected.counts.items():
            if table in self.counts and (number := self.counts[table]()) < count:
                detail = f"there were {count} rows at anchor {sequence}, and there are {number}"
                yield Finding(
                    kind=FindingKind.ANCHOR_DIFFERS,
                    table=table,
                    id=f"anchor {sequence}",
                    detail=detail,
                )

    def _stored_anchors(self, collected: _Collected, tally: Tally) -> Iterator[Finding]:
        """Yield what is wrong with the chain of anchors."""
        sequence, previous_hash, unknown = 0, GENESIS_HASH, list[int]()
        for anchor in self.anchors.in_order():
            tally.count(ANCHORS)
            sequence += 1
            if anchor.sequence != sequence:
                yield _finding(FindingKind.MISSING, sequence, "it is missing")
                sequence = anchor.sequence
            statement = self._statement_of(anchor)
            if statement is None:
                yield _finding(FindingKind.SIGNATURE_INVALID, sequence, "its signature is invalid")
            elif statement.previous_hash != previous_hash:
                detail = "it does not follow from the one before"
                yield _finding(FindingKind.UNLINKED, sequence, detail)
            if statement is not None:
                collected.add(statement)
            collected.hashes[sequence], previous_hash = anchor.hash, anchor.hash
            # The service verifies the last anchor before it signs the next, so a key may be gone by now.
            unknown = [] if self.signer.knows(anchor.public_key) else [*unknown, sequence]
        for number in unknown:
            yield _finding(FindingKind.KEY_UNKNOWN, number, "the service does not have its key")

    def _exported_anchors(self, collected: _Collected) -> Iterator[Finding]:
        """Yield how the stored anchors differ from the exported ones, which count, too."""
        for anchor in self.exported:
            statement = self._statement_of(anchor)
            if statement is None:
                detail = "the signature of the exported anchor is invalid"
                yield _finding(FindingKind.SIGNATURE_INVALID, anchor.sequence, detail)
                continue
            collected.add(statement)
            stored = collected.hashes.get(anchor.sequence)
            if stored is None:
                detail = "it was exported, but is not stored"
                yield _finding(FindingKind.MISSING, anchor.sequence, detail)
            elif stored != anchor.hash:
                detail = "it differs from the exported one"
                yield _finding(FindingKind.CHANGED, anchor.sequence, detail)

    def _statement_of(self, anchor: Anchor) -> AnchorStatement | None:
        """Return its statement; None if that is not what was signed."""
        try:
            statement = self.signer.read(anchor)
        except ValueError:
            return None
        return statement if statement.sequence == anchor.sequence else None


class _Reader:
    """Reads a log once, piece by piece."""

    def __init__(self, entries: Iterator[tuple[int, str]]) -> None:
        self._entries = entries
        self._next = next(entries, None)

    def up_to(self, position: int) -> Iterator[tuple[int, str]]:
        while self._next is not None and self._next[0] <= position:
            yield self._next
            self._next = next(self._entries, None)


def _differences(
    table: str, log: AnchoredLog, states: Iterable[tuple[LogState, int]]
) -> Iterator[Finding]:
    """Yield each part of a log, between two anchors, that is not what the later one states."""
    reader, last = _Reader(iter(log.hashes(after=0))), LogState()
    for state, sequence in sorted(states, key=lambda pair: (pair[0].position, pair[1])):
        computed = last.after(reader.up_to(state.position), up_to=state.position)
        if computed != state:
            detail = _detail_of(state, computed, after=last.position)
            yield Finding(
                kind=FindingKind.ANCHOR_DIFFERS,
                table=table,
                id=f"anchor {sequence}",
                detail=detail,
            )
        last = state


def _detail_of(state: LogState, computed: LogState, *, after: int) -> str:
    place = f"between the positions {after} and {state.position}"
    if (number := state.count - computed.count) == 0:
        return f"an entry {place} was changed or replaced"
    return f"the log has {abs(number)} {'fewer' if number > 0 else 'more'} {place}"


def _finding(kind: FindingKind, sequence: int, detail: str) -> Finding:
    return Finding(kind=kind, table=ANCHORS, id=f"anchor {sequence}", detail=detail)
