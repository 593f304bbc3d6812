"""AI sessions in the database."""

from collections.abc import Collection, Iterator, Mapping
from collections.abc import Set as AbstractSet
from datetime import datetime
from typing import Any, Final

from django.db.models import F, Q, QuerySet

from accounts.public import OrganizationId, UserId
from authsvc.kernel.paging import Page, PageRequest
from authsvc.kernel.tenancy import TenantScope
from authsvc.kernel.verification import ALL_USERS, Stored, UserRange
from authsvc.storage.inserts import insert
from authsvc.storage.paging import page_of_rows
from authsvc.storage.rows import first_of, values_of
from authsvc.storage.settled import (
    NotSettled,
    last_position,
    positions_and_hashes,
    settled_up_to,
)
from authsvc.storage.tenancy import owned_within
from authsvc.storage.verification import about_users, stored_rows
from courses.public import CourseId, ItemId
from progress import models as rows
from progress.domain.ai.entities.feedback import AIFeedback, Rating
from progress.domain.ai.entities.sessions import (
    AIInteraction,
    AIInteractionId,
    AISession,
    AISessionId,
    AISessionSelection,
    Generation,
    SessionType,
)
from progress.domain.ai.errors import AIInteractionNotFound, AISessionNotFound
from progress.domain.ai.ports import FinishReason, Role, TokenUsage
from progress.domain.ai.repositories.protocols.sessions import AI_INTERACTIONS, AI_SESSIONS
from progress.domain.errors import LogBusy

Values = dict[str, Any]


class OrmAISessionRepository:
    def add(self, session: AISession, *, scope: TenantScope) -> None:
        scope.require(session.org_id)
        insert(rows.AISession, [values_of(rows.AISession, session)])

    def get(self, session_id: AISessionId, *, scope: TenantScope) -> AISession:
        return self._get(rows.AISession.objects.all(), session_id, scope)

    def get_for_update(self, session_id: AISessionId, *, scope: TenantScope) -> AISession:
        return self._get(rows.AISession.objects.select_for_update(), session_id, scope)

    def save(self, session: AISession, *, scope: TenantScope) -> None:
        scope.require(session.org_id)
        rows.AISession.objects.filter(pk=session.id).update(
            ended_at=session.ended_at,
            sequence=session.sequence,
            hash=session.hash,
            removed_through=session.removed_through,
            texts_since=session.texts_since,
        )

    def page_of(
        self, selection: AISessionSelection, request: PageRequest, *, scope: TenantScope
    ) -> Page[AISession]:
        return page_of_rows(_selected(selection, scope), request, AI_SESSIONS, _session)

    def all_of_for_update(self, user_id: UserId, *, scope: TenantScope) -> list[AISession]:
        stored = rows.AISession.objects.select_for_update().filter(owned_within(scope))
        return [_session(row) for row in stored.filter(user_id=user_id).order_by("id")]

    def with_texts_before(
        self,
        moment: datetime,
        *,
        limit: int,
        within: Collection[OrganizationId] | None = None,
        outside: Collection[OrganizationId] = (),
        scope: TenantScope,
    ) -> list[AISession]:
        stored = rows.AISession.objects.filter(owned_within(scope), texts_since__lt=moment)
        if within is not None:
            stored = stored.filter(org_id__in=within)
        if outside:
            stored = stored.filter(Q(org_id=None) | ~Q(org_id__in=outside))
        return [_session(row) for row in stored.order_by("texts_since", "id")[:limit]]

    def in_streams(
        self, *, users: UserRange = ALL_USERS, scope: TenantScope
    ) -> Iterator[Stored[AISession]]:
        sessions = rows.AISession.objects.filter(owned_within(scope), about_users(users))
        return stored_rows(
            sessions.order_by("user_id", "id"), _session, key=lambda row: (row.user_id, row.id)
        )

    def count(self) -> int:
        return rows.AISession.objects.count()

    def _get(
        self, sessions: QuerySet[rows.AISession], session_id: AISessionId, scope: TenantScope
    ) -> AISession:
        sessions = sessions.filter(owned_within(scope), pk=session_id)
        return _session(first_of(sessions, missing=AISessionNotFound))


class OrmAIInteractionRepository:
    def append(self, interaction: AIInteraction, *, scope: TenantScope) -> None:
        scope.require(interaction.org_id)
        insert(rows.AIInteraction, [_interaction_values(interaction)])

    def get(self, interaction_id: AIInteractionId, *, scope: TenantScope) -> AIInteraction:
        stored = rows.AIInteraction.objects.filter(owned_within(scope), id=interaction_id)
        return _interaction(first_of(stored, missing=AIInteractionNotFound))

    def page_of_session(
        self, session_id: AISessionId, request: PageRequest, *, scope: TenantScope
    ) -> Page[AIInteraction]:
        stored = rows.AIInteraction.objects.filter(owned_within(scope), session_id=session_id)
        return page_of_rows(stored, request, AI_INTERACTIONS, _interaction)

    def last_before(
        self, session_id: AISessionId, moment: datetime, *, scope: TenantScope
    ) -> AIInteraction | None:
        stored = rows.AIInteraction.objects.filter(owned_within(scope), session_id=session_id)
        row = stored.filter(occurred_at__lt=moment).order_by("-sequence").first()
        return _interaction(row) if row else None

    def in_streams(
        self, *, users: UserRange = ALL_USERS, scope: TenantScope
    ) -> Iterator[Stored[AIInteraction]]:
        stored = rows.AIInteraction.objects.filter(owned_within(scope), about_users(users))
        ordered = stored.order_by("user_id", "session_id", "sequence")
        return stored_rows(ordered, _interaction, key=lambda row: (row.user_id, row.session_id))

    def needed_texts(
        self, owner: UserId, content_hashes: Collection[str], *, scope: TenantScope
    ) -> AbstractSet[str]:
        needed = rows.AIInteraction.objects.filter(
            owned_within(scope),
            user_id=owner,
            content_hash__in=list(content_hashes),
            sequence__gt=F("session__removed_through"),
        )
        return set(needed.values_list("content_hash", flat=True))

    def settled_position(self) -> int:
        try:
            last = settled_up_to(rows.AIInteraction)
        except NotSettled:
            raise LogBusy from None
        return min(last, last_position(rows.AIInteraction))

    def hashes(self, *, after: int, up_to: int | None = None) -> Iterator[tuple[int, str]]:
        return positions_and_hashes(rows.AIInteraction, after=after, up_to=up_to)

    def count(self) -> int:
        return rows.AIInteraction.objects.count()


class OrmAIFeedbackRepository:
    def put(self, feedback: AIFeedback, *, scope: TenantScope) -> None:
        scope.require(feedback.org_id)
        values = values_of(rows.AIFeedback, feedback)
        if not insert(rows.AIFeedback, [values], unless_taken=("interaction_id", "user_id")):
            _feedback_rows(feedback.interaction_id, feedback.user_id).update(
                rating=feedback.rating, comment=feedback.comment, given_at=feedback.given_at
            )

    def find(
        self, interaction_id: AIInteractionId, user_id: UserId, *, scope: TenantScope
    ) -> AIFeedback | None:
        row = _feedback_rows(interaction_id, user_id).filter(owned_within(scope)).first()
        return _feedback(row) if row else None

    def ratings_by(
        self,
        user_id: UserId,
        interaction_ids: Collection[AIInteractionId],
        *,
        scope: TenantScope,
    ) -> Mapping[AIInteractionId, Rating]:
        given = rows.AIFeedback.objects.filter(
            owned_within(scope), user_id=user_id, interaction__id__in=interaction_ids
        )
        ratings = given.values_list("interaction__id", "rating")
        return {AIInteractionId(id_): Rating(rating) for id_, rating in ratings}

    def remove_comments(self, user_id: UserId, *, scope: TenantScope) -> int:
        commented = rows.AIFeedback.objects.filter(owned_within(scope), user_id=user_id)
        return commented.exclude(comment="").update(comment="")


_COLUMNS: Final = {"user_id": "user_id", "org_id": "org_id", "course_id": "course_id"}


def _selected(selection: AISessionSelection, scope: TenantScope) -> QuerySet[rows.AISession]:
    conditions = {
        column: value
        for name, column in _COLUMNS.items()
        if (value := getattr(selection, name)) is not None
    }
    return rows.AISession.objects.filter(owned_within(scope), **conditions)


def _feedback_rows(interaction_id: AIInteractionId, user_id: UserId) -> QuerySet[rows.AIFeedback]:
    return rows.AIFeedback.objects.filter(interaction__id=interaction_id, user_id=user_id)


def _session(row: rows.AISession) -> AISession:
    return AISession(
        id=AISessionId(row.id),
        user_id=UserId(row.user_id),
        org_id=_org_id(row),
        course_id=CourseId(row.course_id) if row.course_id else None,
        item_id=ItemId(row.item_id) if row.item_id else None,
        session_type=SessionType(row.session_type),
        client_id=row.client_id,
        started_at=row.started_at,
        ended_at=row.ended_at,
        sequence=row.sequence,
        hash=row.hash,
        removed_through=row.removed_through,
        texts_since=row.texts_since,
    )


def _interaction(row: rows.AIInteraction) -> AIInteraction:
    return AIInteraction(
        id=AIInteractionId(row.id),
        session_id=AISessionId(row.session_id),
        user_id=UserId(row.user_id),
        org_id=_org_id(row),
        sequence=row.sequence,
        role=Role(row.role),
        content_hash=row.content_hash,
        generation=_generation(row),
        is_reported=row.is_reported,
        occurred_at=row.occurred_at,
        recorded_by=UserId(row.recorded_by) if row.recorded_by else None,
        client_id=row.client_id,
        agent=row.agent,
        previous_hash=row.previous_hash,
        hash=row.hash,
    )


def _generation(row: rows.AIInteraction) -> Generation:
    return Generation(
        provider=row.provider,
        model_id=row.model_id,
        usage=TokenUsage(
            input_tokens=row.input_tokens,
            cached_tokens=row.cached_tokens,
            output_tokens=row.output_tokens,
        ),
        latency_ms=row.latency_ms,
        time_to_first_token_ms=row.time_to_first_token_ms,
        finish_reason=FinishReason(row.finish_reason) if row.finish_reason else None,
        prompt_template=row.prompt_template,
        prompt_version=row.prompt_version,
        cost_micro_usd=row.cost_micro_usd,
    )


def _interaction_values(interaction: AIInteraction) -> Values:
    made = interaction.generation
    return values_of(
        rows.AIInteraction,
        interaction,
        provider=made.provider,
        model_id=made.model_id,
        input_tokens=made.usage.input_tokens,
        cached_tokens=made.usage.cached_tokens,
        output_tokens=made.usage.output_tokens,
        latency_ms=made.latency_ms,
        time_to_first_token_ms=made.time_to_first_token_ms,
        finish_reason=made.finish_reason or "",
        prompt_template=made.prompt_template,
        prompt_version=made.prompt_version,
        cost_micro_usd=made.cost_micro_usd,
    )


def _feedback(row: rows.AIFeedback) -> AIFeedback:
    return AIFeedback(
        interaction_id=AIInteractionId(row.interaction_id),
        user_id=UserId(row.user_id),
        org_id=_org_id(row),
        rating=Rating(row.rating),
        comment=row.comment,
        given_at=row.given_at,
    )


def _org_id(row: rows.AISession | rows.AIInteraction | rows.AIFeedback) -> OrganizationId | None:
    return OrganizationId(row.org_id) if row.org_id else None
