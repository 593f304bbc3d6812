"""Read model of what staff see at a glance, in the database."""

from datetime import datetime
from typing import Any

from django.db.models import CharField, Count, Q, QuerySet, Value

from accounts import models as accounts
from accounts.domain.access import OrganizationStatus
from accounts.domain.integrations.entities.webhooks import PauseCause
from authsvc.jobs.entities import JobStatus
from authsvc.jobs.models import Job
from authsvc.kernel.tenancy import TenantScope
from authsvc.overview.entities import EXPIRES_SOON, Counts
from authsvc.storage.tenancy import owned_within
from progress import models as progress
from progress.domain.entities.attempts import AttemptStatus


class OrmOverviewRepository:
    def counts(self, *, at: datetime, scope: TenantScope) -> Counts:
        owned, soon = owned_within(scope), (at, at + EXPIRES_SOON)
        expiring = Q(expires_at__range=soon) | Q(former_secret_expires_at__range=soon)
        waiting: dict[str, QuerySet[Any]] = {
            "open_invitations": accounts.Invitation.objects.filter(owned, expires_at__gt=at),
            "submissions_to_grade": progress.AssessmentAttempt.objects.filter(
                owned, status=AttemptStatus.SUBMITTED
            ),
            "open_flags": progress.AIFlag.objects.filter(owned, is_open=True),
            "expiring_clients": accounts.OAuthClient.objects.filter(
                owned, expiring, is_active=True
            ),
            "suspended_organizations": accounts.Organization.objects.filter(
                owned_within(scope, column="id"), status=OrganizationStatus.SUSPENDED
            ),
            "failed_jobs": Job.objects.filter(owned, status=JobStatus.FAILED).exclude(error=""),
            "failing_webhooks": accounts.Webhook.objects.filter(
                owned, paused_because__in=(PauseCause.FAILING, PauseCause.GONE)
            ),
        }
        first, *others = (_counted(name, rows) for name, rows in waiting.items())
        return Counts(**dict(first.union(*others, all=True)))


def _counted(name: str, rows: QuerySet[Any]) -> QuerySet[Any, Any]:
    """The name and the number of the rows; nothing if there are none."""
    named = rows.order_by().annotate(counted=Value(name, CharField()))
    counted: QuerySet[Any, Any] = named.values_list("counted").annotate(Count("pk"))
    return counted
