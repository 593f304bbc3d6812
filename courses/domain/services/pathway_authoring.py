"""Writing learning pathways and bringing them to learners."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import uuid4

from accounts.public import (
    AuditAct,
    AuditAction,
    AuditLog,
    Gate,
    OrganizationId,
    Principal,
    Right,
    SubjectType,
)
from authsvc.kernel.clock import Clock
from authsvc.kernel.errors import Complaint, Listed
from authsvc.kernel.reach import Reach
from authsvc.kernel.unit_of_work import UnitOfWork
from courses.domain.entities import (
    Course,
    CourseId,
    CourseStatus,
    LearningPathway,
    PathwayDefinition,
    PathwayId,
    PathwayStage,
    PathwayStatus,
    pathway_slug_of,
)
from courses.domain.errors import (
    CourseNotFound,
    InvalidPathwayDefinition,
    PathwayNotFound,
    PathwayNotReady,
    PathwaySlugFixed,
)
from courses.domain.repositories.protocols import CourseRepository, PathwayRepository
from courses.domain.services.pathway_catalog import PathwayCatalogService

Members = Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class PathwayAuthoringService:
    """Every act needs the right to author courses of the pathway's owner, and raises NotPermitted without it.

    What changes something raises OrganizationSuspended when the owner is an organization that is closed.
    """

    pathways: PathwayRepository
    courses: CourseRepository
    catalog: PathwayCatalogService
    gate: Gate
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
        """Start a pathway, of the organization if one is named; learners see it when it is published.

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
            self.pathways.add(pathway, within=by.reach)
            after = {"slug": pathway.slug, **_members_of(pathway)}
            self._record(AuditAction.PATHWAY_CREATED, pathway, {}, after, by=by)
        return pathway

    def revise(
        self, address: str, definition: PathwayDefinition, *, by: Principal
    ) -> LearningPathway:
        """Put the definition in place of what there is; of a published pathway, learners see it at once.

        Raises PathwayNotFound, InvalidPathwayDefinition, PathwaySlugFixed, PathwayNotReady.
        """
        with self.unit_of_work.atomic():
            pathway = self._for_change(address, by=by)
            if definition.slug != pathway.local_slug:
                raise PathwaySlugFixed(slug=pathway.local_slug)
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
        """Revise the pathway of the platform, or of the organization, that has the definition's slug; or start it.

        Raises OrganizationNotFound, InvalidPathwayDefinition, PathwayNotReady.
        """
        slug = self._slug_for(definition, org_id, by=by)
        with self.unit_of_work.atomic():
            try:
                return self.revise(slug, definition, by=by)
            except PathwayNotFound:
                return self.create(definition, org_id=org_id, by=by)

    def publish(self, address: str, *, by: Principal) -> LearningPathway:
        """Show the pathway to learners, and ask from now on for what comes before its courses.

        Raises PathwayNotFound, PathwayPublished, PathwayNotReady.
        """
        with self.unit_of_work.atomic():
            pathway = self._for_change(address, by=by)
            published = pathway.published()
            self._change(pathway, published, AuditAction.PATHWAY_PUBLISHED, by=by)
        return published

    def retire(self, address: str, *, reason: str = "", by: Principal) -> LearningPathway:
        """Offer the pathway no longer, and ask for nothing before its courses.

        Raises PathwayNotFound, PathwayNotPublished.
        """
        with self.unit_of_work.atomic():
            pathway = self._for_change(address, by=by)
            retired = pathway.retired()
            self._change(pathway, retired, AuditAction.PATHWAY_RETIRED, reason=reason, by=by)
        return retired

    def export(self, address: str, *, by: Principal) -> PathwayDefinition:
        """The pathway as a definition. Raises PathwayNotFound."""
        pathway = self._found(address, by=by)
        self.gate.note_look(pathway.org_id, at=SubjectType.PATHWAY, subject_id=pathway.id, by=by)
        return PathwayDefinition.of(pathway)

    def _slug_for(
        self, definition: PathwayDefinition, org_id: OrganizationId | None, *, by: Principal
    ) -> str:
        """The slug of a pathway that the asker may author.

        Raises OrganizationNotFound, InvalidPathwayDefinition.
        """
        if org_id is None:
            by.require(Right.AUTHOR_COURSES)
            return definition.slug
        organization = self.gate.organization(org_id, by=by)
        by.require(Right.AUTHOR_COURSES, of=org_id)
        organization.require_open()
        return pathway_slug_of(definition.slug, within=organization.slug)

    def _stages_of(
        self, definition: PathwayDefinition, org_id: OrganizationId | None, *, by: Principal
    ) -> tuple[PathwayStage, ...]:
        """The stages with the courses that are named. Raises InvalidPathwayDefinition."""
        ids: dict[str, CourseId] = {}
        unknown = []
        for slug, place in definition.courses:
            course = self._course_at(slug, org_id, by=by)
            if course is None:
                detail = f"there is no course {slug!r} that a pathway here can have"
                unknown.append(Complaint(path=place, detail=detail))
            else:
                ids[slug] = course.id
        if unknown:
            raise InvalidPathwayDefinition(*unknown)
        return definition.stages_of(ids)

    def _course_at(
        self, slug: str, org_id: OrganizationId | None, *, by: Principal
    ) -> Course | None:
        """A course of the platform or of the pathway's organization; a draft for its authors alone."""
        try:
            course = self.courses.at(slug, within=Reach.into(org_id))
        except CourseNotFound:
            return None
        if course.slug != slug:  # By its id it could be on the pathway a second time.
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
        """Keep what has changed, let its courses know, and record it. Raises PathwayNotReady."""
        if after.is_open:
            self._require_published_courses(after)
        self.pathways.save(after, within=by.reach)
        left, joined = _courses_that_ask(before), _courses_that_ask(after)
        self.courses.count_pathways(
            joined=joined - left, left=left - joined, within=Reach.into(after.org_id)
        )
        members = _members_of(before), _members_of(after)
        self._record(action, after, *members, reason=reason, by=by)

    def _require_published_courses(self, pathway: LearningPathway) -> None:
        """Raises PathwayNotReady while learners do not know one of the courses."""
        within = Reach.into(pathway.org_id)
        unpublished = [
            each.slug
            for each in pathway.courses
            if not self.courses.at(str(each.course_id), within=within).version
        ]
        if unpublished:
            raise PathwayNotReady(unpublished=Listed(unpublished))

    def _for_change(self, address: str, *, by: Principal) -> LearningPathway:
        """The pathway, which nobody else changes meanwhile. Raises PathwayNotFound."""
        found = self._found(address, by=by)
        self.gate.require_open(found.org_id, by=by)
        return self.pathways.get_for_update(found.id, within=by.reach)

    def _found(self, address: str, *, by: Principal) -> LearningPathway:
        """Raises PathwayNotFound."""
        pathway = self.catalog.visible_to(by, address)
        by.require(Right.AUTHOR_COURSES, of=pathway.org_id)
        return pathway

    def _record(
        self,
        action: AuditAction,
        pathway: LearningPathway,
        before: Members,
        after: Members,
        *,
        reason: str = "",
        by: Principal,
    ) -> None:
        act = AuditAct(
            action=action,
            subject_type=SubjectType.PATHWAY,
            subject_id=str(pathway.id),
            org_id=pathway.org_id,
            reason=reason,
        )
        self.audit_log.record(act.of_changes(before, after), by=by)


def _courses_that_ask(pathway: LearningPathway) -> frozenset[CourseId]:
    """The courses that have to know that they are on the pathway."""
    return pathway.course_ids if pathway.is_open else frozenset()


def _members_of(pathway: LearningPathway) -> Members:
    return {
        "title": pathway.title,
        "status": pathway.status.value,
        "version": pathway.version,
        "courses": [each.slug for each in pathway.courses],
    }
