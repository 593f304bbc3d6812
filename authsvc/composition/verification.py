"""Verification services: the checks of all apps, anchors, and what repairs or binds older records."""

from datetime import timedelta
from functools import cached_property

from accounts.domain.audit.ports import AnchoredLog
from accounts.domain.audit.services.anchor_check import AnchorCheck
from accounts.domain.audit.services.anchors import AnchorService, Counts
from accounts.domain.audit.services.bindings import AuditBindings
from accounts.domain.audit.services.verification import ENTRIES, AuditLogCheck
from accounts.domain.audit.services.verifier import Verifier
from accounts.domain.tasks.services.upkeep import ANCHOR, Anchoring, periodic
from accounts.domain.tasks.services.verification import WEEKLY, VerificationTasks
from accounts.public import Right, UserId
from authsvc.composition.ai import AIServices
from authsvc.jobs.entities import JobRequest
from authsvc.jobs.ports import JobKind
from authsvc.kernel.tenancy import TenantScope
from courses.domain.services.verification import (
    VERSIONS,
    CourseVersionBinder,
    CourseVersionCheck,
)
from credentials.domain.services.badge_resolvers import OwnIssuers
from credentials.domain.services.badge_verification import BadgeVerifier
from credentials.domain.services.foreign_issuers import ForeignIssuers
from credentials.domain.services.signed_check import SignedCredentialCheck
from credentials.domain.services.verification import (
    DEFINITIONS,
    ISSUED,
    CredentialBinder,
    CredentialCheck,
    IssuedCredentialCheck,
)
from progress.domain.ai.services.prompt_check import PromptTemplateCheck
from progress.domain.ai.services.proposal_check import GradeProposalCheck
from progress.domain.ai.services.verification import INTERACTIONS, SESSIONS, AISessionCheck
from progress.domain.services.attempt_check import ATTEMPTS, GRADES, AttemptBinder, AttemptCheck
from progress.domain.services.rebuild_tasks import RebuildTasks
from progress.domain.services.verification import (
    EVENTS,
    EventLogCheck,
    EventLogVerifier,
    Projector,
)


class VerificationServices(AIServices):
    @cached_property
    def badge_verification(self) -> BadgeVerifier:
        own = OwnIssuers(
            issuer_keys=self.issuer_keys,
            status_lists=self.status_lists,
            addresses=self.addresses,
        )
        return BadgeVerifier(
            own=own,
            foreign=ForeignIssuers(http=self.ports.badge_http),
            issued_verifier=self.issued_verification,
            addresses=self.addresses,
            clock=self.ports.clock,
        )

    @property
    def job_kinds(self) -> tuple[JobKind, ...]:
        anchoring = Anchoring(anchors=self.anchors)
        return (
            *super().job_kinds,
            anchoring.kind,
            *self.verification_tasks.kinds,
            self.rebuild_tasks.kind,
        )

    @property
    def periodic_jobs(self) -> tuple[JobRequest, ...]:
        return (
            *super().periodic_jobs,
            periodic(ANCHOR, every=timedelta(hours=1)),
            # Not at the first start, which may be in the middle of a day's work.
            periodic(
                WEEKLY,
                every=timedelta(weeks=1),
                delay=timedelta(hours=12),
                shown_to=Right.READ_AUDIT,
            ),
        )

    @cached_property
    def rebuild_tasks(self) -> RebuildTasks:
        return RebuildTasks(
            verifier=self.log_verifier,
            tenant_access=self.tenant_access,
            tasks=self.tasks,
            callers=self.task_callers,
        )

    @cached_property
    def verification_tasks(self) -> VerificationTasks:
        return VerificationTasks(
            verifier=self.verifier, tasks=self.tasks, callers=self.task_callers
        )

    @cached_property
    def verifier(self) -> Verifier:
        return Verifier(
            divisible_checks=(self._event_log_check, self._attempt_check, self._ai_session_check),
            checks=(
                AuditLogCheck(entries=self.repositories.audit_log),
                CourseVersionCheck(
                    versions=self.repositories.course_versions, bindings=self._bindings
                ),
                CredentialCheck(credentials=self.repositories.credentials, bindings=self._bindings),
                self._issued_credential_check,
                SignedCredentialCheck(
                    signed_credentials=self.repositories.signed_credentials,
                    addresses=self.addresses,
                    clock=self.ports.clock,
                ),
                PromptTemplateCheck(
                    templates=self.repositories.prompt_templates, bindings=self._bindings
                ),
                GradeProposalCheck(proposals=self.repositories.proposals, bindings=self._bindings),
            ),
            anchor_check=self._anchor_check,
            user_boundaries=self._user_boundaries,
            unit_of_work=self.unit_of_work,
            clock=self.ports.clock,
        )

    @cached_property
    def anchors(self) -> AnchorService:
        return AnchorService(
            anchors=self.repositories.anchors,
            signer=self.ports.anchor_signer,
            exporter=self.ports.anchor_exporter,
            logs=self._anchored_logs,
            counts=self._counts,
            unit_of_work=self.unit_of_work,
            clock=self.ports.clock,
        )

    @cached_property
    def log_verifier(self) -> EventLogVerifier:
        return EventLogVerifier(
            progress=self.repositories.progress,
            log=self.repositories.events,
            projector=self._projector,
            log_check=self._event_log_check,
            anchor_check=self._anchor_check,
            unit_of_work=self.unit_of_work,
        )

    @cached_property
    def attempt_binder(self) -> AttemptBinder:
        return AttemptBinder(
            check=self._attempt_check, outcomes=self.outcomes, unit_of_work=self.unit_of_work
        )

    @cached_property
    def course_version_binder(self) -> CourseVersionBinder:
        return CourseVersionBinder(
            versions=self.repositories.course_versions,
            bindings=self._bindings,
            unit_of_work=self.unit_of_work,
        )

    @cached_property
    def credential_binder(self) -> CredentialBinder:
        return CredentialBinder(
            check=self._issued_credential_check,
            credentials=self.repositories.credentials,
            bindings=self._bindings,
            issuer=self.issuing,
            unit_of_work=self.unit_of_work,
        )

    @cached_property
    def _anchor_check(self) -> AnchorCheck:
        return AnchorCheck(
            anchors=self.repositories.anchors,
            signer=self.ports.anchor_signer,
            logs=self._anchored_logs,
            counts=self._counts,
        )

    @cached_property
    def _event_log_check(self) -> EventLogCheck:
        return EventLogCheck(
            progress=self.repositories.progress,
            log=self.repositories.events,
            projector=self._projector,
        )

    def _user_boundaries(self, streams: int, scope: TenantScope) -> list[UserId]:
        return self.repositories.progress.user_boundaries(every=streams, scope=scope)

    @cached_property
    def _projector(self) -> Projector:
        return Projector(catalog=self.catalog)

    @cached_property
    def _attempt_check(self) -> AttemptCheck:
        return AttemptCheck(attempts=self.repositories.attempts, log=self.repositories.events)

    @cached_property
    def _ai_session_check(self) -> AISessionCheck:
        return AISessionCheck(
            sessions=self.repositories.ai_sessions,
            interactions=self.repositories.ai_interactions,
            texts=self.ports.texts,
        )

    @cached_property
    def _issued_credential_check(self) -> IssuedCredentialCheck:
        return IssuedCredentialCheck(
            issued_credentials=self.repositories.issued_credentials,
            recorded_facts=self.recorded_facts,
        )

    @cached_property
    def _bindings(self) -> AuditBindings:
        return AuditBindings(entries=self.repositories.audit_log, audit_log=self.audit_log)

    @property
    def _anchored_logs(self) -> dict[str, AnchoredLog]:
        return {
            EVENTS: self.repositories.events,
            ENTRIES: self.repositories.audit_log,
            INTERACTIONS: self.repositories.ai_interactions,
        }

    @property
    def _counts(self) -> Counts:
        """Of the tables whose rows are never deleted."""
        return {
            EVENTS: self.repositories.events.count,
            ENTRIES: self.repositories.audit_log.count,
            ATTEMPTS: self.repositories.attempts.count,
            GRADES: self.repositories.attempts.count_grades,
            VERSIONS: self.repositories.course_versions.count,
            DEFINITIONS: self.repositories.credentials.count,
            ISSUED: self.repositories.issued_credentials.count,
            SESSIONS: self.repositories.ai_sessions.count,
            INTERACTIONS: self.repositories.ai_interactions.count,
        }
