"""Credentials of organizations: rights, visibility and audit entries."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Final

import pytest

from accounts.domain.access import OPERATOR, NotPermitted, OrgRole, Principal, Right
from accounts.domain.audit.entities import AuditAction, SubjectType
from accounts.domain.organizations.entities import Organization
from accounts.domain.organizations.errors import OrganizationSuspended
from authsvc.composition.container import Services
from authsvc.kernel.errors import DomainError
from authsvc.kernel.paging import PageRequest
from courses.domain.entities.courses import Course
from courses.domain.errors import CourseNotFound
from credentials.domain.entities.credentials import RevocationCause, Verification
from credentials.domain.entities.definitions import Credential
from credentials.domain.errors import CredentialNotFound, IssuedCredentialNotFound
from tests.support.builders import a_definition_of, a_principal, some_terms
from tests.support.learning import Learner
from tests.support.organizations import a_member, acts_in, closed
from tests.support.worlds import World

WHOLE: Final = PageRequest(limit=100)
Award = Callable[[Services, Verification, Principal], Any]
Change = Callable[[Services, Credential, Principal], Any]
AWARDS: Final[dict[str, Award]] = {
    "revoke": lambda services, verification, by: services.issuing.revoke(
        verification.issued.id, reason="Misspelt.", by=by
    ),
    "reissue": lambda services, verification, by: services.issuing.reissue(
        verification.issued.id, reason="Misspelt.", by=by
    ),
}
CHANGES: Final[dict[str, Change]] = {
    "amend": lambda services, credential, by: services.credentials.amend(
        credential.id, replace(credential.terms, name="Changed"), by=by
    ),
    "offer": lambda services, credential, by: services.credentials.offer(
        credential.id, is_offered=True, by=by
    ),
    "withdraw": lambda services, credential, by: services.credentials.offer(
        credential.id, is_offered=False, reason="Too easy.", by=by
    ),
}
award = pytest.mark.parametrize("act", AWARDS.values(), ids=AWARDS)
change = pytest.mark.parametrize("act", CHANGES.values(), ids=CHANGES)


@pytest.fixture
def harbour(memory: World) -> Organization:
    return memory.has_organization(slug="harbour")


@pytest.fixture
def ada(harbour: Organization) -> Principal:
    """An administrator of the organization."""
    return a_member(harbour.id, OrgRole.ADMIN)


@pytest.fixture
def course(memory: World, harbour: Organization, ada: Principal) -> Course:
    """A published course of the organization."""
    definition = a_definition_of(required=1)
    draft = memory.services.authoring.create(definition, org_id=harbour.id, by=ada)
    return memory.services.authoring.publish(draft.slug, by=ada)


@pytest.fixture
def credential(memory: World, course: Course, ada: Principal) -> Credential:
    return memory.services.credentials.define(some_terms(course_id=course.id), by=ada)


@pytest.fixture
def anna(memory: World, harbour: Organization) -> Learner:
    principal = a_member(harbour.id, user=memory.has_user())
    return Learner(services=memory.services, principal=principal)


@pytest.fixture
def verification(anna: Learner, course: Course, credential: Credential) -> Verification:
    """The credential issued to Anna for the course."""
    anna.passes(course)
    (verification,) = anna.held()
    return verification


@dataclass(frozen=True)
class Attempt:
    """An act on a credential or on what was issued, and the error if that does not exist."""

    act: Callable[[Principal], Any]
    error: type[DomainError]


@pytest.fixture(params=[*CHANGES, *AWARDS])
def attempt(
    request: pytest.FixtureRequest,
    memory: World,
    credential: Credential,
    verification: Verification,
) -> Attempt:
    if change := CHANGES.get(request.param):
        return Attempt(partial(change, memory.services, credential), CredentialNotFound)
    award = AWARDS[request.param]
    return Attempt(partial(award, memory.services, verification), IssuedCredentialNotFound)


def of_another(memory: World) -> Principal:
    return a_member(memory.has_organization().id, OrgRole.OWNER)


def test_a_credential_belongs_to_the_owner_of_the_course(
    harbour: Organization, credential: Credential, verification: Verification
) -> None:
    assert (credential.org_id, verification.issued.org_id) == (harbour.id, harbour.id)


def test_nobody_defines_a_credential_for_a_course_out_of_their_scope(
    memory: World, course: Course
) -> None:
    for by in (of_another(memory), a_principal(None, Right.AWARD_CREDENTIALS)):
        with pytest.raises(CourseNotFound):
            memory.services.credentials.define(some_terms(course_id=course.id), by=by)


@pytest.mark.parametrize("role", [OrgRole.LEARNER, OrgRole.INSTRUCTOR])
def test_nobody_defines_there_without_the_right_to(
    memory: World, harbour: Organization, course: Course, role: OrgRole
) -> None:
    with pytest.raises(NotPermitted):
        memory.services.credentials.define(
            some_terms(course_id=course.id), by=a_member(harbour.id, role)
        )


def test_a_credential_does_not_exist_out_of_scope(memory: World, attempt: Attempt) -> None:
    for by in (of_another(memory), a_principal(None, Right.AWARD_CREDENTIALS)):
        with pytest.raises(attempt.error):
            attempt.act(by)


@change
def test_a_definition_is_not_changed_by_those_who_only_teach_there(
    memory: World, harbour: Organization, credential: Credential, act: Change
) -> None:
    with pytest.raises(NotPermitted):
        act(memory.services, credential, a_member(harbour.id, OrgRole.INSTRUCTOR))


def test_nothing_is_done_in_an_organization_that_is_closed(
    memory: World, harbour: Organization, attempt: Attempt
) -> None:
    closed(memory.services, harbour)

    with pytest.raises(OrganizationSuspended):
        attempt.act(OPERATOR)


def test_nothing_is_defined_in_an_organization_that_is_closed(
    memory: World, harbour: Organization, credential: Credential
) -> None:
    closed(memory.services, harbour)

    with pytest.raises(OrganizationSuspended):
        memory.services.credentials.define(credential.terms, by=OPERATOR)


def test_a_credential_stays_with_its_owner(
    memory: World, course: Course, credential: Credential
) -> None:
    amend, terms = memory.services.credentials.amend, credential.terms
    of_the_platform = memory.has_course()
    theirs = memory.has_course(org_id=memory.has_organization().id)

    for other in (of_the_platform, theirs):
        with pytest.raises(CourseNotFound):
            amend(credential.id, replace(terms, course_id=other.id), by=OPERATOR)
    also_ours = memory.has_course(org_id=course.org_id)
    amended = amend(credential.id, replace(terms, course_id=also_ours.id), by=OPERATOR)

    assert (amended.org_id, amended.version) == (course.org_id, 2)


def test_what_can_be_earned_is_listed_for_those_who_can_earn_it(
    memory: World, credential: Credential, anna: Learner
) -> None:
    page_of = memory.services.credentials.page_of

    assert page_of(WHOLE, by=anna.principal).items == (credential,)
    assert page_of(WHOLE, by=of_another(memory)).items == ()
    assert page_of(WHOLE, by=OPERATOR).items == ()


@award
@pytest.mark.parametrize("role", [OrgRole.LEARNER, OrgRole.INSTRUCTOR])
def test_nobody_awards_there_without_the_right_to(
    memory: World, harbour: Organization, verification: Verification, act: Award, role: OrgRole
) -> None:
    with pytest.raises(NotPermitted):
        act(memory.services, verification, a_member(harbour.id, role))


def test_what_was_earned_is_the_holders_to_show_whatever_becomes_of_the_organization(
    memory: World, harbour: Organization, verification: Verification, anna: Learner
) -> None:
    closed(memory.services, harbour)
    out = Learner(services=memory.services, principal=replace(anna.principal, memberships={}))

    assert out.held() == [verification]
    assert memory.services.issuing.verify(verification.issued.id) == verification
    assert memory.services.issuing.verify(verification.issued.id).valid


def test_changes_of_definitions_are_audited(
    memory: World, harbour: Organization, credential: Credential, ada: Principal
) -> None:
    for act in CHANGES.values():
        act(memory.services, credential, ada)

    defined, amended, offered, withdrawn = acts_in(memory.services, harbour.id)[-4:]
    assert {
        (act.subject_type, act.subject_id) for act in (defined, amended, offered, withdrawn)
    } == {(SubjectType.CREDENTIAL, str(credential.id))}
    assert defined.action is AuditAction.CREDENTIAL_DEFINED
    assert defined.after["course_id"] == str(credential.terms.course_id)
    assert amended.action is AuditAction.CREDENTIAL_AMENDED
    assert {**amended.before, "bound": ...} == {"name": "Knot Basics", "version": 1, "bound": ...}
    assert {**amended.after, "bound": ...} == {"name": "Changed", "version": 2, "bound": ...}
    assert amended.before["bound"] == defined.after["bound"] == credential.binding
    assert offered.action is AuditAction.CREDENTIAL_OFFERED
    assert offered.after == {}
    assert withdrawn.action is AuditAction.CREDENTIAL_WITHDRAWN
    assert withdrawn.after.keys() == {"is_offered", "bound"}
    assert (withdrawn.after["is_offered"], withdrawn.reason) == (False, "Too easy.")


def test_decisions_about_an_issued_credential_are_audited(
    memory: World, harbour: Organization, verification: Verification, ada: Principal
) -> None:
    issuing, issued_id = memory.services.issuing, verification.issued.id
    error = RevocationCause.ISSUED_IN_ERROR
    issuing.suspend(issued_id, reason="A complaint.", by=ada)
    issuing.resume(issued_id, reason="Settled.", by=ada)
    issuing.revoke(issued_id, reason="Misspelt.", cause=error, by=ada)
    new = issuing.reissue(issued_id, reason="Spelt right.", by=ada)

    acts = acts_in(memory.services, harbour.id)[-4:]
    assert {(act.subject_type, act.subject_id) for act in acts} == {
        (SubjectType.USER_CREDENTIAL, str(issued_id))
    }
    assert [(act.action, act.reason, act.after) for act in acts] == [
        (AuditAction.CREDENTIAL_SUSPENDED, "A complaint.", {}),
        (AuditAction.CREDENTIAL_RESUMED, "Settled.", {}),
        (AuditAction.CREDENTIAL_REVOKED, "Misspelt.", {"cause": error}),
        (AuditAction.CREDENTIAL_REISSUED, "Spelt right.", {"superseded_by": str(new.issued.id)}),
    ]


def test_a_reissued_credential_belongs_to_the_same_organization(
    memory: World, harbour: Organization, verification: Verification, ada: Principal
) -> None:
    new = AWARDS["reissue"](memory.services, verification, ada)

    assert new.issued.org_id == harbour.id
