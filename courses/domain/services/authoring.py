"""Course authoring: drafts, publication and retirement."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from uuid import uuid4

from accounts.public import (
    BOUND,
    AuditAction,
    AuditLog,
    AuditSubject,
    OrganizationId,
    Principal,
    Right,
    SubjectType,
    TenantAccess,
)
from authsvc.kernel.clock import Clock
from authsvc.kernel.paging import Page, PageRequest
from authsvc.kernel.preconditions import UNCONDITIONAL, Precondition
from authsvc.kernel.unit_of_work import UnitOfWork
from courses.domain.entities.authored import AuthoredCourse
from courses.domain.entities.courses import (
    Course,
    CourseDefinition,
    CourseDraft,
    CourseId,
    CourseStatus,
    CourseVersion,
)
from courses.domain.errors import CourseNotFound, InvalidDefinition, SlugFixed
from courses.domain.repositories.protocols.courses import (
    AssessmentRepository,
    CourseDraftRepository,
    CourseRepository,
    CourseVersionRepository,
)
from courses.domain.services.authors import slug_for

Members = Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthoringService:
    """Operations need the right to author courses, of the organization that owns the course. They raise NotPermitted.

    Changes to courses of a suspended organization raise OrganizationSuspended.
    """

    courses: CourseRepository
    drafts: CourseDraftRepository
    versions: CourseVersionRepository
    assessments: AssessmentRepository
    tenant_access: TenantAccess
    audit_log: AuditLog
    unit_of_work: UnitOfWork
    clock: Clock

    def create(
        self,
        definition: CourseDefinition,
        *,
        org_id: OrganizationId | None = None,
        by: Principal,
    ) -> Course:
        """Create a course, of the organization if there is one, with the definition as its draft.

        Raises OrganizationNotFound, InvalidDefinition, SlugTaken.
        """
        course = self._new_course(definition, org_id, by=by)
        with self.unit_of_work.atomic():
            self.courses.add(course, scope=by.tenant_scope)
            self._save_draft(definition.draft_of(course.id, org_id=org_id), by=by)
            after = {"slug": course.slug, "title": course.title}
            self.audit_log.record(AuditAction.COURSE_CREATED, _subject(course), by=by, after=after)
        return course

    def revise(
        self,
        slug_or_id: str,
        definition: CourseDefinition,
        *,
        if_match: Precondition = UNCONDITIONAL,
        by: Principal,
    ) -> Course:
        """Replace the draft, if its definition is as the caller has seen it.

        Raises CourseNotFound, SlugFixed, PreconditionFailed; and PreconditionRequired if changes that are not
        published yet would be replaced unseen.
        """
        with self.unit_of_work.atomic():
            course = self._for_change(slug_or_id, by=by)
            if definition.slug != course.local_slug:
                raise SlugFixed(slug=course.local_slug)
            self._require_seen(course, definition, if_match, by=by)
            return self._redraft(course, definition, by=by)

    def edit(
        self,
        slug_or_id: str,
        change: Callable[[CourseDefinition], CourseDefinition],
        *,
        if_match: Precondition,
        reason: str = "",
        by: Principal,
    ) -> CourseDefinition:
        """Apply the change to the draft as it is now, and return its definition; an equal draft is not saved again.

        The precondition can be about the part that is changed, so that editors of different parts do not stop each
        other. Raises CourseNotFound, SlugFixed, PreconditionFailed, and the errors of the change.
        """
        with self.unit_of_work.atomic():
            course = self._for_change(slug_or_id, by=by)
            draft = self.drafts.get(course.id, scope=by.tenant_scope)
            definition = CourseDefinition.of(draft, slug=course.local_slug)
            if_match.require(definition)
            edited = change(definition)
            if edited.slug != course.local_slug:
                raise SlugFixed(slug=course.local_slug)
            if edited != definition:
                self._redraft(course, edited, reason=reason, by=by)
        return edited

    def import_definition(
        self,
        definition: CourseDefinition,
        *,
        org_id: OrganizationId | None = None,
        by: Principal,
    ) -> Course:
        """Revise the course with the slug of the definition, or create it.

        Raises OrganizationNotFound, InvalidDefinition.
        """
        slug = self.slug_for(definition, org_id, by=by)
        with self.unit_of_work.atomic():
            try:
                return self.revise(slug, definition, by=by)
            except CourseNotFound:
                return self.create(definition, org_id=org_id, by=by)

    def publish(
        self,
        slug_or_id: str,
        *,
        if_match: Precondition = UNCONDITIONAL,
        reason: str = "",
        by: Principal,
    ) -> Course:
        """Publish the draft as a new version, if its definition is as the caller has seen it.

        Raises CourseNotFound, NothingToPublish, NothingRequired, PreconditionFailed.
        """
        with self.unit_of_work.atomic():
            course = self._for_change(slug_or_id, by=by)
            current = self._current(course, by=by)
            draft = self.drafts.get(course.id, scope=by.tenant_scope)
            if_match.require(CourseDefinition.of(draft, slug=course.local_slug))
            version = course.publish(draft, current=current, by=by.user_id, at=self.clock.now())
            if version is not current:
                self.versions.add(version, scope=by.tenant_scope)
                self.assessments.keep(version.assessment_places, scope=by.tenant_scope)
            published = course.published_as(version)
            self.courses.save(published, scope=by.tenant_scope)
            before = _members_of(course)
            after = {**_members_of(published), BOUND: version.binding}
            self.audit_log.record(
                AuditAction.COURSE_PUBLISHED,
                _subject(course),
                by=by,
                because=reason,
                before=before,
                after=after,
            )
        return published

    def retire(self, slug_or_id: str, *, reason: str = "", by: Principal) -> Course:
        """Close the course to new learners; enrolled ones may finish. Raises CourseNotFound, CourseNotPublished."""
        with self.unit_of_work.atomic():
            course = self._for_change(slug_or_id, by=by)
            retired = course.retired()
            self.courses.save(retired, scope=by.tenant_scope)
            before, after = _members_of(course), _members_of(retired)
            self.audit_log.record(
                AuditAction.COURSE_RETIRED,
                _subject(course),
                by=by,
                because=reason,
                before=before,
                after=after,
            )
        return retired

    def export(
        self, slug_or_id: str, *, version: int | None = None, by: Principal
    ) -> CourseDefinition:
        """The draft, or a version, as a definition. Raises CourseNotFound, CourseVersionNotFound."""
        course = self._get_and_note(slug_or_id, by=by)
        if version is None:
            draft = self.drafts.get(course.id, scope=by.tenant_scope)
            return CourseDefinition.of(draft, slug=course.local_slug)
        published = self.versions.get(course.id, version, scope=by.tenant_scope)
        return CourseDefinition.of(published, slug=course.local_slug)

    def authored(self, slug_or_id: str, *, by: Principal) -> AuthoredCourse:
        """The course with its draft and its current version. Raises CourseNotFound."""
        course = self._get_and_note(slug_or_id, by=by)
        draft = self.drafts.get(course.id, scope=by.tenant_scope)
        return AuthoredCourse(course=course, draft=draft, current=self._current(course, by=by))

    def versions_of(
        self, slug_or_id: str, request: PageRequest, *, by: Principal
    ) -> Page[CourseVersion]:
        """The published versions, oldest first. Raises CourseNotFound."""
        course = self._get_and_note(slug_or_id, by=by)
        return self.versions.page_of(course.id, request, scope=by.tenant_scope)

    def slug_for(
        self, definition: CourseDefinition, org_id: OrganizationId | None, *, by: Principal
    ) -> str:
        """The slug of a new course.

        Raises NotPermitted, OrganizationNotFound, OrganizationSuspended, InvalidDefinition.
        """
        return slug_for(
            definition.slug,
            org_id,
            noun="course",
            error=InvalidDefinition,
            tenant_access=self.tenant_access,
            by=by,
        )

    def _redraft(
        self, course: Course, definition: CourseDefinition, *, reason: str = "", by: Principal
    ) -> Course:
        draft = definition.draft_of(course.id, org_id=course.org_id)
        redrafted = course.redrafted(draft)
        self.courses.save(redrafted, scope=by.tenant_scope)
        self._save_draft(draft, by=by)
        after = {"title": draft.title, "checksum": draft.checksum}
        self.audit_log.record(
            AuditAction.COURSE_REVISED, _subject(redrafted), by=by, because=reason, after=after
        )
        return redrafted

    def _save_draft(self, draft: CourseDraft, *, by: Principal) -> None:
        saved = replace(draft, saved_by=by.user_id, saved_at=self.clock.now())
        self.drafts.save(saved, scope=by.tenant_scope)

    def _new_course(
        self, definition: CourseDefinition, org_id: OrganizationId | None, *, by: Principal
    ) -> Course:
        """Raises OrganizationNotFound, InvalidDefinition."""
        return Course(
            id=CourseId(uuid4()),
            slug=self.slug_for(definition, org_id, by=by),
            title=definition.title,
            summary=definition.summary,
            status=CourseStatus.DRAFT,
            version=0,
            created_by=by.user_id,
            created_at=self.clock.now(),
            org_id=org_id,
        )

    def _require_seen(
        self, course: Course, new: CourseDefinition, if_match: Precondition, *, by: Principal
    ) -> None:
        """Raises PreconditionFailed, PreconditionRequired."""
        if if_match is UNCONDITIONAL:
            return
        draft = self.drafts.get(course.id, scope=by.tenant_scope)
        definition = CourseDefinition.of(draft, slug=course.local_slug)
        if_match.require(definition)
        current = self._current(course, by=by)
        is_published = current is not None and current.checksum == draft.checksum
        if new != definition and not is_published:
            if_match.require_stated()

    def _for_change(self, slug_or_id: str, *, by: Principal) -> Course:
        """The course, locked until the unit of work ends. Raises CourseNotFound."""
        course = self._get(slug_or_id, by=by)
        self.tenant_access.require_open(course.org_id, by=by)
        return self.courses.get_for_update(course.id, scope=by.tenant_scope)

    def _get_and_note(self, slug_or_id: str, *, by: Principal) -> Course:
        """Raises CourseNotFound."""
        course = self._get(slug_or_id, by=by)
        self.tenant_access.record_access(
            course.org_id, at=SubjectType.COURSE, subject_id=course.id, by=by
        )
        return course

    def _get(self, slug_or_id: str, *, by: Principal) -> Course:
        """Raises CourseNotFound, also for drafts that the caller may not edit: their existence is not revealed."""
        course = self.courses.at(slug_or_id, scope=by.tenant_scope)
        is_author = by.may(Right.AUTHOR_COURSES, of=course.org_id)
        if course.status is CourseStatus.DRAFT and not is_author:
            raise CourseNotFound
        by.require(Right.AUTHOR_COURSES, of=course.org_id)
        return course

    def _current(self, course: Course, *, by: Principal) -> CourseVersion | None:
        if not course.version:
            return None
        return self.versions.get(course.id, course.version, scope=by.tenant_scope)


def _subject(course: Course) -> AuditSubject:
    return AuditSubject.of(SubjectType.COURSE, course)


def _members_of(course: Course) -> Members:
    return {"title": course.title, "status": course.status.value, "version": course.version}
