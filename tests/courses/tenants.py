"""A tenant with a teacher and a published course, and callers of other tenants."""

from typing import Final

from accounts.domain.access import OrgRole, Principal
from courses.domain.entities.courses import CourseDefinition
from tests.support.builders import a_definition
from tests.support.organizations import a_member
from tests.support.worlds import World

KNOTS: Final[CourseDefinition] = a_definition(slug="knots")


def of_another(memory: World, role: OrgRole = OrgRole.OWNER) -> Principal:
    return a_member(memory.has_organization().id, role)
