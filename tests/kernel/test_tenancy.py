"""Tenant scope."""

from uuid import UUID, uuid4

import pytest

from authsvc.kernel.tenancy import ALL_TENANTS, OutsideTenantScope, TenantScope

SCHOOL, OTHER = uuid4(), uuid4()


@pytest.mark.parametrize(
    ("tenant_scope", "of_platform", "of_school", "of_other"),
    [
        (TenantScope(), True, False, False),
        (TenantScope.into(None), True, False, False),
        (TenantScope.into(SCHOOL), True, True, False),
        (TenantScope.into(None, OTHER), True, False, True),
        (TenantScope.into(SCHOOL, OTHER), True, True, True),
        (ALL_TENANTS, True, True, True),
    ],
)
def test_a_scope_covers_the_platform_and_its_organizations(
    *, tenant_scope: TenantScope, of_platform: bool, of_school: bool, of_other: bool
) -> None:
    covered = [tenant_scope.covers(org_id) for org_id in (None, SCHOOL, OTHER)]

    assert covered == [of_platform, of_school, of_other]


@pytest.mark.parametrize("org_id", [None, SCHOOL])
def test_resources_in_scope_may_be_written(org_id: UUID | None) -> None:
    TenantScope.into(SCHOOL).require(org_id)
    ALL_TENANTS.require(org_id)


def test_a_write_out_of_scope_is_a_defect_that_names_the_organization() -> None:
    with pytest.raises(OutsideTenantScope) as defect:
        TenantScope.into(OTHER).require(SCHOOL)

    assert defect.value.args == (SCHOOL,)


def test_only_the_scope_of_all_tenants_is_everywhere() -> None:
    assert ALL_TENANTS.is_all_tenants
    assert not TenantScope().is_all_tenants
    assert not TenantScope.into(SCHOOL, OTHER).is_all_tenants


def test_the_scope_of_all_tenants_is_not_that_of_the_platform() -> None:
    assert TenantScope() != ALL_TENANTS
    assert TenantScope.into(SCHOOL, None) == TenantScope.into(SCHOOL)
