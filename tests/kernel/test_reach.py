"""Tenant scope."""

from uuid import UUID, uuid4

import pytest

from authsvc.kernel.reach import EVERYWHERE, OutOfReach, Reach

SCHOOL, OTHER = uuid4(), uuid4()


@pytest.mark.parametrize(
    ("reach", "of_platform", "of_school", "of_other"),
    [
        (Reach(), True, False, False),
        (Reach.into(None), True, False, False),
        (Reach.into(SCHOOL), True, True, False),
        (Reach.into(None, OTHER), True, False, True),
        (Reach.into(SCHOOL, OTHER), True, True, True),
        (EVERYWHERE, True, True, True),
    ],
)
def test_a_scope_covers_the_platform_and_its_organizations(
    *, reach: Reach, of_platform: bool, of_school: bool, of_other: bool
) -> None:
    covered = [reach.covers(org_id) for org_id in (None, SCHOOL, OTHER)]

    assert covered == [of_platform, of_school, of_other]


@pytest.mark.parametrize("org_id", [None, SCHOOL])
def test_resources_in_scope_may_be_written(org_id: UUID | None) -> None:
    Reach.into(SCHOOL).require(org_id)
    EVERYWHERE.require(org_id)


def test_a_write_out_of_scope_is_a_defect_that_names_the_organization() -> None:
    with pytest.raises(OutOfReach) as defect:
        Reach.into(OTHER).require(SCHOOL)

    assert defect.value.args == (SCHOOL,)


def test_only_the_scope_of_all_tenants_is_everywhere() -> None:
    assert EVERYWHERE.is_everywhere
    assert not Reach().is_everywhere
    assert not Reach.into(SCHOOL, OTHER).is_everywhere


def test_the_scope_of_all_tenants_is_not_that_of_the_platform() -> None:
    assert Reach() != EVERYWHERE
    assert Reach.into(SCHOOL, None) == Reach.into(SCHOOL)
