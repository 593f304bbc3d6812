"""Tenant scope as a condition on rows."""

from uuid import UUID

import pytest

from accounts.models import OAuthClient
from authsvc.kernel.tenancy import ALL_TENANTS, TenantScope
from authsvc.storage.tenancy import owned_within
from tests.accounts.granting import has_client
from tests.support.builders import a_client_of, some_client_terms
from tests.support.tenants import has_organization, into
from tests.support.worlds import orm_world

pytestmark = pytest.mark.every_database


def ids_in(scope: TenantScope, *, column: str = "org_id") -> set[UUID]:
    return set(
        OAuthClient.objects.filter(owned_within(scope, column=column)).values_list("id", flat=True)
    )


@pytest.mark.parametrize("column", ["org_id", "org"])
def test_rows_in_view_are_the_platforms_and_those_of_organizations_in_view(column: str) -> None:
    world = orm_world()
    school, other = has_organization(world), has_organization(world)
    own, foreign = (
        a_client_of(some_client_terms(), org_id=organization.id) for organization in (school, other)
    )
    world.repositories.clients.add(own, scope=into(school))
    world.repositories.clients.add(foreign, scope=into(other))
    of_the_platform = has_client(world)

    assert ids_in(TenantScope(), column=column) == {of_the_platform.id}
    assert ids_in(into(school), column=column) == {of_the_platform.id, own.id}
    assert ids_in(into(school, other), column=column) == {of_the_platform.id, own.id, foreign.id}
    assert ids_in(ALL_TENANTS, column=column) == {of_the_platform.id, own.id, foreign.id}
