"""Flags on AI interactions in the database."""

from typing import Any

from accounts.public import OrganizationId, UserId
from authsvc.kernel.tenancy import TenantScope
from authsvc.storage.inserts import insert
from authsvc.storage.rows import first_of, values_of
from authsvc.storage.tenancy import owned_within
from progress import models as rows
from progress.domain.ai.entities.feedback import AIFlag, AIFlagId, FlagOutcome
from progress.domain.ai.entities.sessions import AIInteractionId, AISessionId
from progress.domain.ai.errors import AIFlagNotFound


class OrmAIFlagRepository:
    def open(self, flag: AIFlag, *, scope: TenantScope) -> None:
        scope.require(flag.org_id)
        taken = ("interaction_id", "user_id")
        if not insert(rows.AIFlag, [_values(flag)], unless_taken=taken, among="is_open"):
            stored = rows.AIFlag.objects.filter(user_id=flag.user_id, is_open=True)
            stored.filter(interaction__id=flag.interaction_id).update(comment=flag.comment)

    def get_for_update(self, flag_id: AIFlagId, *, scope: TenantScope) -> AIFlag:
        stored = rows.AIFlag.objects.select_for_update().filter(owned_within(scope), pk=flag_id)
        return _flag(first_of(stored, missing=AIFlagNotFound))

    def save(self, flag: AIFlag, *, scope: TenantScope) -> None:
        scope.require(flag.org_id)
        rows.AIFlag.objects.filter(pk=flag.id).update(**_values(flag))

    def remove_comments(self, user_id: UserId, *, scope: TenantScope) -> int:
        commented = rows.AIFlag.objects.filter(owned_within(scope), user_id=user_id)
        return commented.exclude(comment="").update(comment="")


def _values(flag: AIFlag) -> dict[str, Any]:
    return values_of(rows.AIFlag, flag, outcome=flag.outcome or "")


def _flag(row: rows.AIFlag) -> AIFlag:
    return AIFlag(
        id=AIFlagId(row.id),
        interaction_id=AIInteractionId(row.interaction_id),
        session_id=AISessionId(row.session_id),
        user_id=UserId(row.user_id),
        org_id=OrganizationId(row.org_id) if row.org_id else None,
        comment=row.comment,
        flagged_at=row.flagged_at,
        outcome=FlagOutcome(row.outcome) if row.outcome else None,
        note=row.note,
        decided_by=UserId(row.decided_by) if row.decided_by else None,
        decided_at=row.decided_at,
    )
