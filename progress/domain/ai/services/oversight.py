"""AI sessions as staff see them: those of a course or an organization, and what was said in one."""

from dataclasses import dataclass

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
from authsvc.kernel.paging import Page, PageRequest
from authsvc.kernel.unit_of_work import UnitOfWork
from courses.public import CatalogService
from progress.domain.ai.entities.sessions import (
    AISession,
    AISessionId,
    AISessionSelection,
    ReadInteraction,
)
from progress.domain.ai.repositories.protocols.sessions import (
    AIInteractionRepository,
    AISessionRepository,
)
from progress.domain.ai.services.texts import TextReader


@dataclass(frozen=True, slots=True, kw_only=True)
class AISessionOversight:
    """Reading the sessions of others, by those who see their progress. Reading texts is always an audited access."""

    sessions: AISessionRepository
    interactions: AIInteractionRepository
    text_reader: TextReader
    catalog: CatalogService
    tenant_access: TenantAccess
    audit_log: AuditLog
    unit_of_work: UnitOfWork

    def page_of_course(
        self, slug_or_id: str, request: PageRequest, *, by: Principal
    ) -> Page[AISession]:
        """Return the sessions on the course, newest first. Raises CourseNotFound, NotPermitted."""
        course = self.catalog.visible_to(by, slug_or_id)
        by.require(Right.SEE_PROGRESS, of=course.org_id)
        page = self.sessions.page_of(
            AISessionSelection(course_id=course.id), request, scope=by.tenant_scope
        )
        self.tenant_access.record_access(
            course.org_id, at=SubjectType.LEARNERS, subject_id=course.id, by=by
        )
        return page

    def page_of_organization(
        self, org_id: OrganizationId, request: PageRequest, *, by: Principal
    ) -> Page[AISession]:
        """Return the sessions in the organization, newest first, to those who manage members.

        Raises OrganizationNotFound, NotPermitted.
        """
        self.tenant_access.require_to_list(
            org_id, Right.MANAGE_MEMBERS, of=SubjectType.AI_SESSION, by=by
        )
        selection = AISessionSelection(org_id=org_id)
        return self.sessions.page_of(selection, request, scope=by.tenant_scope)

    def interactions_of(
        self, session_id: AISessionId, request: PageRequest, *, by: Principal
    ) -> Page[ReadInteraction]:
        """Return the interactions of a session with their texts, oldest first.

        Raises AISessionNotFound, NotPermitted.
        """
        with self.unit_of_work.atomic():
            session = self.sessions.get(session_id, scope=by.tenant_scope)
            by.require(Right.SEE_PROGRESS, of=session.org_id)
            page = self.interactions.page_of_session(session.id, request, scope=by.tenant_scope)
            if session.user_id != by.user_id:
                subject = AuditSubject.of(SubjectType.AI_SESSION, session)
                self.audit_log.record(AuditAction.LOOKED_INTO, subject, by=by)
        return self.text_reader.read_page(session, page)
