"""Learning pathway authoring: revision, publication and retirement."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import uuid4

from accounts.public import (
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
from authsvc.kernel.errors import FieldError, Listed
from authsvc.kernel.preconditions import UNCONDITIONAL, Precondition
from authsvc.kernel.tenancy import TenantScope
from authsvc.kernel.unit_of_work import UnitOfWork
from courses.domain.entities.courses import Course, CourseId, CourseStatus
from courses.domain.entities.pathways import (
    LearningPathway,
    PathwayDefinition,
    PathwayId,
    PathwayStage,
    PathwayStatus,
)
from courses.domain.errors import (
    CourseNotFound,
    InvalidPathwayDefinition,
    PathwayNotFound,
    PathwayNotReady,
    PathwaySlugFixed,
)
from courses.domain.repositories.protocols.courses import CourseRepository
from courses.domain.repositories.protocols.pathways import PathwayRepository
from courses.domain.services.authors import slug_for
from courses.domain.services.pathway_catalog import PathwayCatalogService

Members = Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class PathwayAuthoringService:
    """Operations need the right to author courses, of the organization that owns the pathway. They raise NotPermitted.

    Changes to pathways of a suspended organization raise OrganizationSuspended.
    """

    pathways: PathwayRepository
    courses: CourseRepository
    catalog: PathwayCatalogService
    tenant_access: TenantAccess
    audit_log: AuditLog
    unit_of_work: UnitOfWork
    clock: Clock

    def create(
        self,
        definition: PathwayDefinition,
        *,
        org_id: OrganizationId | None = None,
        by: Principal,
    ) -> LearningPathway:
        """Create a pathway as a draft, of the organization if there is one.

        Raises OrganizationNotFound, InvalidPathwayDefinition, PathwaySlugTaken.
        """
        slug = self._slug_for(definition, org_id, by=by)
        pathway = LearningPathway(
            id=PathwayId(uuid4()),
            slug=slug,
            title=definition.title,
            summary=definition.summary,
            status=PathwayStatus.DRAFT,
            version=0,
            created_by=by.user_id,
            created_at=self.clock.now(),
            org_id=org_id,
            stages=self._stages_of(definition, org_id, by=by),
        )
        with self.unit_of_work.atomic():
            self.pathways.add(pathway, scope=by.tenant_scope)
            after = {"slug": pathway.slug, **_members_of(pathway)}
            self.audit_log.record(
                AuditAction.PATHWAY_CREATED, _subject(pathway), by=by, after=after
            )
        return pathway

    def revise(
        self,
        slug_or_id: str,
        definition: PathwayDefinition,
        *,
        if_match: Precondition = UNCONDITIONAL,
        by: Principal,
    ) -> LearningPathway:
        """Replace the definition, if it is as the caller has seen it. Learners see changes at once if it is published.

        Raises PathwayNotFound, InvalidPathwayDefinition, PathwaySlugFixed, PathwayNotReady, PreconditionFailed.
        """
        with self.unit_of_work.atomic():
            pathway = self._for_change(slug_or_id, by=by)
            if definition.slug != pathway.local_slug:
                raise PathwaySlugFixed(slug=pathway.local_slug)
            if_match.require(pathway)
            revised = pathway.revised(
                title=definition.title,
                summary=definition.summary,
                stages=self._stages_of(definition, pathway.org_id, by=by),
            )
            self._change(pathway, revised, AuditAction.PATHWAY_REVISED, by=by)
        return revised

    def import_definition(
        self,
        definition: PathwayDefinition,
        *,
        org_id: OrganizationId | None = None,
        by: Principal,
    ) -> LearningPathway:
        """Revise the pathway with the slug of the definition, or create it.

        Raises OrganizationNotFound, InvalidPathwayDefinition, PathwayNotReady.
        """
        slug = self._slug_for(definition, org_id, by=by)
        with self.unit_of_work.atomic():
            try:
                return self.revise(slug, definition, by=by)
            except PathwayNotFound:
                return self.create(definition, org_id=org_id, by=by)

    def publish(self, slug_or_id: str, *, by: Principal) -> LearningPathway:
        """Publish the pathway. Its prerequisites apply from now on.

        Raises PathwayNotFound, PathwayPublished, PathwayNotReady.
        """
        with self.unit_of_work.atomic():
            pathway = self._for_change(slug_or_id, by=by)
            published = pathway.published()
            self._change(pathway, published, AuditAction.PATHWAY_PUBLISHED, by=by)
        return published

    def retire(self, slug_or_id: str, *, reason: str = "", by: Principal) -> LearningPathway:
        """Retire the pathway. Its prerequisites stop applying.

        Raises PathwayNotFound, PathwayNotPublished.
        """
        with self.unit_of_work.atomic():
            pathway = self._for_change(slug_or_id, by=by)
            retired = pathway.retired()
            self._change(pathway, retired, AuditAction.PATHWAY_RETIRED, reason=reason, by=by)
        return retired

    def export(self, slug_or_id: str, *, by: Principal) -> PathwayDefinition:
        """The pathway as a definition. Raises PathwayNotFound."""
        pathway = self._get(slug_or_id, by=by)
        self.tenant_access.record_access(
            pathway.org_id, at=SubjectType.PATHWAY, subject_id=pathway.id, by=by
        )
        return PathwayDefinition.of(pathway)

    def _slug_for(
        self, definition: PathwayDefinition, org_id: OrganizationId | None, *, by: Principal
    ) -> str:
        return slug_for(
            definition.slug,
            org_id,
            noun="pathway",
            error=InvalidPathwayDefinition,
            tenant_access=self.tenant_access,
            by=by,
        )

    def _stages_of(
        self, definition: PathwayDefinition, org_id: OrganizationId | None, *, by: Principal
    ) -> tuple[PathwayStage, ...]:
        """The stages with the ids of their courses. Raises InvalidPathwayDefinition."""
        ids: dict[str, CourseId] = {}
        unknown = []
        for slug, path in definition.courses:
            course = self._course_at(slug, org_id, by=by)
            if course is None:
                detail = f"there is no course {slug!r} that this pathway can contain"
                unknown.append(FieldError(path=path, detail=detail))
            else:
                ids[slug] = course.id
        if unknown:
            raise InvalidPathwayDefinition(*unknown)
        return definition.stages_with(ids)

    def _course_at(
        self, slug: str, org_id: OrganizationId | None, *, by: Principal
    ) -> Course | None:
        """A course of the platform or the organization; a draft only if the caller may edit it."""
        try:
            course = self.courses.at(slug, scope=TenantScope.into(org_id))
        except CourseNotFound:
            return None
        if course.slug != slug:  # It was found by its id, and could be on the pathway twice.
            return None
        is_author = by.may(Right.AUTHOR_COURSES, of=course.org_id)
        return None if course.status is CourseStatus.DRAFT and not is_author else course

    def _change(
        self,
        before: LearningPathway,
        after: LearningPathway,
        action: AuditAction,
        *,
        reason: str = "",
        by: Principal,
    ) -> None:
        """Save and record the change, and count the pathway in its courses. Raises PathwayNotReady."""
        if after.is_open:
            self._require_published_courses(after)
        self.pathways.save(after, scope=by.tenant_scope)
        left, joined = _counted_courses(before), _counted_courses(after)
        self.courses.count_pathways(
            joined=joined - left, left=left - joined, scope=TenantScope.into(after.org_id)
        )
        self.audit_log.record(
            action,
            _subject(after),
            by=by,
            because=reason,
            before=_members_of(before),
            after=_members_of(after),
        )

    def _require_published_courses(self, pathway: LearningPathway) -> None:
        """Raises PathwayNotReady if learners cannot see one of the courses."""
        scope = TenantScope.into(pathway.org_id)
        unpublished = [
            course.slug
            for course in pathway.courses
            if not self.courses.at(str(course.course_id), scope=scope).version
        ]
        if unpublished:
            raise PathwayNotReady(unpublished=Listed(unpublished))

    def _for_change(self, slug_or_id: str, *, by: Principal) -> LearningPathway:
        """The pathway, locked until the unit of work ends. Raises PathwayNotFound."""
        pathway = self._get(slug_or_id, by=by)
        self.tenant_access.require_open(pathway.org_id, by=by)
        return self.pathways.get_for_update(pathway.id, scope=by.tenant_scope)

    def _get(self, slug_or_id: str, *, by: Principal) -> LearningPathway:
        """Raises PathwayNotFound."""
        pathway = self.catalog.visible_to(by, slug_or_id)
        by.require(Right.AUTHOR_COURSES, of=pathway.org_id)
        return pathway


def _counted_courses(pathway: LearningPathway) -> frozenset[CourseId]:
    """The courses whose count of published pathways includes this one."""
    return pathway.course_ids if pathway.is_open else frozenset()


def _subject(pathway: LearningPathway) -> AuditSubject:
    return AuditSubject.of(SubjectType.PATHWAY, pathway)


def _members_of(pathway: LearningPathway) -> Members:
    return {
        "title": pathway.title,
        "status": pathway.status.value,
        "version": pathway.version,
        "courses": [course.slug for course in pathway.courses],
    }
