"""What verification reads of versions: one contract for all stores."""

from authsvc.kernel.tenancy import ALL_TENANTS, TenantScope
from tests.support.builders import a_version
from tests.support.worlds import World


def test_versions_are_read_course_by_course(world: World) -> None:
    organization = world.has_organization()
    courses = sorted(
        (world.has_course(org_id=organization.id), world.has_course()), key=lambda course: course.id
    )
    versions = [a_version(course, number=number) for course in courses for number in (1, 2)]
    for version in reversed(versions):
        world.repositories.course_versions.add(version, scope=ALL_TENANTS)

    rows = list(world.repositories.course_versions.by_course(scope=ALL_TENANTS))
    of_platform = world.repositories.course_versions.by_course(scope=TenantScope())

    assert [row.item for row in rows] == versions
    assert [row.key for row in rows] == [(v.course_id, v.number) for v in versions]
    assert [row.item for row in of_platform] == [v for v in versions if v.org_id is None]
    assert world.repositories.course_versions.count() == 4
