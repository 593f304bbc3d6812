"""Batches: a credential awarded to everyone on a list, with an outcome for each row."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID, uuid5

from accounts.public import UserId
from credentials.domain.entities.claims import ClaimId
from credentials.domain.entities.credentials import IssuedCredentialId


class RowOutcome(StrEnum):
    """The outcome of one row. Values never change: they are in files that programs read."""

    AWARDED = "awarded"
    CLAIM_SENT = "claim-sent"
    ALREADY_HELD = "already-held"
    ALREADY_REVOKED = "already-revoked"
    ALREADY_CLAIMABLE = "already-claimable"
    NOT_FOUND = "not-found"
    NOT_ELIGIBLE = "not-eligible"
    NEVER_ENROLLED = "never-enrolled"
    MAIL_BUDGET_SPENT = "mail-budget-spent"


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchRow:
    """A row of a list, which names a person by e-mail address or user id; the first row has number 1."""

    number: int
    email: str = ""
    user_id: UserId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchTerms:
    """How a list is awarded: `reason` is stored in the audit log, `makes_claims` invites those whom nobody knows."""

    reason: str
    even_if_not_eligible: bool = False
    makes_claims: bool = False

    def as_members(self) -> dict[str, Any]:
        """The terms as JSON values."""
        return {
            "reason": self.reason,
            "even_if_not_eligible": self.even_if_not_eligible,
            "makes_claims": self.makes_claims,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchPart:
    """Some rows of a list, with the people whom they name as far as these are known."""

    rows: Sequence[BatchRow]
    known: Mapping[BatchRow, UserId]
    terms: BatchTerms

    @property
    def strangers(self) -> list[BatchRow]:
        """The rows with addresses that name nobody, if they get claims."""
        is_wanted = self.terms.makes_claims
        return [row for row in self.rows if is_wanted and row.email and row not in self.known]


@dataclass(frozen=True, slots=True, kw_only=True)
class RowResult:
    """What became of a row; `issued_id` is what was issued for it, `detail` says what is missing."""

    row: BatchRow
    outcome: RowOutcome
    detail: str = ""
    issued_id: IssuedCredentialId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ListPreview:
    """How many rows a list has, and of how many the people are known."""

    rows: int
    known: int

    @property
    def unknown(self) -> int:
        return self.rows - self.known


@dataclass(frozen=True, slots=True)
class Batch:
    """The identity of a batch. What it makes has ids that follow from its own, so that repeating it makes nothing."""

    id: UUID

    def issued_id(self, row: BatchRow) -> IssuedCredentialId:
        return IssuedCredentialId(uuid5(self.id, f"award/{row.number}"))

    def claim_id(self, row: BatchRow) -> ClaimId:
        return ClaimId(uuid5(self.id, f"claim/{row.number}"))


def counts_of(results: Collection[RowResult]) -> Mapping[str, int]:
    """How many rows had which outcome, in the order of outcomes."""
    counts = Counter(result.outcome for result in results)
    return {outcome.value: counts[outcome] for outcome in RowOutcome if counts[outcome]}
