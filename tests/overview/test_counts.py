"""What waits for staff: the same counts on every store."""

from datetime import timedelta
from uuid import uuid4

from accounts.domain.access import OrganizationStatus, OrgRole
from accounts.domain.organizations.entities import Invitation, InvitationId
from authsvc.kernel.tenancy import ALL_TENANTS, TenantScope
from authsvc.overview.entities import Counts
from tests.support.builders import NOON
from tests.support.worlds import World


def invite(world: World, **parts: object) -> None:
    org = world.has_organization(slug=f"org-{uuid4().hex[:8]}")
    invitation = Invitation(
        id=InvitationId(uuid4()),
        org_id=org.id,
        email="anna@school.example",
        role=OrgRole.LEARNER,
        token_hash=uuid4().hex,
        invited_by=None,
        created_at=NOON,
        expires_at=NOON + timedelta(days=1),
    )
    world.repositories.invitations.save(invitation, scope=ALL_TENANTS)


def test_nothing_waits_on_an_empty_platform(world: World) -> None:
    assert world.repositories.overview.counts(at=NOON, scope=ALL_TENANTS) == Counts()


def test_only_open_invitations_count(world: World) -> None:
    invite(world)
    later = NOON + timedelta(days=2)

    assert world.repositories.overview.counts(at=NOON, scope=ALL_TENANTS).open_invitations == 1
    assert world.repositories.overview.counts(at=later, scope=ALL_TENANTS).open_invitations == 0


def test_suspended_organizations_count(world: World) -> None:
    world.has_organization(status=OrganizationStatus.SUSPENDED)

    counts = world.repositories.overview.counts(at=NOON, scope=ALL_TENANTS)

    assert counts == Counts(suspended_organizations=1)


def test_other_tenants_do_not_count(world: World) -> None:
    invite(world)
    world.has_organization(slug="harbour", status=OrganizationStatus.SUSPENDED)

    assert world.repositories.overview.counts(at=NOON, scope=TenantScope()) == Counts()


def test_counts_are_read_again_after_a_minute(world: World) -> None:
    before = world.services.overview.counts(scope=ALL_TENANTS)
    invite(world)

    cached = world.services.overview.counts(scope=ALL_TENANTS)
    world.clock.go_on(seconds=61)
    after = world.services.overview.counts(scope=ALL_TENANTS)

    assert (before, cached, after.open_invitations) == (Counts(), Counts(), 1)
