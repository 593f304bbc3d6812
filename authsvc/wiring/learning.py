"""What people learn, and the proof of it."""

from functools import cached_property

from authsvc.kernel.events import EventBus
from authsvc.wiring.organizations import Organizations
from courses.domain.repositories.cached import CachedCourseVersionRepository
from courses.domain.services import AuthoringService, CatalogService
from credentials.domain.services import CredentialService, IssuingService
from progress.domain.events import CourseCompleted
from progress.domain.services import (
    LearningService,
    LogService,
    ProgressService,
    Recorder,
    RecordingService,
)


class Learning(Organizations):
    @cached_property
    def catalog(self) -> CatalogService:
        return CatalogService(
            courses=self.repositories.courses,
            drafts=self.repositories.course_drafts,
            versions=CachedCourseVersionRepository(self.repositories.course_versions),
            gate=self.gate,
        )

    @cached_property
    def authoring(self) -> AuthoringService:
        return AuthoringService(
            courses=self.repositories.courses,
            drafts=self.repositories.course_drafts,
            versions=self.repositories.course_versions,
            gate=self.gate,
            audit_log=self.audit_log,
            unit_of_work=self.unit_of_work,
            clock=self.ports.clock,
        )

    @cached_property
    def learning(self) -> LearningService:
        return LearningService(
            progress=self.repositories.progress,
            recorder=self._recorder,
            catalog=self.catalog,
            unit_of_work=self.unit_of_work,
            clock=self.ports.clock,
        )

    @cached_property
    def progress(self) -> ProgressService:
        return ProgressService(
            progress=self.repositories.progress,
            log=self.repositories.events,
            catalog=self.catalog,
            gate=self.gate,
        )

    @cached_property
    def log(self) -> LogService:
        return LogService(
            progress=self.repositories.progress,
            log=self.repositories.events,
            catalog=self.catalog,
            unit_of_work=self.unit_of_work,
        )

    @cached_property
    def credentials(self) -> CredentialService:
        return CredentialService(
            credentials=self.repositories.credentials,
            catalog=self.catalog,
            gate=self.gate,
            audit_log=self.audit_log,
            unit_of_work=self.unit_of_work,
            clock=self.ports.clock,
        )

    @cached_property
    def issuing(self) -> IssuingService:
        return IssuingService(
            credentials=self.repositories.credentials,
            user_credentials=self.repositories.user_credentials,
            recording=RecordingService(
                progress=self.repositories.progress,
                recorder=self._recorder,
                unit_of_work=self.unit_of_work,
            ),
            gate=self.gate,
            audit_log=self.audit_log,
            unit_of_work=self.unit_of_work,
            clock=self.ports.clock,
        )

    @cached_property
    def _recorder(self) -> Recorder:
        return Recorder(
            progress=self.repositories.progress,
            log=self.repositories.events,
            catalog=self.catalog,
            events=self._events,
            clock=self.ports.clock,
        )

    @cached_property
    def _events(self) -> EventBus:
        events = EventBus()
        events.subscribe(CourseCompleted, self._issue)
        return events

    def _issue(self, event: CourseCompleted) -> None:
        # Looked up when it is needed: issuing records, and what records needs these events.
        self.issuing.on_course_completed(event)
