"""Tenant isolation: the organizations in view, as a condition on rows that belong to one."""

from collections.abc import Collection
from uuid import UUID

from django.db.models import Q

from authsvc.kernel.tenancy import TenantScope


def owned_within(scope: TenantScope, *, column: str = "org_id") -> Q:
    """That a row belongs to the platform or to an organization in view; *column* holds the organization's id."""
    return owned_by(organizations_in(scope), column=column)


def owned_by(organizations: Collection[UUID] | None, *, column: str = "org_id") -> Q:
    """The same for these organizations, or for all if None; for queries that are prepared."""
    if organizations is None:
        return Q()
    return Q(**{column: None}) | Q(**{f"{column}__in": list(organizations)})


def organizations_in(scope: TenantScope) -> tuple[UUID, ...] | None:
    """The argument that stands for *within* in a prepared query: the organizations in view, None for all."""
    return None if scope.is_all_tenants else tuple(scope.organizations)
