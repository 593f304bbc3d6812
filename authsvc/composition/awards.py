"""Services that award credentials to lists and by e-mail, and show the records behind them."""

from functools import cached_property

from accounts.public import EmailVerified
from authsvc.composition.base import Expiring
from authsvc.composition.grids import GridServices
from authsvc.jobs.ports import JobKind
from authsvc.kernel.events import EventBus
from credentials.domain.services.award_batches import AwardBatches
from credentials.domain.services.award_tasks import AwardTasks
from credentials.domain.services.claims import ClaimService
from credentials.domain.services.evidence_records import EvidenceRecords


class AwardServices(GridServices):
    @property
    def job_kinds(self) -> tuple[JobKind, ...]:
        return (*super().job_kinds, self.award_tasks.kind, self.credential_claims.kind)

    @property
    def expiring(self) -> dict[str, Expiring]:
        return super().expiring | {"claim": self.credential_claims}

    @cached_property
    def award_batches(self) -> AwardBatches:
        return AwardBatches(
            awards=self.awards,
            claim_service=self.credential_claims,
            claims=self.repositories.claims,
            issued_credentials=self.repositories.issued_credentials,
            signer=self.signing,
            recipients=self.recipients,
        )

    @cached_property
    def award_tasks(self) -> AwardTasks:
        return AwardTasks(
            batches=self.award_batches,
            email_addresses=self.ports.email_addresses,
            tasks=self.tasks,
            callers=self.task_callers,
            tenant_access=self.tenant_access,
        )

    @cached_property
    def credential_claims(self) -> ClaimService:
        return ClaimService(
            claims=self.repositories.claims,
            credentials=self.repositories.credentials,
            issued_credentials=self.repositories.issued_credentials,
            earning=self.earning,
            recorder=self._recorder,
            tenant_access=self.tenant_access,
            emails=self.emails,
            opaque_tokens=self.ports.opaque_tokens,
            mail_budgets=self.mail_budgets,
            addresses=self.addresses,
            jobs=self.job_queue,
            audit_log=self.audit_log,
            unit_of_work=self.unit_of_work,
            clock=self.ports.clock,
        )

    @cached_property
    def evidence_records(self) -> EvidenceRecords:
        return EvidenceRecords(
            issued_credentials=self.repositories.issued_credentials,
            signer=self.signing,
            evidence=self.signing.evidence,
            records=self.earning.records,
        )

    @cached_property
    def _events(self) -> EventBus:
        events = super()._events
        events.subscribe(EmailVerified, self._on_email_verified)
        return events

    def _on_email_verified(self, event: EmailVerified) -> None:
        self.credential_claims.on_email_verified(event)
