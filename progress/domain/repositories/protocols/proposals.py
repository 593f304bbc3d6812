"""Repository of proposed scores."""

from collections.abc import Iterator, Sequence
from typing import Protocol

from authsvc.kernel.tenancy import TenantScope
from authsvc.kernel.verification import Stored
from progress.domain.entities.attempts import AttemptId
from progress.domain.entities.proposals import GradeProposal


class GradeProposalRepository(Protocol):
    def add(self, proposals: Sequence[GradeProposal], *, scope: TenantScope) -> int:
        """Append those for whose criterion there is no proposal yet, and return their number."""

    def of_attempt(self, attempt_id: AttemptId, *, scope: TenantScope) -> list[GradeProposal]:
        """Return the proposals for the attempt that are in scope, by time, then question and criterion."""

    def in_order(self, *, scope: TenantScope) -> Iterator[Stored[GradeProposal]]:
        """Yield all in scope by id, which is the key of a row."""
