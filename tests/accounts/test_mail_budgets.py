"""Mail budgets, and who may create organizations."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Final

import pytest
from pytest_django import Settings

from accounts.domain.access import OPERATOR, NotPermitted, OrgRole, Right
from accounts.domain.identity.errors import MailBudgetSpent, VerifiedEmailNeeded
from accounts.domain.mail.entities import MailKind
from accounts.domain.mail.services.outbox import Message
from accounts.domain.organizations.entities import OrganizationCreators, OrganizationPolicy
from accounts.domain.organizations.errors import OrganizationLimit
from authsvc.composition.container import Services, services
from tests.accounts.inviting import BO, pending
from tests.support.application import Application
from tests.support.blocks import failed_block
from tests.support.browsing import Visitor, mails
from tests.support.builders import a_principal
from tests.support.limits import default_limits
from tests.support.tenants import has_member, has_organization, has_root, has_service_client
from tests.support.worlds import World

UNLIMITED: Final = 1000


def with_budgets(
    world: World,
    *,
    person: int = UNLIMITED,
    organization: int = UNLIMITED,
    address: int = UNLIMITED,
) -> World:
    """The same world with these budgets a day."""
    policy = replace(
        world.services.ports.limit_policy,
        mails_per_person=person,
        mails_per_organization=organization,
        mails_per_address=address,
    )
    return with_ports(world, limit_policy=policy)


def with_ports(world: World, **ports: Any) -> World:
    changed = replace(world.services.ports, **ports)
    return replace(
        world,
        services=Services(
            repositories=world.repositories, ports=changed, unit_of_work=world.unit_of_work
        ),
    )


def invite(world: World, school: Any, by: Any, *emails: str) -> None:
    for email in emails:
        world.services.invitations.invite(school.id, email=email, role=OrgRole.LEARNER, by=by)


def guests(number: int) -> list[str]:
    return [f"guest-{guest}@school.example" for guest in range(number)]


def test_a_person_has_a_budget_over_all_organizations_and_days_renew_it(memory: World) -> None:
    world = with_budgets(memory, person=3)
    school, other = has_organization(world), has_organization(world)
    owner = has_member(world, school, OrgRole.OWNER)
    by = replace(owner, memberships={school.id: OrgRole.OWNER, other.id: OrgRole.OWNER})
    has_member(world, other, OrgRole.OWNER)
    invite(world, school, by, *guests(3))

    with pytest.raises(MailBudgetSpent) as error:
        invite(world, school, by, BO)

    assert error.value.facts == {"limit": "mail-by-person", "most": 3, "retry_after": 86400}
    assert BO not in [invitation.email for invitation in pending(world, school)]
    assert len(mails()) == 3
    world.clock.go_on(days=1)
    invite(world, school, by, BO)
    assert len(mails()) == 4


def test_an_organization_has_a_budget_whoever_sends(memory: World) -> None:
    world = with_budgets(memory, organization=3)
    school, other = has_organization(world), has_organization(world)
    first, second = (has_member(world, school, OrgRole.OWNER) for _ in range(2))
    invite(world, school, first, *guests(2))
    invite(world, school, second, "last@school.example")

    for by in (first, second):
        with pytest.raises(MailBudgetSpent):
            invite(world, school, by, BO)

    invite(world, other, has_member(world, other, OrgRole.OWNER), BO)
    assert len(mails()) == 4


def test_an_address_has_a_budget_whoever_sends(memory: World) -> None:
    world = with_budgets(memory, address=2)
    schools = [has_organization(world) for _ in range(3)]
    owners = [has_member(world, school, OrgRole.OWNER) for school in schools]
    for school, owner in zip(schools[:2], owners[:2], strict=True):
        invite(world, school, owner, BO)

    with pytest.raises(MailBudgetSpent):
        invite(world, schools[2], owners[2], BO.upper())
    with pytest.raises(MailBudgetSpent):
        invite(world, schools[2], has_root(world), BO)

    assert len(mails()) == 2


def test_a_list_that_exceeds_the_budget_sends_nothing(memory: World) -> None:
    world = with_budgets(memory, organization=5)
    school = has_organization(world)
    owner = has_member(world, school, OrgRole.OWNER)
    text = "\n".join(["email", *guests(6)])

    with pytest.raises(MailBudgetSpent):
        world.services.member_lists.import_list(school.id, text, by=owner)

    assert (mails(), pending(world, school)) == ([], [])
    invite(world, school, owner, *guests(5))


def test_platform_admins_import_long_lists(memory: World) -> None:
    world = with_budgets(memory, person=1, organization=1)
    school = has_organization(world)

    text = "\n".join(["email", *guests(6)])
    world.services.member_lists.import_list(school.id, text, by=has_root(world))

    assert len(mails()) == 6


def test_what_is_rolled_back_costs_nothing(memory: World) -> None:
    world = with_budgets(memory, person=1)
    school = has_organization(world)
    owner = has_member(world, school, OrgRole.OWNER)

    with failed_block(world.unit_of_work):
        invite(world, school, owner, BO)
    invite(world, school, owner, BO)

    assert len(mails()) == 1


def test_mail_by_others_and_notices_leave_the_recipient_their_own_budget(memory: World) -> None:
    world = with_budgets(memory, address=1)
    school, bo = has_organization(world), world.has_user(email=BO)
    invite(world, school, has_member(world, school, OrgRole.OWNER), BO)
    facts = {"note": "Your password was changed.", "timestamp": world.clock.now()}
    world.services.mail_budgets.queue_own(Message(kind=MailKind.NOTE, recipient=BO, facts=facts))

    world.services.emails.send_token(by=a_principal(bo))

    assert len(mails()) == 3
    with pytest.raises(MailBudgetSpent):
        world.services.emails.send_token(by=a_principal(bo))


def test_new_accounts_and_password_links_count_for_the_manager(memory: World) -> None:
    world = with_budgets(memory, person=2)
    manager = replace(has_root(world), rights=frozenset({Right.MANAGE_USERS}))
    bo = world.has_user(email=BO)
    world.services.users.send_password_link(bo.id, by=manager)
    world.services.users.create(email="cim@school.example", name="Cim", roles=(), by=manager)

    with pytest.raises(MailBudgetSpent):
        world.services.users.create(email="dan@school.example", name="Dan", roles=(), by=manager)

    assert world.repositories.users.find_by_email("dan@school.example") is None


def test_an_unverified_owner_registers_no_client_that_could_send_for_them(memory: World) -> None:
    school, user = has_organization(memory), memory.has_user()
    by = replace(a_principal(user), memberships={school.id: OrgRole.OWNER})

    with pytest.raises(VerifiedEmailNeeded):
        has_service_client(memory, school, by)


@pytest.mark.parametrize(
    ("creators", "error"),
    [
        (OrganizationCreators.ANYONE, None),
        (OrganizationCreators.VERIFIED, VerifiedEmailNeeded),
        (OrganizationCreators.STAFF, NotPermitted),
    ],
)
def test_the_platform_decides_who_creates_organizations(
    memory: World, creators: OrganizationCreators, error: type[Exception] | None
) -> None:
    policy = OrganizationPolicy(creators=creators, most_per_person=5)
    world = with_ports(memory, organization_policy=policy)
    create, anna = world.services.organizations.create, memory.has_user()

    if error is None:
        create(name="Knots", slug="knots", by=a_principal(anna))
    else:
        with pytest.raises(error):
            create(name="Knots", slug="knots", by=a_principal(anna))
    if creators is OrganizationCreators.VERIFIED:
        create(name="Knots", slug="bends", by=a_principal(memory.has_verified_user()))
    create(name="Knots", slug="ropes", by=has_root(memory))


def test_a_person_owns_only_so_many_organizations(memory: World) -> None:
    policy = OrganizationPolicy(creators=OrganizationCreators.ANYONE, most_per_person=2)
    world = with_ports(memory, organization_policy=policy)
    create, anna = world.services.organizations.create, world.has_verified_user()
    by = a_principal(anna)
    first = create(name="Knots", slug="knots-0", by=by)
    create(name="Knots", slug="knots-1", by=by)

    with pytest.raises(OrganizationLimit) as error:
        create(name="Knots", slug="knots-2", by=by)

    assert error.value.facts == {"most": 2}
    create(name="Knots", slug="knots-3", owner_id=anna.id, by=OPERATOR)
    create(name="Knots", slug="knots-4", by=a_principal(world.has_user()))
    assert first.slug == "knots-0"


@pytest.fixture
def _limits(settings: Settings) -> Iterator[None]:
    with default_limits(settings):
        yield


@pytest.mark.usefixtures("_limits")
def test_an_unverified_account_that_founds_and_invites_is_stopped(application: Application) -> None:
    spammer = {"email": "spam@school.example", "password": "a long walk home"}
    anonymous = application.stranger.post("/v1/auth/register", spammer)
    token = {"Authorization": f"Bearer {anonymous.json['access_token']}"}

    statuses = [
        application.stranger.post("/v1/orgs", {"name": "Free", "slug": f"s-{number}"}, **token)
        for number in range(12)
    ]
    org_id = statuses[0].json["id"]
    invited = application.stranger.post(f"/v1/orgs/{org_id}/invitations", {"email": BO}, **token)

    assert [answer.status for answer in statuses] == [201] * 10 + [409] * 2
    assert statuses[-1].code == "organization-limit"
    assert (invited.status, invited.code) == (403, "verified-email-needed")
    assert mails() == []


@pytest.mark.database
def test_a_page_does_not_show_that_a_budget_is_spent(
    application: Application, settings: Settings
) -> None:
    settings.ENVIRONMENT = replace(settings.ENVIRONMENT, mails_per_address=1)
    services.cache_clear()

    answers = [Visitor().post("/password/reset", email=BO) for _ in range(3)]

    assert len({(answer.status, answer.leads_to) for answer in answers}) == 1
    assert len(mails()) == 1
