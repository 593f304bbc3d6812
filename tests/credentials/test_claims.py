"""Claims: credentials by e-mail."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest

from accounts.domain.access import OPERATOR, OrgRole, Principal
from accounts.domain.audit.entities import AuditAction
from accounts.domain.identity.errors import VerifiedEmailNeeded
from accounts.domain.organizations.entities import Organization
from authsvc.jobs.entities import Queue
from authsvc.kernel.paging import PageRequest
from courses.domain.entities.courses import Course
from credentials.domain.entities.claims import CLAIM_LIFETIME, CredentialClaim
from credentials.domain.entities.credentials import IssuedCredentialStatus
from credentials.domain.entities.definitions import Credential
from credentials.domain.errors import AlreadyIssued, ClaimNotFound, CredentialNotFound, NotEligible
from progress.domain.entities.events import EventType
from tests.credentials.batches import a_list, awarded
from tests.support.browsing import link_in, mails
from tests.support.builders import a_definition_of, a_principal
from tests.support.learning import Learner, a_credential_for
from tests.support.organizations import acts_in
from tests.support.tenants import has_guest, has_member, has_organization, into
from tests.support.worlds import World

ANNA = "anna@home.example"


@pytest.fixture
def school(world: World) -> Organization:
    return has_organization(world)


@pytest.fixture
def olga(world: World, school: Organization) -> Principal:
    return has_member(world, school, OrgRole.OWNER)


@pytest.fixture
def course(world: World, school: Organization, olga: Principal) -> Course:
    definition = a_definition_of(required=1)
    draft = world.services.authoring.create(definition, org_id=school.id, by=olga)
    return world.services.authoring.publish(draft.slug, by=olga)


@pytest.fixture
def credential(world: World, course: Course) -> Credential:
    return a_credential_for(world.services, course)


def offered(world: World, credential: Credential, olga: Principal, email: str = ANNA) -> str:
    """Mail a claim, and return its token."""
    outcomes = awarded(world.services, credential, a_list(email), makes_claims=True, by=olga)
    assert outcomes == ["claim-sent"]
    match = re.fullmatch(r"/account/claims/([\w-]+)", link_in(mails()[-1]))
    assert match
    return match[1]


def open_claims(world: World, school: Organization, by: Principal) -> list[CredentialClaim]:
    page = world.services.credential_claims.page_of(school.id, PageRequest(), by=by)
    return list(page.items)


def held_by(world: World, principal: Principal) -> list[IssuedCredentialStatus]:
    learner = Learner(services=world.services, principal=principal)
    return [verification.status for verification in learner.held()]


def test_a_mail_names_what_was_awarded_in_one_line(
    world: World, credential: Credential, olga: Principal
) -> None:
    renamed = replace(
        credential.terms, name="Knots\nhttps://evil.example Verify", issuer="A\tSchool"
    )
    credential = world.services.credentials.amend(credential.id, renamed, by=olga)

    offered(world, credential, olga)

    mail = mails()[-1]
    assert "“Knots … Verify”" in mail.subject
    assert "“A School” has awarded you “Knots … Verify”" in mail.body
    assert "evil.example" not in f"{mail.subject}{mail.body}"


def test_whoever_opens_the_link_with_the_verified_address_gets_the_credential(
    world: World, school: Organization, course: Course, credential: Credential, olga: Principal
) -> None:
    token = offered(world, credential, olga)
    (claim,) = open_claims(world, school, olga)
    anna = has_guest(world, email=ANNA)

    assert world.services.credential_claims.offered(token, by=anna).id == credential.id
    issued = world.services.credential_claims.redeem(token, by=anna)

    assert issued.valid
    assert (str(issued.issued.id), issued.issued.org_id) == (str(claim.id), school.id)
    assert issued.issued.evidence.course_id == course.id
    assert open_claims(world, school, olga) == []
    assert world.services.issuing.verify(issued.issued.id).valid
    with pytest.raises(ClaimNotFound):
        world.services.credential_claims.redeem(token, by=anna)
    assert [acts.action for acts in acts_in(world.services, school.id)][-1:] == [
        AuditAction.CLAIM_MADE
    ]
    report = world.services.verifier.verify(by=OPERATOR)
    assert report.is_clean
    log = world.services.learning.recorder
    with world.unit_of_work.atomic():
        events = log.stream(log.lock(issued.issued.stream))
    types = [event.fact.type for event in events]
    assert types == [EventType.ENROLLED, EventType.CREDENTIAL_ISSUED]
    assert {event.recorded_by for event in events} == {olga.person}


def test_whoever_verifies_the_address_later_gets_the_credential_at_once(
    world: World, school: Organization, credential: Credential, olga: Principal
) -> None:
    offered(world, credential, olga)
    user = world.has_user(email=ANNA)
    assert held_by(world, a_principal(user)) == []

    world.services.emails.verify(user.id, email=ANNA)
    world.services.job_engine.run_due(Queue.OUTBOUND)

    assert held_by(world, a_principal(user)) == [IssuedCredentialStatus.ISSUED]
    assert open_claims(world, school, olga) == []


def test_a_claim_stands_for_the_terms_on_which_it_was_made(
    world: World, credential: Credential, olga: Principal
) -> None:
    token = offered(world, credential, olga)
    later = replace(credential.terms, name="Something else")
    world.services.credentials.amend(credential.id, later, by=olga)

    issued = world.services.credential_claims.redeem(token, by=has_guest(world, email=ANNA)).issued

    assert (issued.credential_version, issued.terms.name) == (1, credential.terms.name)


def test_nobody_else_can_redeem_a_claim(
    world: World, credential: Credential, olga: Principal
) -> None:
    token = offered(world, credential, olga)
    unverified = a_principal(world.has_user(email=ANNA))

    with pytest.raises(ClaimNotFound):
        world.services.credential_claims.redeem(token, by=has_guest(world))
    with pytest.raises(ClaimNotFound):
        world.services.credential_claims.redeem("x" + token, by=unverified)
    with pytest.raises(VerifiedEmailNeeded):
        world.services.credential_claims.redeem(token, by=unverified)


def test_a_claim_ends_with_its_time_its_cancellation_or_its_organization(
    world: World, school: Organization, credential: Credential, olga: Principal
) -> None:
    emails = ["a@home.example", "b@home.example", "c@home.example"]
    tokens = [offered(world, credential, olga, email) for email in emails]
    people = [has_guest(world, email=email) for email in emails]
    claims = {claim.email: claim for claim in open_claims(world, school, olga)}
    service = world.services.credential_claims

    service.cancel(claims[emails[0]].id, org_id=school.id, by=olga)
    world.services.credentials.offer(credential.id, is_offered=False, reason="Pause.", by=olga)
    with pytest.raises(NotEligible):
        service.redeem(tokens[1], by=people[1])
    world.services.organizations.suspend(school.id, reason="Unpaid.", by=OPERATOR)
    for token, anna in zip(tokens, people, strict=True):
        with pytest.raises(ClaimNotFound):
            service.redeem(token, by=anna)
    world.services.organizations.reopen(school.id, by=OPERATOR)
    world.clock.at += CLAIM_LIFETIME
    with pytest.raises(ClaimNotFound):
        service.redeem(tokens[2], by=people[2])

    world.clock.at += timedelta(seconds=1)
    assert service.remove_expired() == 2
    assert acts_in(world.services, school.id)[-1].action is not None


def test_claims_of_a_deleted_organization_are_removed(
    world: World, school: Organization, credential: Credential, olga: Principal
) -> None:
    offered(world, credential, olga)

    world.services.organizations.delete(school.id, reason="It has closed.", by=OPERATOR)

    assert world.services.credential_claims.remove_expired() == 1


def test_an_expired_claim_can_be_made_again(
    world: World, school: Organization, credential: Credential, olga: Principal
) -> None:
    first = offered(world, credential, olga)
    world.clock.at += CLAIM_LIFETIME

    second = offered(world, credential, olga)

    assert first != second
    assert len(open_claims(world, school, olga)) == 1


def test_one_person_gets_one_credential_of_two_claims(
    world: World, school: Organization, credential: Credential, olga: Principal
) -> None:
    token = offered(world, credential, olga)
    anna = has_guest(world, email=ANNA)
    service = world.services.credential_claims
    service.redeem(token, by=anna)

    with pytest.raises(AlreadyIssued):
        service.redeem(offered(world, credential, olga), by=anna)

    assert held_by(world, anna) == [IssuedCredentialStatus.ISSUED]


def test_strangers_to_the_organization_neither_list_nor_cancel_its_claims(
    world: World, school: Organization, credential: Credential, olga: Principal
) -> None:
    offered(world, credential, olga)
    (claim,) = open_claims(world, school, olga)
    other = has_organization(world, slug="other")
    eve = has_member(world, other, OrgRole.OWNER)
    service = world.services.credential_claims

    with pytest.raises(ClaimNotFound):
        service.cancel(claim.id, org_id=other.id, by=eve)
    with pytest.raises(Exception, match=r".") as error:
        service.page_of(school.id, PageRequest(), by=eve)
    assert error.value.__class__.__name__ == "OrganizationNotFound"
    with pytest.raises(CredentialNotFound):
        awarded(world.services, credential, a_list(ANNA), makes_claims=True, by=eve)
    assert world.repositories.claims.get(claim.id, scope=into(school)) == claim


def test_a_claim_that_the_mail_budget_does_not_allow_is_not_made(
    world: World, school: Organization, credential: Credential, olga: Principal
) -> None:
    budgets = world.services.mail_budgets
    policy = replace(budgets.policy, mails_per_person=1)
    service = replace(
        world.services.credential_claims, mail_budgets=replace(budgets, policy=policy)
    )
    tasks = world.services.award_tasks
    batches = replace(tasks.batches, claim_service=service)
    kind = replace(tasks, batches=batches).kind
    engine = replace(
        world.services.job_engine, kinds={**world.services.job_engine.kinds, kind.name: kind}
    )
    world.services.__dict__["job_engine"] = engine

    outcomes = awarded(
        world.services, credential, a_list(ANNA, "b@home.example"), makes_claims=True, by=olga
    )

    assert outcomes == ["mail-budget-spent"] * 2
    assert open_claims(world, school, olga) == []
