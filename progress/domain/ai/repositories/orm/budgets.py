"""Budgets, settings and usage in the database."""

from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

from django.db.models import Count, F, Sum
from django.db.models.functions import TruncMonth

from accounts.public import OrganizationId
from authsvc.kernel.tenancy import TenantScope
from authsvc.storage.inserts import insert
from authsvc.storage.rows import values_of
from authsvc.storage.tenancy import owned_within
from authsvc.storage.upserts import upsert_all
from courses.public import CourseId
from progress import models as rows
from progress.domain.ai.entities.budgets import (
    NOTHING,
    AISettings,
    BudgetKey,
    BudgetState,
    Reservation,
    ReservationId,
    Spending,
    month_of,
)
from progress.domain.ai.entities.usage import UsageRow, UsageSelection


class OrmAIBudgetRepository:
    def charge(
        self,
        keys: Collection[BudgetKey],
        *,
        spent: Spending = NOTHING,
        reserved: Spending = NOTHING,
    ) -> list[BudgetState]:
        added = {
            "spent_tokens": spent.tokens,
            "spent_micro_usd": spent.cost_micro_usd,
            "reserved_tokens": reserved.tokens,
            "reserved_micro_usd": reserved.cost_micro_usd,
        }
        stored = upsert_all(
            rows.AIBudgetCounter,
            # In one order, so that no two transactions wait for each other.
            [{"key": key, **added} for key in sorted(map(str, keys))],
            changes={name: F(name) + amount for name, amount in added.items() if amount}
            or {"spent_tokens": F("spent_tokens")},
        )
        return [_state(row) for row in stored]

    def states(self, keys: Collection[BudgetKey]) -> list[BudgetState]:
        stored = rows.AIBudgetCounter.objects.filter(key__in=list(map(str, keys)))
        return [_state(row) for row in stored.values()]

    def add(self, reservation: Reservation) -> None:
        insert(
            rows.AIReservation,
            [
                {
                    "id": reservation.id,
                    "keys": list(map(str, reservation.keys)),
                    "tokens": reservation.most.tokens,
                    "micro_usd": reservation.most.cost_micro_usd,
                    "expires_at": reservation.expires_at,
                }
            ],
        )

    def remove(self, reservation_id: ReservationId) -> bool:
        removed, _ = rows.AIReservation.objects.filter(pk=reservation_id).delete()
        return bool(removed)

    def expired(self, *, at: datetime, limit: int) -> list[Reservation]:
        stored = rows.AIReservation.objects.filter(expires_at__lte=at)
        return [_reservation(row) for row in stored.order_by("expires_at", "id")[:limit]]


class OrmAISettingsRepository:
    def those_of(self, subject_ids: Sequence[UUID], *, scope: TenantScope) -> list[AISettings]:
        stored = rows.AISettings.objects.filter(owned_within(scope), pk__in=list(subject_ids))
        return [_settings(row) for row in stored]

    def with_retention(self, *, scope: TenantScope) -> list[AISettings]:
        stored = rows.AISettings.objects.filter(owned_within(scope), retention_days__isnull=False)
        return [_settings(row) for row in stored]

    def locked(self, empty: AISettings, *, scope: TenantScope) -> AISettings:
        scope.require(empty.org_id)
        insert(rows.AISettings, [_settings_values(empty)], unless_taken=("subject_id",))
        return _settings(rows.AISettings.objects.select_for_update().get(pk=empty.subject_id))

    def put(self, settings: AISettings, *, scope: TenantScope) -> None:
        scope.require(settings.org_id)
        values = _settings_values(settings)
        if not insert(rows.AISettings, [values], unless_taken=("subject_id",)):
            rows.AISettings.objects.filter(pk=settings.subject_id).update(**values)


_GROUPS: Final = ("month", "org_id", "session__course_id", "provider", "model_id", "is_reported")


class OrmAIUsageRepository:
    def by_month(
        self, selection: UsageSelection, *, since: datetime, scope: TenantScope
    ) -> list[UsageRow]:
        conditions: dict[str, Any] = {
            "session__user_id": selection.user_id,
            "session__org_id": selection.org_id,
            "session__course_id": selection.course_id,
        }
        selected = rows.AIInteraction.objects.filter(
            owned_within(scope),
            occurred_at__gte=since,
            **{name: value for name, value in conditions.items() if value is not None},
        )
        months = selected.annotate(month=TruncMonth("occurred_at", tzinfo=UTC)).values(*_GROUPS)
        sums = months.annotate(
            number=Count("position"),
            read=Sum("input_tokens"),
            cached=Sum("cached_tokens"),
            written=Sum("output_tokens"),
            cost=Sum("cost_micro_usd"),
        )
        usage = sorted(map(_usage, sums), key=_place)
        return sorted(usage, key=lambda row: row.month, reverse=True)


def _place(row: UsageRow) -> tuple[str, ...]:
    ids = (str(row.org_id or ""), str(row.course_id or ""))
    return (*ids, row.provider, row.model_id, str(row.is_reported))


def _usage(group: Mapping[str, Any]) -> UsageRow:
    org_id, course_id = group["org_id"], group["session__course_id"]
    return UsageRow(
        month=month_of(group["month"]),
        org_id=OrganizationId(org_id) if org_id else None,
        course_id=CourseId(course_id) if course_id else None,
        provider=group["provider"],
        model_id=group["model_id"],
        is_reported=group["is_reported"],
        interactions=group["number"],
        input_tokens=group["read"],
        cached_tokens=group["cached"],
        output_tokens=group["written"],
        cost_micro_usd=int(group["cost"]),
    )


def _state(row: Mapping[str, Any]) -> BudgetState:
    return BudgetState(
        key=BudgetKey.parse(row["key"]),
        spent=Spending(tokens=row["spent_tokens"], cost_micro_usd=row["spent_micro_usd"]),
        reserved=Spending(tokens=row["reserved_tokens"], cost_micro_usd=row["reserved_micro_usd"]),
    )


def _reservation(row: rows.AIReservation) -> Reservation:
    return Reservation(
        id=ReservationId(row.id),
        keys=tuple(map(BudgetKey.parse, row.keys)),
        most=Spending(tokens=row.tokens, cost_micro_usd=row.micro_usd),
        expires_at=row.expires_at,
    )


def _settings(row: rows.AISettings) -> AISettings:
    return AISettings(
        subject_id=row.subject_id,
        org_id=OrganizationId(row.org_id) if row.org_id else None,
        course_id=CourseId(row.course_id) if row.course_id else None,
        monthly_tokens=row.monthly_tokens,
        monthly_cost_micro_usd=row.monthly_cost_micro_usd,
        retention_days=row.retention_days,
        proposes_grades=row.proposes_grades,
    )


def _settings_values(settings: AISettings) -> dict[str, Any]:
    return values_of(rows.AISettings, settings)
