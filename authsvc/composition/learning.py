"""Learning services: courses, progress and credentials."""

import json
from datetime import timedelta
from functools import cached_property

from accounts.public import periodic
from authsvc.composition.issuers import IssuerServices
from authsvc.jobs.entities import JobRequest
from authsvc.jobs.ports import JobKind
from authsvc.kernel.events import EventBus
from authsvc.kernel.lag import LagCheck
from authsvc.kernel.metrics import GaugeSource
from courses.definitions.courses import checked_definition, read_definition, write_definition
from courses.domain.entities.courses import CourseDefinition
from courses.domain.repositories.cached import CachedCourseVersionRepository
from courses.domain.services.archive_imports import ArchiveImports, ArchiveReport
from courses.domain.services.authoring import AuthoringService
from courses.domain.services.catalog import CatalogService
from courses.domain.services.editing import DraftEditor
from courses.domain.services.pathway_authoring import PathwayAuthoringService
from courses.domain.services.pathway_catalog import PathwayCatalogService
from credentials.domain.services.awarding import AwardService
from credentials.domain.services.credentials import CredentialService
from credentials.domain.services.earning import EarningService
from credentials.domain.services.evidence import EvidenceReader
from credentials.domain.services.grounds import GroundsReader
from credentials.domain.services.issuing import CredentialIssuer
from credentials.domain.services.organization_credentials import OrganizationCredentialService
from credentials.domain.services.signed_verification import IssuedVerifier
from credentials.domain.services.signing import CredentialSigner
from credentials.domain.services.subjects import SubjectReader
from progress.domain.events import AssessmentGraded, CourseCompleted, PathwayCompleted
from progress.domain.services.attempt_decisions import AttemptDecisions
from progress.domain.services.attempt_outcomes import SUBMISSION, AttemptOutcomes, OverdueAttempts
from progress.domain.services.attempts import AttemptService, GradingService
from progress.domain.services.event_log import EventExport, EventRecorder
from progress.domain.services.export_tasks import ExportTasks
from progress.domain.services.learning import LearnerRecords, LearningService, ProgressService
from progress.domain.services.log_state import LogState
from progress.domain.services.pathways import PathwayService
from progress.domain.services.recorded_facts import RecordedFacts
from progress.domain.services.reports import ReportService
from progress.statements import statement_of


class LearningServices(IssuerServices):
    @property
    def job_kinds(self) -> tuple[JobKind, ...]:
        return (
            *super().job_kinds,
            self.overdue_attempts.kind,
            self.export_tasks.kind,
            self.archive_imports.kind,
        )

    @property
    def periodic_jobs(self) -> tuple[JobRequest, ...]:
        submission = periodic(SUBMISSION, every=timedelta(minutes=5))
        return (*super().periodic_jobs, submission)

    @property
    def gauge_sources(self) -> dict[str, GaugeSource]:
        return super().gauge_sources | {"event-log": self.log_state}

    @property
    def lag_checks(self) -> dict[str, LagCheck]:
        return super().lag_checks | {"event-log": self.log_state}

    @cached_property
    def log_state(self) -> LogState:
        return LogState(log_state=self.repositories.log_state)

    @cached_property
    def catalog(self) -> CatalogService:
        return CatalogService(
            courses=self.repositories.courses,
            drafts=self.repositories.course_drafts,
            versions=CachedCourseVersionRepository(self.repositories.course_versions),
            assessments=self.repositories.assessments,
            tenant_access=self.tenant_access,
        )

    @cached_property
    def authoring(self) -> AuthoringService:
        return AuthoringService(
            courses=self.repositories.courses,
            drafts=self.repositories.course_drafts,
            versions=self.repositories.course_versions,
            assessments=self.repositories.assessments,
            tenant_access=self.tenant_access,
            audit_log=self.audit_log,
            unit_of_work=self.unit_of_work,
            clock=self.ports.clock,
        )

    @cached_property
    def draft_editor(self) -> DraftEditor:
        return DraftEditor(authoring=self.authoring, check=checked_definition)

    @cached_property
    def archive_imports(self) -> ArchiveImports:
        return ArchiveImports(
            read=_read_archive,
            write_text=write_definition,
            read_text=read_definition,
            authoring=self.authoring,
            tenant_access=self.tenant_access,
            tasks=self.tasks,
            callers=self.task_callers,
        )

    @cached_property
    def pathway_catalog(self) -> PathwayCatalogService:
        return PathwayCatalogService(
            pathways=self.repositories.pathways, tenant_access=self.tenant_access
        )

    @cached_property
    def pathway_authoring(self) -> PathwayAuthoringService:
        return PathwayAuthoringService(
            pathways=self.repositories.pathways,
            courses=self.repositories.courses,
            catalog=self.pathway_catalog,
            tenant_access=self.tenant_access,
            audit_log=self.audit_log,
            unit_of_work=self.unit_of_work,
            clock=self.ports.clock,
        )

    @cached_property
    def pathways(self) -> PathwayService:
        return PathwayService(
            progress=self.repositories.progress,
            catalog=self.catalog,
            pathways=self.pathway_catalog,
            tenant_access=self.tenant_access,
            events=self._events,
        )

    @cached_property
    def learning(self) -> LearningService:
        return LearningService(
            progress=self.repositories.progress,
            attempts=self.repositories.attempts,
            recorder=self._recorder,
            catalog=self.catalog,
            pathways=self.pathways,
            unit_of_work=self.unit_of_work,
            clock=self.ports.clock,
        )

    @cached_property
    def attempts(self) -> AttemptService:
        return AttemptService(
            attempts=self.repositories.attempts,
            progress=self.repositories.progress,
            catalog=self.catalog,
            outcomes=self.outcomes,
            overdue=self.overdue_attempts,
            unit_of_work=self.unit_of_work,
            metrics=self.ports.metrics,
            clock=self.ports.clock,
        )

    @cached_property
    def grading(self) -> GradingService:
        return GradingService(
            attempts=self.repositories.attempts,
            proposals=self.repositories.proposals,
            catalog=self.catalog,
            outcomes=self.outcomes,
            overdue=self.overdue_attempts,
            tenant_access=self.tenant_access,
            audit_log=self.audit_log,
            unit_of_work=self.unit_of_work,
            clock=self.ports.clock,
        )

    @cached_property
    def attempt_decisions(self) -> AttemptDecisions:
        return AttemptDecisions(
            attempts=self.repositories.attempts,
            outcomes=self.outcomes,
            overdue=self.overdue_attempts,
            tenant_access=self.tenant_access,
            audit_log=self.audit_log,
            unit_of_work=self.unit_of_work,
            clock=self.ports.clock,
        )

    @cached_property
    def outcomes(self) -> AttemptOutcomes:
        return AttemptOutcomes(
            attempts=self.repositories.attempts,
            progress=self.repositories.progress,
            recorder=self._recorder,
            catalog=self.catalog,
            unit_of_work=self.unit_of_work,
            metrics=self.ports.metrics,
        )

    @cached_property
    def overdue_attempts(self) -> OverdueAttempts:
        return OverdueAttempts(
            attempts=self.repositories.attempts,
            outcomes=self.outcomes,
            unit_of_work=self.unit_of_work,
            clock=self.ports.clock,
        )

    @cached_property
    def progress(self) -> ProgressService:
        return ProgressService(
            progress=self.repositories.progress,
            log=self.repositories.events,
            catalog=self.catalog,
            tenant_access=self.tenant_access,
        )

    @cached_property
    def reports(self) -> ReportService:
        return ReportService(
            reports=self.repositories.reports,
            catalog=self.catalog,
            tenant_access=self.tenant_access,
            clock=self.ports.clock,
        )

    @cached_property
    def export(self) -> EventExport:
        return EventExport(
            log=self.repositories.events, catalog=self.catalog, tenant_access=self.tenant_access
        )

    @cached_property
    def export_tasks(self) -> ExportTasks:
        home = self.ports.public_url
        return ExportTasks(
            export=self.export,
            line_of=lambda event, titles: (
                f"{json.dumps(statement_of(event, titles, home=home))}\n".encode()
            ),
            tasks=self.tasks,
            callers=self.task_callers,
        )

    @cached_property
    def credentials(self) -> CredentialService:
        return CredentialService(
            credentials=self.repositories.credentials,
            catalog=self.catalog,
            subjects=self._subjects,
            tenant_access=self.tenant_access,
            audit_log=self.audit_log,
            unit_of_work=self.unit_of_work,
            clock=self.ports.clock,
        )

    @cached_property
    def organization_credentials(self) -> OrganizationCredentialService:
        return OrganizationCredentialService(
            credentials=self.repositories.credentials,
            definitions=self.credentials,
            tenant_access=self.tenant_access,
            unit_of_work=self.unit_of_work,
        )

    @cached_property
    def issuing(self) -> CredentialIssuer:
        return CredentialIssuer(
            credentials=self.repositories.credentials,
            issued_credentials=self.repositories.issued_credentials,
            status_lists=self.repositories.status_lists,
            signer=self.signing,
            recorder=self._recorder,
            recorded_facts=self.recorded_facts,
            tenant_access=self.tenant_access,
            audit_log=self.audit_log,
            unit_of_work=self.unit_of_work,
            clock=self.ports.clock,
        )

    @cached_property
    def signing(self) -> CredentialSigner:
        return CredentialSigner(
            signed_credentials=self.repositories.signed_credentials,
            status_lists=self.repositories.status_lists,
            issued_credentials=self.repositories.issued_credentials,
            issuer_keys=self.issuer_keys,
            evidence=EvidenceReader(recorded_facts=self.recorded_facts, subjects=self._subjects),
            recorded_facts=self.recorded_facts,
            addresses=self.addresses,
            platform=self.ports.platform,
            unit_of_work=self.unit_of_work,
            clock=self.ports.clock,
        )

    @cached_property
    def issued_verification(self) -> IssuedVerifier:
        return IssuedVerifier(
            signed_credentials=self.repositories.signed_credentials,
            issued_credentials=self.repositories.issued_credentials,
            signer=self.signing,
            recorded_facts=self.recorded_facts,
            addresses=self.addresses,
            clock=self.ports.clock,
        )

    @cached_property
    def recorded_facts(self) -> RecordedFacts:
        return RecordedFacts(log=self.repositories.events)

    @cached_property
    def grounds(self) -> GroundsReader:
        return GroundsReader(
            issued_credentials=self.repositories.issued_credentials,
            recorded_facts=self.recorded_facts,
            subjects=self._subjects,
        )

    @cached_property
    def earning(self) -> EarningService:
        return EarningService(
            credentials=self.repositories.credentials,
            issued_credentials=self.repositories.issued_credentials,
            records=LearnerRecords(
                progress=self.repositories.progress, attempts=self.repositories.attempts
            ),
            pathways=self.pathways,
            subjects=self._subjects,
            issuer=self.issuing,
            tenant_access=self.tenant_access,
            unit_of_work=self.unit_of_work,
            clock=self.ports.clock,
        )

    @cached_property
    def awards(self) -> AwardService:
        return AwardService(
            credentials=self.repositories.credentials,
            earning=self.earning,
            tenant_access=self.tenant_access,
            audit_log=self.audit_log,
            unit_of_work=self.unit_of_work,
        )

    @cached_property
    def _subjects(self) -> SubjectReader:
        return SubjectReader(catalog=self.catalog, pathways=self.pathway_catalog)

    @cached_property
    def _recorder(self) -> EventRecorder:
        return EventRecorder(
            progress=self.repositories.progress,
            log=self.repositories.events,
            catalog=self.catalog,
            events=self._events,
            outbox=self.event_outbox,
            clock=self.ports.clock,
        )

    @cached_property
    def _events(self) -> EventBus:
        events = EventBus()
        events.subscribe(CourseCompleted, self._on_course_completed)
        events.subscribe(AssessmentGraded, self._on_assessment_graded)
        events.subscribe(PathwayCompleted, self._on_pathway_completed)
        return events

    # Subscribers are looked up at each event: they depend on the recorder, which needs the event bus first.

    def _on_course_completed(self, event: CourseCompleted) -> None:
        self.earning.on_course_completed(event)
        self.pathways.on_course_completed(event)

    def _on_pathway_completed(self, event: PathwayCompleted) -> None:
        self.earning.on_pathway_completed(event)

    def _on_assessment_graded(self, event: AssessmentGraded) -> None:
        self.earning.on_assessment_graded(event)


def _read_archive(content: bytes) -> tuple[CourseDefinition, ArchiveReport]:
    from courses.definitions.olx.reading import read_archive  # noqa: PLC0415  # costs time and memory

    return read_archive(content)
