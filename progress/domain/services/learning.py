"""Learning: enrolment, progress on courses, and learner records."""

import json
from collections.abc import Callable, Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime

from accounts.public import OrganizationId, Principal, Right, SubjectType, TenantAccess, UserId
from authsvc.kernel.canonical import canonical_text
from authsvc.kernel.clock import Clock
from authsvc.kernel.paging import Page, PageRequest
from authsvc.kernel.tenancy import TenantScope
from authsvc.kernel.unit_of_work import UnitOfWork
from courses.public import (
    AssessmentId,
    CatalogService,
    CourseId,
    CourseVersion,
    ItemId,
    Outline,
)
from progress.domain.entities.attempts import AttemptId
from progress.domain.entities.events import Cause, Fact, ProgressEvent
from progress.domain.entities.progress import CourseProgress, CourseRecord, LearnerRecord
from progress.domain.entities.proposals import AssistedGrade, assistance_of
from progress.domain.errors import (
    AlreadyEnrolled,
    AssessmentRequired,
    NotEnrolled,
    ProgressNotFound,
)
from progress.domain.repositories.protocols.attempts import AttemptRepository
from progress.domain.repositories.protocols.progress import EventRepository, ProgressRepository
from progress.domain.services.event_log import EventRecorder
from progress.domain.services.pathways import PathwayService


@dataclass(frozen=True, slots=True, kw_only=True)
class LearningService:
    """What learners do on courses. Each call is one unit of work, subscribers included.

    A course of an organization does not exist for users who are not members.
    """

    progress: ProgressRepository
    attempts: AttemptRepository
    recorder: EventRecorder
    catalog: CatalogService
    pathways: PathwayService
    unit_of_work: UnitOfWork
    clock: Clock

    def enroll(
        self, slug_or_id: str, *, by: Principal, idempotency_key: str = ""
    ) -> CourseProgress:
        """Enrol the caller on the published version; progress from before a withdrawal is kept.

        Items whose assessment was passed in the meantime are completed in the same unit of work.

        Raises CourseNotFound, CourseNotOpen, PrerequisitesMissing, AlreadyEnrolled.
        """
        cause = Cause(user_id=by.person, agent=by.agent, idempotency_key=idempotency_key)
        with self.unit_of_work.atomic():
            course = self.catalog.open_course(slug_or_id, by=by)
            version = self.catalog.version(course.id, course.version, scope=by.member_scope)
            self.pathways.require_prerequisites(course, by=by)
            new = CourseProgress.before(version, user_id=by.person, at=self.clock.now())
            try:
                return self.recorder.record(new, new.enrolment(version), cause=cause)
            except AlreadyEnrolled:
                progress = self._progress_of(by, slug_or_id)
                facts = self._with_passes(progress, progress.enrolment(version), version)
                return self.recorder.record(progress, *facts, cause=cause)

    def withdraw(
        self, slug_or_id: str, *, by: Principal, idempotency_key: str = ""
    ) -> CourseProgress:
        """Withdraw the caller from the course. Raises CourseNotFound, NotEnrolled, AlreadyCompleted."""
        return self._record(
            slug_or_id, lambda progress: [progress.withdrawal()], by=by, key=idempotency_key
        )

    def start_item(
        self, slug_or_id: str, item_id: ItemId, *, by: Principal, idempotency_key: str = ""
    ) -> CourseProgress:
        """Start the module of the item; do nothing if it was started before.

        Raises CourseNotFound, NotEnrolled, ItemNotFound.
        """
        return self._record(
            slug_or_id,
            lambda progress: _if_any(progress.start_of(item_id, self._outline_of(progress))),
            by=by,
            key=idempotency_key,
        )

    def complete_item(
        self, slug_or_id: str, item_id: ItemId, *, by: Principal, idempotency_key: str = ""
    ) -> CourseProgress:
        """Complete the item, and the course with its last required item; do nothing if it was completed before.

        Raises CourseNotFound, NotEnrolled, ItemNotFound, AssessmentRequired unless its assessment is passed.
        """
        return self._record(
            slug_or_id,
            lambda progress: _if_any(self._completion_of(item_id, progress)),
            by=by,
            key=idempotency_key,
        )

    def upgrade(
        self, slug_or_id: str, *, by: Principal, idempotency_key: str = ""
    ) -> CourseProgress:
        """Move the caller to the published version; do nothing if they are on it.

        Completed items stay completed, because items keep their ids; items that the learner's version did not have, but
        whose assessment was passed, are completed. Raises CourseNotFound, CourseNotOpen, NotEnrolled.
        """
        return self._record(
            slug_or_id,
            lambda progress: self._upgrade(progress, self.catalog.open_version(slug_or_id, by=by)),
            by=by,
            key=idempotency_key,
        )

    def _record(
        self,
        slug_or_id: str,
        facts_of: Callable[[CourseProgress], list[Fact]],
        *,
        by: Principal,
        key: str,
    ) -> CourseProgress:
        """Record the facts that follow from the caller's locked progress, if any do."""
        with self.unit_of_work.atomic():
            progress = self._progress_of(by, slug_or_id)
            facts = facts_of(progress)
            if not facts:
                return progress
            cause = Cause(user_id=by.person, agent=by.agent, idempotency_key=key)
            return self.recorder.record(progress, *facts, cause=cause)

    def _upgrade(self, progress: CourseProgress, version: CourseVersion) -> list[Fact]:
        upgrade = progress.upgrade(version)
        return [] if upgrade is None else self._with_passes(progress, upgrade, version)

    def _with_passes(
        self, progress: CourseProgress, arrival: Fact, version: CourseVersion
    ) -> list[Fact]:
        """Return the arrival on the version, and the completions of its items that are passed but not completed."""
        if not progress.has_open_assessments(version.outline):
            return [arrival]
        return [arrival, *progress.completions_by(self._passed(progress), version.outline)]

    def _completion_of(self, item_id: ItemId, progress: CourseProgress) -> Fact | None:
        outline = self._outline_of(progress)
        try:
            return progress.completion_of(item_id, outline)
        except AssessmentRequired as error:
            if error.facts["assessment_id"] not in self._passed(progress):
                raise
            return progress.pass_of(item_id, outline)

    def _passed(self, progress: CourseProgress) -> AbstractSet[AssessmentId]:
        scope = TenantScope.into(progress.org_id)
        return self.attempts.passed_assessments(progress.user_id, progress.course_id, scope=scope)

    def _progress_of(self, learner: Principal, slug_or_id: str) -> CourseProgress:
        """Return the learner's progress, locked. Raises NotEnrolled, or CourseNotFound if there is no such course."""
        scope = learner.member_scope
        progress = self.progress.find_for_update(learner.person, slug_or_id, scope=scope)
        if progress is None:
            self.catalog.learnable_by(learner, slug_or_id)
            raise NotEnrolled
        return progress

    def _outline_of(self, progress: CourseProgress) -> Outline:
        scope = TenantScope.into(progress.org_id)
        number = progress.course_version
        return self.catalog.version(progress.course_id, number, scope=scope).outline


def _if_any(fact: Fact | None) -> list[Fact]:
    return [] if fact is None else [fact]


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgressService:
    """Reads progress: learners their own, instructors and managers that of everybody."""

    progress: ProgressRepository
    log: EventRepository
    catalog: CatalogService
    tenant_access: TenantAccess

    def get(self, slug_or_id: str, *, by: Principal) -> CourseProgress:
        """Return the caller's progress. Raises ProgressNotFound, or CourseNotFound if there is no such course."""
        progress = self.progress.find(by.person, slug_or_id, scope=by.member_scope)
        if progress is None:
            self.catalog.learnable_by(by, slug_or_id)
            raise ProgressNotFound
        return progress

    def page_for(self, by: Principal, request: PageRequest) -> Page[CourseProgress]:
        """Return the caller's progress on all courses, by time of enrolment, then course id."""
        return self.progress.page_for_user(by.person, request, scope=by.member_scope)

    def events_of(
        self, slug_or_id: str, request: PageRequest, *, by: Principal
    ) -> Page[ProgressEvent]:
        """Return the caller's events on the course, oldest first. Raises ProgressNotFound, CourseNotFound."""
        stream = self.get(slug_or_id, by=by).stream
        return self.log.page_of_stream(stream, request, scope=by.member_scope)

    def learners_of(
        self,
        slug_or_id: str,
        request: PageRequest,
        *,
        changed_since: datetime | None = None,
        by: Principal,
    ) -> Page[CourseProgress]:
        """Return the progress of everybody on the course, by time of enrolment; only what has changed since then.

        Raises CourseNotFound, NotPermitted.
        """
        course = self.catalog.visible_to(by, slug_or_id)
        by.require(Right.SEE_PROGRESS, of=course.org_id)
        page = self.progress.page_for_course(
            course.id, request, changed_since=changed_since, scope=by.tenant_scope
        )
        self.tenant_access.record_access(
            course.org_id, at=SubjectType.LEARNERS, subject_id=course.id, by=by
        )
        return page

    def page_in(
        self,
        org_id: OrganizationId,
        request: PageRequest,
        *,
        changed_since: datetime | None = None,
        by: Principal,
    ) -> Page[CourseProgress]:
        """Return the progress of everybody on the organization's courses, by learner, to those who manage members.

        With *changed_since*, that with an event since then.
        Raises OrganizationNotFound, NotPermitted.
        """
        self.tenant_access.organization(org_id, by=by)
        by.require(Right.MANAGE_MEMBERS, of=org_id)
        page = self.progress.page_for_organization(
            org_id, request, changed_since=changed_since, scope=by.tenant_scope
        )
        self.tenant_access.record_access(org_id, at=SubjectType.LEARNERS, subject_id=org_id, by=by)
        return page


@dataclass(frozen=True, slots=True, kw_only=True)
class LearnerRecords:
    """Reads everything a learner has reached, for apps that reward it."""

    progress: ProgressRepository
    attempts: AttemptRepository

    def record_of(self, user_id: UserId, *, scope: TenantScope) -> LearnerRecord:
        """Return what the learner has reached in scope; an empty record for an unknown user."""
        return self._record(user_id, self.progress.all_of(user_id, scope=scope), scope)

    def record_for_update(self, user_id: UserId, *, scope: TenantScope) -> LearnerRecord:
        """Like record_of, one caller at a time: of two simultaneous completions, the second sees the first."""
        courses = self.progress.all_of_for_update(user_id, scope=scope)
        return self._record(user_id, courses, scope)

    def assisted_grades(
        self,
        user_id: UserId,
        *,
        courses: AbstractSet[CourseId],
        assessments: AbstractSet[AssessmentId],
        scope: TenantScope,
    ) -> tuple[AssistedGrade, ...]:
        """Return the grades with proposals of the learner's passes on the courses and at the assessments."""
        passes = self.attempts.assisted_passes(
            user_id, courses=courses, assessments=assessments, scope=scope
        )
        grades = map(assistance_of, passes)
        return tuple(grade for grade in grades if grade is not None)

    def attempt_content(self, attempt_id: AttemptId, *, scope: TenantScope) -> Mapping[str, object]:
        """Return an attempt as JSON values, whose canonical JSON has its hash. Raises AttemptNotFound."""
        content = self.attempts.get(attempt_id, scope=scope).content
        members: Mapping[str, object] = json.loads(canonical_text(content))
        return members

    def _record(
        self, user_id: UserId, courses: Iterable[CourseProgress], scope: TenantScope
    ) -> LearnerRecord:
        return LearnerRecord(
            courses={
                progress.course_id: CourseRecord(
                    course_version=progress.course_version,
                    last_activity_at=progress.last_activity_at,
                    completed_at=progress.completed_at,
                )
                for progress in courses
            },
            best_percents=self.attempts.best_percents(user_id, scope=scope),
        )
