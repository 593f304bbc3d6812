"""One act for each outgoing event, on the services of a world."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Final

from accounts.domain.access import OPERATOR, OrgRole, Principal, Role
from accounts.domain.identity.entities.users import UserChanges
from authsvc.events.catalogue import OutgoingEventType
from courses.domain.entities.courses import Course
from progress.domain.entities.grades import Mark
from tests.accounts.granting import BROWSER, HOW, has_client, has_session
from tests.support.attempts import RIGHT, Examinee, an_examinee, under_time_limits
from tests.support.builders import a_definition_of, a_principal, some_client_terms
from tests.support.learning import (
    Learner,
    a_credential_for,
    a_learner,
    a_published_course,
    items_of,
    published_again,
    revised,
)
from tests.support.tenants import has_member, has_organization
from tests.support.worlds import World

Act = Callable[[World], object]
TYPES: Final = OutgoingEventType


def enrolled(world: World) -> tuple[Learner, Course]:
    anna, course = a_learner(world), a_published_course(world.services)
    anna.enrols(course)
    return anna, course


def start_a_module(world: World) -> None:
    anna, course = enrolled(world)
    anna.starts(course, items_of(world.services, course)[0])


def upgrade(world: World) -> None:
    definition = a_definition_of(required=2)
    anna, course = a_learner(world), a_published_course(world.services, definition)
    anna.enrols(course)
    published_again(world.services, revised(definition, keeping=2, adding=1))
    world.services.learning.upgrade(course.slug, by=anna.principal)


def withdraw(world: World) -> None:
    anna, course = enrolled(world)
    anna.withdraws(course)


def earn(world: World) -> Learner:
    anna, course = a_learner(world), a_published_course(world.services)
    a_credential_for(world.services, course)
    anna.passes(course)
    return anna


def revoke(world: World) -> None:
    (held,) = earn(world).held()
    world.services.issuing.revoke(held.issued.id, reason="Copied.", by=OPERATOR)


def suspend_and_resume(world: World) -> None:
    (held,) = earn(world).held()
    world.services.issuing.suspend(held.issued.id, reason="Under review.", by=OPERATOR)
    world.services.issuing.resume(held.issued.id, reason="Reviewed.", by=OPERATOR)


def reissue(world: World) -> None:
    (held,) = earn(world).held()
    world.services.issuing.reissue(held.issued.id, reason="Misspelt.", by=OPERATOR)


def fail_an_assessment(world: World) -> None:
    an_examinee(world).takes("quiz")


def lose_a_pass(world: World, *, is_regrade: bool) -> None:
    anna: Examinee = an_examinee(world)
    attempt = anna.takes("quiz", **RIGHT)
    if not is_regrade:
        world.services.grading.void(attempt.id, reason="Copied.", by=OPERATOR)
        return
    marks = tuple(
        Mark(question_id=question.id, score=0) for question in anna.assessment("quiz").questions
    )
    world.services.grading.grade(attempt.id, marks, reason="Copied.", by=OPERATOR)


def reopen_and_extend(world: World) -> None:
    anna = under_time_limits(world)
    attempt = anna.takes("project")
    assert attempt.expires_at is not None
    decisions, later = world.services.attempt_decisions, attempt.expires_at + timedelta(hours=1)
    decisions.reopen(attempt.id, reason="Wrong file.", by=OPERATOR)
    decisions.extend(attempt.id, until=later, reason="A power cut.", by=OPERATOR)


def join(world: World) -> Principal:
    """Join an organization by being added."""
    school, user = has_organization(world), world.has_verified_user()
    world.services.members.add(school.id, user.id, role=OrgRole.LEARNER, by=OPERATOR)
    return replace(a_principal(user), memberships={school.id: OrgRole.LEARNER})


def change_a_role(world: World) -> None:
    school = has_organization(world)
    member = has_member(world, school)
    role = OrgRole.INSTRUCTOR
    world.services.members.assign(school.id, member.person, role=role, by=OPERATOR)


def leave(world: World) -> None:
    anna = join(world)
    (org_id,) = anna.memberships
    world.services.members.remove(org_id, anna.person, by=anna)


def create_an_organization(world: World) -> None:
    owner = world.has_verified_user()
    world.services.organizations.create(name="Knots", slug="knots", owner_id=owner.id, by=OPERATOR)


def log_out(world: World) -> None:
    user = world.has_user()
    session = has_session(world, user)
    world.services.sessions.log_out(replace(a_principal(user), session_id=session.id))


def log_out_of_a_browser(world: World) -> None:
    user = world.has_user()
    for _ in range(2):
        has_session(world, user, authentication=HOW)
    world.services.logouts.end_browser(BROWSER)


def change_a_client(world: World) -> None:
    client = has_client(world)
    world.services.clients.amend(client.id, some_client_terms(name="Other"), by=OPERATOR)


def renew_a_secret(world: World) -> None:
    client, until = has_client(world), world.clock.now() + timedelta(days=1)
    world.services.clients.renew_secret(client.id, former_until=until, by=OPERATOR)


def edit(changes: UserChanges) -> Act:
    return lambda world: world.services.users.edit(world.has_user().id, changes, by=OPERATOR)


def reactivate(world: World) -> None:
    user = world.has_user(is_active=False)
    world.services.users.edit(user.id, UserChanges(is_active=True), by=OPERATOR)


def describe_oneself(world: World) -> None:
    world.services.accounts.describe(name="Anne", by=a_principal(world.has_user()))


ACTS: Final[Mapping[str, tuple[Act, tuple[OutgoingEventType, ...]]]] = {
    "enrolling": (enrolled, (TYPES.LEARNING_ENROLLED,)),
    "starting a module": (
        start_a_module,
        (TYPES.LEARNING_ENROLLED, TYPES.LEARNING_MODULE_STARTED),
    ),
    "upgrading": (upgrade, (TYPES.LEARNING_ENROLLED, TYPES.LEARNING_VERSION_UPGRADED)),
    "withdrawing": (withdraw, (TYPES.LEARNING_ENROLLED, TYPES.LEARNING_WITHDRAWN)),
    "earning a credential": (
        earn,
        (
            TYPES.LEARNING_ENROLLED,
            *(TYPES.LEARNING_ITEM_COMPLETED,) * 3,
            TYPES.LEARNING_COURSE_COMPLETED,
            TYPES.CREDENTIAL_ISSUED,
        ),
    ),
    "revoking a credential": (revoke, (TYPES.CREDENTIAL_ISSUED, TYPES.CREDENTIAL_REVOKED)),
    "suspending and resuming a credential": (
        suspend_and_resume,
        (TYPES.CREDENTIAL_ISSUED, TYPES.CREDENTIAL_SUSPENDED, TYPES.CREDENTIAL_RESUMED),
    ),
    "issuing a credential again": (
        reissue,
        (TYPES.CREDENTIAL_ISSUED, TYPES.CREDENTIAL_REVOKED, TYPES.CREDENTIAL_ISSUED),
    ),
    "failing an assessment": (
        fail_an_assessment,
        (TYPES.LEARNING_ASSESSMENT_SUBMITTED, TYPES.LEARNING_ASSESSMENT_FAILED),
    ),
    "losing a pass by a regrade": (
        lambda world: lose_a_pass(world, is_regrade=True),
        (
            TYPES.LEARNING_ASSESSMENT_PASSED,
            TYPES.LEARNING_ITEM_COMPLETED,
            TYPES.LEARNING_ASSESSMENT_REGRADED,
        ),
    ),
    "losing a pass by a void attempt": (
        lambda world: lose_a_pass(world, is_regrade=False),
        (TYPES.LEARNING_ITEM_COMPLETED, TYPES.LEARNING_ASSESSMENT_VOIDED),
    ),
    "reopening and extending an attempt": (
        reopen_and_extend,
        (
            TYPES.LEARNING_ASSESSMENT_SUBMITTED,
            TYPES.LEARNING_ASSESSMENT_REOPENED,
            TYPES.LEARNING_ASSESSMENT_EXTENDED,
        ),
    ),
    "joining": (join, (TYPES.MEMBERSHIP_ADDED,)),
    "founding an organization": (create_an_organization, (TYPES.MEMBERSHIP_ADDED,)),
    "changing a role": (change_a_role, (TYPES.MEMBERSHIP_CHANGED,)),
    "leaving": (leave, (TYPES.MEMBERSHIP_ADDED, TYPES.MEMBERSHIP_REMOVED)),
    "logging out": (log_out, (TYPES.SESSION_ENDED,)),
    "logging out of a browser": (log_out_of_a_browser, (TYPES.SESSION_ENDED,) * 2),
    "registering a client": (
        lambda world: world.services.clients.register(some_client_terms(), by=OPERATOR),
        (TYPES.CLIENT_CREATED,),
    ),
    "changing a client": (change_a_client, (TYPES.CLIENT_CHANGED,)),
    "renewing a secret": (renew_a_secret, (TYPES.CLIENT_SECRET_RENEWED,)),
    "removing a client": (
        lambda world: world.services.clients.remove(has_client(world).id, by=OPERATOR),
        (TYPES.CLIENT_REMOVED, TYPES.SESSION_ENDED),
    ),
    "changing a user": (
        edit(UserChanges(name="Anne", roles=[Role.INSTRUCTOR])),
        (TYPES.USER_CHANGED,),
    ),
    "changing one's own name": (describe_oneself, (TYPES.USER_CHANGED,)),
    "deactivating a user": (
        edit(UserChanges(is_active=False)),
        (TYPES.USER_DEACTIVATED, TYPES.SESSION_ENDED),
    ),
    "activating a user again": (reactivate, (TYPES.USER_REACTIVATED,)),
}
"""By the name of the act: the act, and the types that it records in this order, perhaps with others."""
