"""Outcomes of AI sessions in the database."""

from datetime import datetime
from typing import Any, Final

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from accounts.public import OrganizationId, UserId
from authsvc.kernel.tenancy import TenantScope
from authsvc.storage.tenancy import owned_within
from courses.public import CourseId, ItemId
from progress import models as rows
from progress.domain.ai.entities.feedback import Rating
from progress.domain.ai.entities.outcomes import SessionOutcome
from progress.domain.ai.entities.prompts import PromptResult, in_order
from progress.domain.ai.entities.sessions import AISessionId
from progress.domain.ai.ports import Role
from progress.domain.entities.attempts import AttemptStatus

_BY_PROMPT: Final = ("prompt_template", "prompt_version")


class OrmAIOutcomeRepository:
    def of_course(self, course_id: CourseId, *, scope: TenantScope) -> list[SessionOutcome]:
        sessions = rows.AISession.objects.filter(owned_within(scope), course_id=course_id)
        outcomes = sessions.annotate(
            was_passed=Exists(_passes()),
            was_completed=Exists(_completions()),
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

    def by_prompt(self, *, since: datetime, scope: TenantScope) -> list[PromptResult]:
        is_answer = {"role": Role.ASSISTANT, "is_reported": False, "occurred_at__gte": since}
        answers = rows.AIInteraction.objects.filter(owned_within(scope), **is_answer)
        answers = answers.exclude(prompt_template="").annotate(
            was_passed=Exists(_passes("session__")),
            was_completed=Exists(_completions("session__")),
        )
        groups = answers.values(*_BY_PROMPT).annotate(
            sessions=Count("session", distinct=True),
            answers=Count("position"),
            cost=Sum("cost_micro_usd"),
            passed=Count("session", distinct=True, filter=Q(was_passed=True)),
            completed=Count("session", distinct=True, filter=Q(was_completed=True)),
        )
        about = {f"interaction__{name}": value for name, value in is_answer.items()}
        rated = rows.AIFeedback.objects.filter(owned_within(scope), **about)
        flagged = rows.AIFlag.objects.filter(owned_within(scope), **about)
        counts = {
            "thumbs_up": _counted(rated.filter(rating=Rating.THUMBS_UP)),
            "thumbs_down": _counted(rated.filter(rating=Rating.THUMBS_DOWN)),
            "flags": _counted(flagged),
        }
        return in_order(
            PromptResult(
                prompt_template=group["prompt_template"],
                prompt_version=group["prompt_version"],
                sessions=group["sessions"],
                answers=group["answers"],
                sessions_before_pass=group["passed"],
                sessions_before_completion=group["completed"],
                cost_micro_usd=int(group["cost"]),
                **{name: of.get(_version_of(group), 0) for name, of in counts.items()},
            )
            for group in groups
        )


def _version_of(group: dict[str, Any], path: str = "") -> tuple[str, ...]:
    return tuple(group[f"{path}{name}"] for name in _BY_PROMPT)


def _counted(given: "QuerySet[Any]") -> dict[tuple[str, ...], int]:
    """The number of ratings or flags of answers, by the name and version of their prompt."""
    path = "interaction__"
    groups = given.values(*(f"{path}{name}" for name in _BY_PROMPT)).annotate(number=Count("pk"))
    return {_version_of(group, path): group["number"] for group in groups}


def _passes(path: str = "") -> "QuerySet[rows.AssessmentAttempt]":
    """The passed attempts after the start of the session at this path, about its item if it has one."""
    return rows.AssessmentAttempt.objects.filter(
        item_id=Coalesce(OuterRef(f"{path}item_id"), F("item_id")),
        **_by_learner(path),
        status=AttemptStatus.GRADED,
        score__gte=F("pass_score"),
        submitted_at__gte=OuterRef(f"{path}started_at"),
    )


def _completions(path: str = "") -> "QuerySet[rows.CourseProgress]":
    return rows.CourseProgress.objects.filter(
        **_by_learner(path), completed_at__gte=OuterRef(f"{path}started_at")
    )


def _by_learner(path: str) -> dict[str, Any]:
    return {"user_id": OuterRef(f"{path}user_id"), "course_id": OuterRef(f"{path}course_id")}
