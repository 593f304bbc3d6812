"""Batches as tasks: they outlive the request that sends the list."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final
from uuid import UUID

from accounts.public import (
    FILE,
    EmailAddresses,
    OrganizationId,
    Principal,
    Right,
    Scope,
    Task,
    TaskCallers,
    TaskPlan,
    TaskService,
    TenantAccess,
)
from authsvc.jobs.entities import JobFile, JobProgress
from authsvc.jobs.ports import JobKind, Run
from authsvc.kernel.sheets import Sheet
from authsvc.kernel.tables import csv_of
from credentials.domain.entities.batches import (
    Batch,
    BatchPart,
    BatchRow,
    BatchTerms,
    ListPreview,
    RowResult,
    counts_of,
)
from credentials.domain.entities.credentials import require_reason
from credentials.domain.entities.definitions import Credential, CredentialId
from credentials.domain.errors import CredentialNotFound
from credentials.domain.services.award_batches import PART, AwardBatches
from credentials.domain.services.batch_rows import rows_in, sheet_of

KIND: Final = "award-credential"
OUTCOMES: Final = "awards.csv"


@dataclass(frozen=True, slots=True, kw_only=True)
class AwardTasks:
    """A list is checked when it is sent, and awarded by a task, whose file has the outcome of each row.

    The task is not atomic: a list is too long for that. One whose worker is killed continues where it was.
    """

    batches: AwardBatches
    email_addresses: EmailAddresses
    tasks: TaskService
    callers: TaskCallers
    tenant_access: TenantAccess

    @property
    def kind(self) -> JobKind:
        return self.callers.kind(KIND, self._award)

    def start_in(
        self,
        org_id: OrganizationId,
        credential_id: CredentialId,
        listed: object,
        terms: BatchTerms,
        *,
        is_dry_run: bool,
        by: Principal,
    ) -> Task:
        """Like `start`, for a credential of the organization. Raises OrganizationNotFound."""
        self.tenant_access.organization(org_id, by=by)
        by.require(Right.AWARD_CREDENTIALS, of=org_id)
        credential = self._awardable(credential_id, terms, by=by)
        if credential.org_id != org_id:
            raise CredentialNotFound
        return self._started(credential, listed, terms, is_dry_run=is_dry_run, by=by)

    def start(
        self,
        credential_id: CredentialId,
        listed: object,
        terms: BatchTerms,
        *,
        is_dry_run: bool,
        by: Principal,
    ) -> Task:
        """Start to award the credential to everyone on the list, or only to find what that would lead to.

        A text is a list in CSV, everything else one in JSON. Raises CredentialNotFound, NotPermitted,
        OrganizationSuspended, ReasonMissing, InvalidAwardList, TooManyTasks.
        """
        credential = self._awardable(credential_id, terms, by=by)
        return self._started(credential, listed, terms, is_dry_run=is_dry_run, by=by)

    def _awardable(
        self, credential_id: CredentialId, terms: BatchTerms, *, by: Principal
    ) -> Credential:
        require_reason(terms.reason)
        return self.batches.awards.awardable(credential_id, by=by)

    def _started(
        self,
        credential: Credential,
        listed: object,
        terms: BatchTerms,
        *,
        is_dry_run: bool,
        by: Principal,
    ) -> Task:
        sheet = sheet_of(listed)
        rows_in(sheet, email_addresses=self.email_addresses)
        content = json.dumps(sheet.as_members()).encode()
        plan = TaskPlan(
            kind=KIND,
            scope=Scope.CREDENTIALS_READ,
            right=Right.AWARD_CREDENTIALS,
            org_id=credential.org_id,
            input={
                "credential_id": str(credential.id),
                "is_dry_run": is_dry_run,
                "terms": terms.as_members(),
            },
            file=JobFile(name="list.json", media_type="application/json", content=content),
        )
        return self.tasks.start(plan, by=by)

    def previewed(
        self, credential_id: CredentialId, listed: object, *, by: Principal
    ) -> ListPreview:
        """Return what is known of a list at once, without a task. Raises the errors of `start`."""
        credential = self.batches.awards.awardable(credential_id, by=by)
        rows = rows_in(sheet_of(listed), email_addresses=self.email_addresses)
        return ListPreview(rows=len(rows), known=len(self.batches.known(credential, rows)))

    def _award(self, run: Run, given: Mapping[str, Any], by: Principal) -> Mapping[str, Any]:
        sheet = Sheet.of_members(json.loads(run.input_file().content))
        rows = rows_in(sheet, email_addresses=self.email_addresses)
        results: list[RowResult] = []
        for result in self._results(run, rows, given, by):
            results.append(result)
            run.report(JobProgress(done=len(results), total=len(rows)))
        run.attach(
            JobFile(name=OUTCOMES, media_type="text/csv", content=csv_of(_table(results)).encode())
        )
        return {
            "rows": len(results),
            "is_dry_run": given["is_dry_run"],
            "outcomes": counts_of(results),
            FILE: OUTCOMES,
        }

    def _results(
        self, run: Run, rows: Sequence[BatchRow], given: Mapping[str, Any], by: Principal
    ) -> Iterator[RowResult]:
        credential_id = CredentialId(UUID(given["credential_id"]))
        terms, batch = BatchTerms(**given["terms"]), Batch(run.job.id)
        known = self.batches.known(self.batches.awards.awardable(credential_id, by=by), rows)
        remaining = iter(rows)
        while some := list(islice(remaining, PART)):
            part = BatchPart(rows=some, known=known, terms=terms)
            # Rights that were lost meanwhile end the task.
            by = self.callers.caller_of(run.job)
            if given["is_dry_run"]:
                yield from self.batches.previewed(credential_id, part, by=by)
            else:
                yield from self.batches.awarded(credential_id, part, batch, by=by)


def _table(results: Sequence[RowResult]) -> Iterator[tuple[str | int, ...]]:
    yield ("row", "email", "user_id", "outcome", "detail", "issued_id")
    for result in results:
        yield (
            result.row.number,
            result.row.email,
            str(result.row.user_id or ""),
            result.outcome.value,
            result.detail,
            str(result.issued_id or ""),
        )
