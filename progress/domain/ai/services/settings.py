"""Settings of organizations and courses about AI: budgets, how long texts are stored, and help with grading."""

from dataclasses import asdict, dataclass, replace
from typing import Any

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
from authsvc.kernel.preconditions import UNCONDITIONAL, Precondition
from authsvc.kernel.unit_of_work import UnitOfWork
from courses.public import CatalogService
from progress.domain.ai.entities.budgets import AISettings, BudgetKind
from progress.domain.ai.errors import AIBudgetTooHigh
from progress.domain.ai.repositories.protocols.budgets import AISettingsRepository
from progress.domain.ai.services.budgets import BudgetPolicy


@dataclass(frozen=True, slots=True, kw_only=True)
class AIDecisions:
    """What is decided; None means the default of the platform."""

    monthly_tokens: int | None = None
    monthly_cost_micro_usd: int | None = None
    retention_days: int | None = None
    proposes_grades: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class AISettingsService:
    """Settings, for those who may edit the organization, or that which owns the course.

    Limits above those of the platform are for administrators of the platform.
    """

    settings: AISettingsRepository
    policy: BudgetPolicy
    catalog: CatalogService
    tenant_access: TenantAccess
    audit_log: AuditLog
    unit_of_work: UnitOfWork

    def of_organization(self, org_id: OrganizationId, *, by: Principal) -> AISettings:
        """Raises OrganizationNotFound, NotPermitted."""
        return self._stored(self._empty_for_organization(org_id, by), by)

    def of_course(self, slug_or_id: str, *, by: Principal) -> AISettings:
        """Raises CourseNotFound, NotPermitted."""
        return self._stored(self._empty_for_course(slug_or_id, by), by)

    def decide_for_organization(
        self,
        org_id: OrganizationId,
        decisions: AIDecisions,
        *,
        if_match: Precondition = UNCONDITIONAL,
        by: Principal,
    ) -> AISettings:
        """Replace the settings of the organization. Help with grading is for courses to decide.

        Raises OrganizationNotFound, OrganizationSuspended, NotPermitted, AIBudgetTooHigh, PreconditionFailed.
        """
        empty = self._empty_for_organization(org_id, by)
        self._require_permitted(decisions, BudgetKind.ORGANIZATION, by)
        return self._decide(empty, replace(decisions, proposes_grades=False), if_match, by)

    def decide_for_course(
        self,
        slug_or_id: str,
        decisions: AIDecisions,
        *,
        if_match: Precondition = UNCONDITIONAL,
        by: Principal,
    ) -> AISettings:
        """Replace the settings of the course, whose texts are stored as long as those of its organization.

        Raises CourseNotFound, OrganizationSuspended, NotPermitted, AIBudgetTooHigh, PreconditionFailed.
        """
        empty = self._empty_for_course(slug_or_id, by)
        self._require_permitted(decisions, BudgetKind.COURSE, by)
        return self._decide(empty, replace(decisions, retention_days=None), if_match, by)

    def _decide(
        self, empty: AISettings, decisions: AIDecisions, if_match: Precondition, by: Principal
    ) -> AISettings:
        self.tenant_access.require_open(empty.org_id, by=by)
        with self.unit_of_work.atomic():
            before = self.settings.locked(empty, scope=by.tenant_scope)
            if_match.require(before)
            after = replace(before, **asdict(decisions))
            self.settings.put(after, scope=by.tenant_scope)
            subject = AuditSubject(
                SubjectType.COURSE if empty.course_id else SubjectType.ORGANIZATION,
                str(empty.subject_id),
                empty.org_id,
            )
            self.audit_log.record(
                AuditAction.AI_SETTINGS_CHANGED,
                subject,
                by=by,
                before=_members_of(before),
                after=_members_of(after),
            )
        return after

    def _empty_for_organization(self, org_id: OrganizationId, by: Principal) -> AISettings:
        self.tenant_access.organization(org_id, by=by)
        by.require(Right.EDIT_ORGANIZATION, of=org_id)
        return AISettings(subject_id=org_id, org_id=org_id)

    def _empty_for_course(self, slug_or_id: str, by: Principal) -> AISettings:
        course = self.catalog.visible_to(by, slug_or_id)
        by.require(Right.EDIT_ORGANIZATION, of=course.org_id)
        return AISettings(subject_id=course.id, org_id=course.org_id, course_id=course.id)

    def _stored(self, empty: AISettings, by: Principal) -> AISettings:
        stored = self.settings.those_of([empty.subject_id], scope=by.tenant_scope)
        self.tenant_access.record_access(
            empty.org_id, at=SubjectType.ORGANIZATION, subject_id=empty.subject_id, by=by
        )
        return stored[0] if stored else empty

    def _require_permitted(self, decisions: AIDecisions, kind: BudgetKind, by: Principal) -> None:
        """Raise AIBudgetTooHigh for a limit above that of the platform; 0 is above each, because it is none."""
        if by.may(Right.MANAGE_ORGANIZATIONS):
            return
        most = self.policy.limit(kind)
        pairs = (
            (decisions.monthly_tokens, most.tokens),
            (decisions.monthly_cost_micro_usd, most.cost_micro_usd),
        )
        for limit, greatest in pairs:
            if greatest and limit is not None and not 0 < limit <= greatest:
                raise AIBudgetTooHigh(
                    monthly_tokens=most.tokens, monthly_cost_micro_usd=most.cost_micro_usd
                )


def _members_of(settings: AISettings) -> dict[str, Any]:
    return {
        "monthly_tokens": settings.monthly_tokens,
        "monthly_cost_micro_usd": settings.monthly_cost_micro_usd,
        "retention_days": settings.retention_days,
        "proposes_grades": settings.proposes_grades,
    }
