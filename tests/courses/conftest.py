"""Fixtures: a tenant with a teacher and a published course."""

import pytest

from accounts.domain.access import OrgRole, Principal
from accounts.domain.organizations.entities import Organization
from courses.domain.entities.courses import Course
from tests.courses.tenants import KNOTS
from tests.support.organizations import a_member
from tests.support.worlds import World


@pytest.fixture
def harbour(memory: World) -> Organization:
    return memory.has_organization(slug="harbour", name="Harbour School")


@pytest.fixture
def bo(harbour: Organization) -> Principal:
    """Bo teaches in the organization."""
    return a_member(harbour.id, OrgRole.INSTRUCTOR)


@pytest.fixture
def course(memory: World, harbour: Organization, bo: Principal) -> Course:
    """A course published in the organization."""
    draft = memory.services.authoring.create(KNOTS, org_id=harbour.id, by=bo)
    return memory.services.authoring.publish(draft.slug, by=bo)
