"""Outcomes of AI sessions in the database."""

from typing import Final

from django.db.models import Exists, F, OuterRef, Q, Sum
from django.db.models.functions import Coalesce

from accounts.public import OrganizationId, UserId
from authsvc.kernel.tenancy import TenantScope
from authsvc.storage.tenancy import owned_within
from courses.public import CourseId, ItemId
from progress import models as rows
from progress.domain.ai.entities.outcomes import SessionOutcome
from progress.domain.ai.entities.sessions import AISessionId
from progress.domain.entities.attempts import AttemptStatus

_BY_LEARNER: Final = {"user_id": OuterRef("user_id"), "course_id": OuterRef("course_id")}


class OrmAIOutcomeRepository:
    def of_course(self, course_id: CourseId, *, scope: TenantScope) -> list[SessionOutcome]:
        passes = rows.AssessmentAttempt.objects.filter(
            item_id=Coalesce(OuterRef("item_id"), F("item_id")),
            **_BY_LEARNER,
            status=AttemptStatus.GRADED,
            score__gte=F("pass_score"),
            submitted_at__gte=OuterRef("started_at"),
        )
        completions = rows.CourseProgress.objects.filter(
            **_BY_LEARNER, completed_at__gte=OuterRef("started_at")
        )
        sessions = rows.AISession.objects.filter(owned_within(scope), course_id=course_id)
        outcomes = sessions.annotate(
            was_passed=Exists(passes),
            was_completed=Exists(completions),
            cost=Coalesce(
                Sum("interactions__cost_micro_usd", filter=Q(interactions__is_reported=False)), 0
            ),
        )
        return [
            SessionOutcome(
                session_id=AISessionId(row.id),
                user_id=UserId(row.user_id),
                org_id=OrganizationId(row.org_id) if row.org_id else None,
                item_id=ItemId(row.item_id) if row.item_id else None,
                started_at=row.started_at,
                cost_micro_usd=int(row.cost),
                was_passed=row.was_passed,
                was_completed=row.was_completed,
            )
            for row in outcomes.order_by("started_at", "id")
        ]
