"""What waits for staff: the same counts on every store."""

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

from accounts.domain.access import OrganizationStatus, OrgRole
from accounts.domain.identity.entities.security_log import SignInFailure
from accounts.domain.identity.entities.sign_in_records import SignInRecord, SignInWay
from accounts.domain.organizations.entities import Invitation, InvitationId
from authsvc.kernel.tenancy import ALL_TENANTS, TenantScope
from authsvc.overview.entities import Counts, PendingWork
from courses.domain.entities.assessments import Answer
from tests.support.attempts import an_examinee
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


def test_what_waits_is_counted_by_organization(world: World) -> None:
    organization = world.has_organization()
    answers = {
        "picture": Answer(url="https://files.school.example/1"),
        "feedback": Answer(text="!"),
    }
    for owner in (organization, None):
        an_examinee(world, owner).takes("project", **answers)
    invite(world)

    everything = world.repositories.overview.pending_work(at=NOON, scope=ALL_TENANTS)

    expected = {organization.id: PendingWork(submissions_to_grade=1)}
    assert world.services.overview.pending_work([organization.id]) == expected
    assert world.services.overview.pending_work([]) == {}
    assert expected.items() <= everything.items()
    assert PendingWork(open_invitations=1) in everything.values()
    assert len(everything) == 2


def test_suspended_organizations_count(world: World) -> None:
    world.has_organization(status=OrganizationStatus.SUSPENDED)

    counts = world.repositories.overview.counts(at=NOON, scope=ALL_TENANTS)

    assert counts == Counts(suspended_organizations=1)


def test_failed_sign_ins_count_from_addresses_with_many_of_them(world: World) -> None:
    unknown, unverified = SignInFailure.UNKNOWN_ACCOUNT, SignInFailure.UNVERIFIED_EMAIL
    for address, reason, attempts in (
        ("192.0.2.1", unknown, 9),
        ("192.0.2.1", unverified, 20),
        ("192.0.2.2", unknown, 6),
        ("192.0.2.2", SignInFailure.WRONG_PASSWORD, 5),
        ("", unknown, 20),
    ):
        record = SignInRecord.failed(
            reason,
            user_id=None,
            way=SignInWay.PASSWORD,
            client_ip=address,
            at=world.clock.now() - timedelta(hours=attempts),
        )
        world.repositories.sign_in_records.save(replace(record, attempts=attempts))
    last = world.clock.now() - timedelta(hours=5)

    counts = world.services.overview.counts(scope=TenantScope())
    world.clock.go_on(hours=19)
    later = world.services.overview.counts(scope=TenantScope())

    assert counts == Counts(failed_sign_ins=11, since={"failed_sign_ins": last})
    assert later == Counts()


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
