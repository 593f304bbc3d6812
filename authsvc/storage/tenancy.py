"""Tenant isolation: a tenant scope as a condition on rows."""

from collections.abc import Collection
from uuid import UUID

from django.db.models import Q

from authsvc.kernel.tenancy import TenantScope


def owned_within(scope: TenantScope, *, column: str = "org_id") -> Q:
    """Condition: the row belongs to a tenant in *scope*. *column* holds the id of its organization."""
    return owned_by(organizations_in(scope), column=column)


def owned_by(organizations: Collection[UUID] | None, *, column: str = "org_id") -> Q:
    """The same condition for these organizations, None for all. For prepared queries."""
    if organizations is None:
        return Q()
    return Q(**{column: None}) | Q(**{f"{column}__in": list(organizations)})


def organizations_in(scope: TenantScope) -> tuple[UUID, ...] | None:
    """The argument of a prepared query for a scope: its organizations, None for all."""
    return None if scope.is_all_tenants else tuple(scope.organizations)
