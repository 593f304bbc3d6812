"""Batches: a credential awarded to everyone on a list, row by row."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from accounts.public import MailBudgetSpent, Principal, Recipients, UserId
from credentials.domain.entities.batches import (
    Batch,
    BatchPart,
    BatchRow,
    BatchTerms,
    RowOutcome,
    RowResult,
)
from credentials.domain.entities.credentials import IssuedCredentialId
from credentials.domain.entities.definitions import Credential, CredentialId
from credentials.domain.entities.signed import Place
from credentials.domain.errors import (
    AlreadyIssued,
    AlreadyRevoked,
    NotEligible,
    NothingToRecordOn,
)
from credentials.domain.repositories.protocols.claims import ClaimRepository
from credentials.domain.repositories.protocols.issued_credentials import IssuedCredentialRepository
from credentials.domain.services.awarding import AwardOutcome, AwardPlan, AwardService
from credentials.domain.services.claims import ClaimService
from credentials.domain.services.signing import CredentialSigner

PART: Final = 50
"""Rows of one part: their places are found together, and their claims are made together."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AwardBatches:
    """Each row is awarded in a unit of work of its own, as one by hand is, and fails alone.

    A row that was awarded by the same batch before, whose worker was killed, has the same outcome again.
    """

    awards: AwardService
    claim_service: ClaimService
    claims: ClaimRepository
    issued_credentials: IssuedCredentialRepository
    signer: CredentialSigner
    recipients: Recipients

    def known(self, credential: Credential, rows: Sequence[BatchRow]) -> Mapping[BatchRow, UserId]:
        """Return the people whom the rows name, as far as they are members, or known to the platform that awards."""
        org_id = credential.org_id
        by_email = self.recipients.with_emails(
            [row.email for row in rows if row.email], org_id=org_id
        )
        ids = self.recipients.with_ids(
            [row.user_id for row in rows if row.user_id is not None], org_id=org_id
        )
        named = {row: row.user_id or by_email.get(row.email) for row in rows}
        return {
            row: user_id
            for row, user_id in named.items()
            if user_id is not None and (row.email or user_id in ids)
        }

    def previewed(
        self, credential_id: CredentialId, part: BatchPart, *, by: Principal
    ) -> Iterator[RowResult]:
        """Yield what awarding these rows would lead to; change nothing. Raises the errors of AwardService.plan."""
        credential = self.awards.awardable(credential_id, by=by)
        user_ids = [part.known[row] for row in part.rows if row in part.known]
        plans = {plan.user_id: plan for plan in self.awards.plan(credential_id, user_ids, by=by)}
        strangers = {row.email: row for row in part.strangers}
        claimed = self.claims.of_credential(credential_id, strangers, scope=by.tenant_scope)
        for row in part.rows:
            if row in part.known:
                yield _planned(row, plans[part.known[row]], part.terms, credential)
            elif row.email not in strangers:
                yield RowResult(row=row, outcome=RowOutcome.NOT_FOUND)
            elif row.email in claimed:
                yield RowResult(row=row, outcome=RowOutcome.ALREADY_CLAIMABLE)
            else:
                yield RowResult(row=row, outcome=RowOutcome.CLAIM_SENT)

    def awarded(
        self, credential_id: CredentialId, part: BatchPart, batch: Batch, *, by: Principal
    ) -> Iterator[RowResult]:
        """Award these rows, and yield what became of each.

        Raises CredentialNotFound, NotPermitted, OrganizationSuspended, ReasonMissing, VerifiedEmailNeeded and
        IssuerKeyUnreadable, which concern all rows; what was awarded before stays so.
        """
        credential = self.awards.awardable(credential_id, by=by)
        places = self.signer.free_places(credential.org_id, len(part.rows))
        claimed = self._claimed(credential, part, batch, by)
        for row in part.rows:
            if row in part.known:
                place = places.pop() if places else None
                yield self._awarded(row, part, batch.issued_id(row), credential, place=place, by=by)
            else:
                yield claimed.get(row) or RowResult(row=row, outcome=RowOutcome.NOT_FOUND)

    def _awarded(
        self,
        row: BatchRow,
        part: BatchPart,
        issued_id: IssuedCredentialId,
        credential: Credential,
        *,
        place: Place | None,
        by: Principal,
    ) -> RowResult:
        user_id = part.known[row]
        try:
            self.awards.award(
                credential.id,
                user_id,
                reason=part.terms.reason,
                even_if_not_eligible=part.terms.even_if_not_eligible,
                issued_id=issued_id,
                place=place,
                by=by,
            )
        except (AlreadyIssued, AlreadyRevoked) as error:
            latest = self.issued_credentials.latest_of(user_id, credential.id)
            # Issued by an attempt at this batch that did not come to its end.
            if latest is None or latest.id != issued_id:
                is_held = isinstance(error, AlreadyIssued)
                outcome = RowOutcome.ALREADY_HELD if is_held else RowOutcome.ALREADY_REVOKED
                return RowResult(row=row, outcome=outcome)
        except NotEligible as error:
            detail = str(error.facts["missing"])
            return RowResult(row=row, outcome=RowOutcome.NOT_ELIGIBLE, detail=detail)
        except NothingToRecordOn:
            return RowResult(row=row, outcome=RowOutcome.NEVER_ENROLLED)
        return RowResult(row=row, outcome=RowOutcome.AWARDED, issued_id=issued_id)

    def _claimed(
        self, credential: Credential, part: BatchPart, batch: Batch, by: Principal
    ) -> Mapping[BatchRow, RowResult]:
        """Make the claims of a part together; those that the budget for mail does not allow wait for another list."""
        if not (rows := part.strangers):
            return {}
        ids = {row.email: batch.claim_id(row) for row in rows}
        try:
            claims = self.claim_service.make(credential, ids, reason=part.terms.reason, by=by)
        except MailBudgetSpent:
            return {row: RowResult(row=row, outcome=RowOutcome.MAIL_BUDGET_SPENT) for row in rows}
        return {
            row: _claim_result(row, is_new=claims[row.email].id == ids[row.email]) for row in rows
        }


_OUTCOMES: Final = {
    AwardOutcome.ELIGIBLE: RowOutcome.AWARDED,
    AwardOutcome.HOLDS: RowOutcome.ALREADY_HELD,
    AwardOutcome.REVOKED: RowOutcome.ALREADY_REVOKED,
    AwardOutcome.NEVER_ENROLLED: RowOutcome.NEVER_ENROLLED,
    AwardOutcome.WITHDRAWN: RowOutcome.NOT_ELIGIBLE,
    AwardOutcome.NOT_ELIGIBLE: RowOutcome.NOT_ELIGIBLE,
}


def _planned(
    row: BatchRow, plan: AwardPlan, terms: BatchTerms, credential: Credential
) -> RowResult:
    if plan.outcome is AwardOutcome.NOT_ELIGIBLE and terms.even_if_not_eligible:
        return RowResult(row=row, outcome=RowOutcome.AWARDED)
    missing = plan.missing if credential.is_offered else ("it is no longer offered",)
    return RowResult(row=row, outcome=_OUTCOMES[plan.outcome], detail="; ".join(missing))


def _claim_result(row: BatchRow, *, is_new: bool) -> RowResult:
    outcome = RowOutcome.CLAIM_SENT if is_new else RowOutcome.ALREADY_CLAIMABLE
    return RowResult(row=row, outcome=outcome)
