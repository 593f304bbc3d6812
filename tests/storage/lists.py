"""Every list of every repository: how to add an item, and how to read its pages."""

from functools import partial
from itertools import count
from typing import Final
from uuid import uuid4

from accounts.domain.access import SessionId
from accounts.domain.audit.repositories.protocols import AUDIT_ENTRIES, NEWEST_FIRST, OLDEST_FIRST
from accounts.domain.identity.repositories.protocols import SESSIONS, USERS
from accounts.domain.integrations.repositories.protocols import DELIVERIES, WEBHOOKS
from accounts.domain.oauth.repositories.protocols import CLIENTS, CONSENTS, SERVICE_CLIENTS
from accounts.domain.organizations.repositories.protocols import INVITATIONS, MEMBERS, ORGANIZATIONS
from authsvc.jobs.repositories.protocols import JOBS
from authsvc.kernel.tenancy import ALL_TENANTS
from courses.domain.entities.courses import CourseSelection, CourseStatus
from courses.domain.entities.pathways import PathwaySelection, PathwayStatus
from courses.domain.repositories.protocols.courses import COURSES, VERSIONS
from courses.domain.repositories.protocols.pathways import PATHWAYS
from credentials.domain.repositories.protocols.claims import CLAIMS
from credentials.domain.repositories.protocols.credentials import (
    CREDENTIALS,
    CREDENTIALS_OF_ORGANIZATION,
)
from credentials.domain.repositories.protocols.credentials import (
    VERSIONS as VERSIONS_OF_CREDENTIAL,
)
from credentials.domain.repositories.protocols.issued_credentials import (
    ISSUED,
    ISSUED_BY_ORGANIZATION,
)
from progress.domain.ai.repositories.protocols.sessions import AI_INTERACTIONS, AI_SESSIONS
from progress.domain.entities.attempts import AttemptId, AttemptStatus
from progress.domain.entities.events import EventSelection
from progress.domain.repositories.protocols.attempts import ATTEMPTS, PAST_DEADLINE, TO_GRADE
from progress.domain.repositories.protocols.progress import (
    EVENTS,
    EVENTS_OF_STREAM,
    LEARNERS,
    PROGRESS_IN_ORGANIZATION,
    PROGRESS_OF_USER,
    STREAMS,
)
from tests.accounts.granting import a_consent, has_client, has_session
from tests.storage.listing import List, Listing, after_noon
from tests.storage.lists_of_ai import ai_interactions, ai_sessions
from tests.storage.lists_of_audit import audit_entries, newest_entries, oldest_entries
from tests.storage.lists_of_credentials import (
    claims,
    credential_versions,
    credentials,
    credentials_of_organization,
    issued,
    issued_by_organization,
)
from tests.storage.lists_of_work import deliveries, jobs, webhooks
from tests.support.attempts import has_attempt, has_place
from tests.support.builders import (
    NOON,
    a_client_of,
    a_progress,
    a_version,
    an_event,
    some_client_terms,
)
from tests.support.pathways import has_pathway
from tests.support.tenants import has_invitation, has_membership
from tests.support.worlds import World


def _users(world: World) -> Listing:
    return Listing(
        page=world.repositories.users.page_of,
        add=lambda at: world.has_user(created_at=after_noon(at)),
    )


def _organizations(world: World) -> Listing:
    return Listing(
        page=partial(world.repositories.organizations.page_of, scope=ALL_TENANTS),
        add=lambda at: world.has_organization(created_at=after_noon(at)),
    )


def _members(world: World) -> Listing:
    school = world.has_organization()
    return Listing(
        page=partial(world.repositories.memberships.page_of, school.id, scope=ALL_TENANTS),
        add=lambda at: has_membership(world, school, joined_at=after_noon(at)),
    )


def _invitations(world: World) -> Listing:
    school = world.has_organization()
    return Listing(
        page=partial(world.repositories.invitations.page_of, school.id, scope=ALL_TENANTS),
        add=lambda at: has_invitation(world, school, created_at=after_noon(at)),
    )


def _clients(world: World) -> Listing:
    return Listing(
        page=partial(world.repositories.clients.page_of, scope=ALL_TENANTS),
        add=lambda at: has_client(world, created_at=after_noon(at)),
    )


def _service_clients(world: World) -> Listing:
    school, clients = world.has_organization(), world.repositories.clients

    def add(at: int) -> None:
        client = a_client_of(some_client_terms(), org_id=school.id, created_at=after_noon(at))
        clients.add(client, scope=ALL_TENANTS)

    return Listing(
        page=partial(clients.page_for_organization, school.id, scope=ALL_TENANTS), add=add
    )


def _courses(world: World) -> Listing:
    return Listing(
        page=partial(
            world.repositories.courses.page_of,
            CourseSelection(status=CourseStatus.PUBLISHED),
            scope=ALL_TENANTS,
        ),
        add=lambda at: world.has_course(created_at=after_noon(at)),
    )


def _versions(world: World) -> Listing:
    course, numbers = world.has_course(), count(1)
    versions = world.repositories.course_versions
    return Listing(
        page=partial(versions.page_of, course.id, scope=ALL_TENANTS),
        add=lambda _: versions.add(a_version(course, number=next(numbers)), scope=ALL_TENANTS),
    )


def _pathways(world: World) -> Listing:
    return Listing(
        page=partial(
            world.repositories.pathways.page_of,
            PathwaySelection(status=PathwayStatus.PUBLISHED),
            scope=ALL_TENANTS,
        ),
        add=lambda at: has_pathway(world, world.has_course(), created_at=after_noon(at)),
    )


def _sessions(world: World) -> Listing:
    anna, sessions = world.has_user(), world.repositories.sessions
    return Listing(
        page=partial(sessions.page_for_user, anna.id, at=NOON),
        add=lambda at: has_session(
            world,
            anna,
            id=SessionId(uuid4()),
            started_at=after_noon(at),
            expires_at=after_noon(60),
        ),
    )


def _consents(world: World) -> Listing:
    anna, consents = world.has_user(), world.repositories.consents
    return Listing(
        page=partial(consents.page_for_user, anna.id),
        add=lambda at: consents.save(a_consent(anna, has_client(world), given_at=after_noon(at))),
    )


def _attempts(world: World) -> Listing:
    anna, place, numbers = world.has_user(), has_place(world), count(1)

    def add(_: int) -> None:
        number = next(numbers)
        has_attempt(
            world,
            place,
            id=AttemptId(uuid4()),
            user_id=anna.id,
            number=number,
            status=AttemptStatus.EXPIRED,
        )

    return Listing(
        page=partial(
            world.repositories.attempts.page_for_user,
            anna.id,
            place.assessment_id,
            scope=ALL_TENANTS,
        ),
        add=add,
    )


def _to_grade(world: World) -> Listing:
    place = has_place(world)
    return Listing(
        page=partial(world.repositories.attempts.page_to_grade, place.course_id, scope=ALL_TENANTS),
        add=lambda at: has_attempt(
            world,
            place,
            id=AttemptId(uuid4()),
            status=AttemptStatus.SUBMITTED,
            submitted_at=after_noon(at),
        ),
    )


def _past_deadline(world: World) -> Listing:
    place, attempts = has_place(world), world.repositories.attempts
    return Listing(
        page=partial(attempts.page_past_deadline, after_noon(1000), scope=ALL_TENANTS),
        add=lambda at: has_attempt(world, place, id=AttemptId(uuid4()), expires_at=after_noon(at)),
    )


def _progress_of_user(world: World) -> Listing:
    anna, progress = world.has_user(), world.repositories.progress
    return Listing(
        page=partial(progress.page_for_user, anna.id, scope=ALL_TENANTS),
        add=lambda at: progress.add(
            a_progress(world.has_course(), anna, enrolled_at=after_noon(at)), scope=ALL_TENANTS
        ),
    )


def _learners(world: World) -> Listing:
    course, progress = world.has_course(), world.repositories.progress
    return Listing(
        page=partial(progress.page_for_course, course.id, scope=ALL_TENANTS),
        add=lambda at: progress.add(
            a_progress(course, world.has_user(), enrolled_at=after_noon(at)), scope=ALL_TENANTS
        ),
    )


def _progress_in_organization(world: World) -> Listing:
    school, anna, progress = world.has_organization(), world.has_user(), world.repositories.progress

    def add(at: int) -> None:
        learner = anna if at else world.has_user()
        course = world.has_course(org_id=school.id)
        progress.add(a_progress(course, learner), scope=ALL_TENANTS)

    return Listing(
        page=partial(progress.page_for_organization, school.id, scope=ALL_TENANTS), add=add
    )


def _events_of_stream(world: World) -> Listing:
    progress, numbers = a_progress(world.has_course(), world.has_user()), count(1)
    events = world.repositories.events

    def add(_: int) -> None:
        events.append([an_event(progress, sequence=next(numbers))], scope=ALL_TENANTS)

    return Listing(page=partial(events.page_of_stream, progress.stream, scope=ALL_TENANTS), add=add)


def _begin_stream(world: World) -> None:
    progress = a_progress(world.has_course(), world.has_user())
    world.repositories.events.append([an_event(progress)], scope=ALL_TENANTS)


def _events(world: World) -> Listing:
    return Listing(
        page=partial(world.repositories.events.page, EventSelection(), scope=ALL_TENANTS),
        add=lambda _: _begin_stream(world),
    )


def _streams(world: World) -> Listing:
    return Listing(
        page=partial(world.repositories.events.page_of_streams, scope=ALL_TENANTS),
        add=lambda _: _begin_stream(world),
    )


LISTS: Final = (
    List("users", "page_of", USERS, _users),
    List("jobs", "page_of", JOBS, jobs),
    List("organizations", "page_of", ORGANIZATIONS, _organizations),
    List(
        "memberships",
        "page_of",
        MEMBERS,
        _members,
        key=lambda member: MEMBERS.key_of(member.membership),
    ),
    List("invitations", "page_of", INVITATIONS, _invitations),
    List("sessions", "page_for_user", SESSIONS, _sessions),
    List(
        "consents",
        "page_for_user",
        CONSENTS,
        _consents,
        key=lambda grant: (grant[0].given_at, grant[0].client_pk),
    ),
    List("attempts", "page_for_user", ATTEMPTS, _attempts),
    List("clients", "page_of", CLIENTS, _clients),
    List("clients", "page_for_organization", SERVICE_CLIENTS, _service_clients),
    List("webhooks", "page_of", WEBHOOKS, webhooks),
    List("deliveries", "page_of", DELIVERIES, deliveries),
    List("audit_log", "page_of", AUDIT_ENTRIES, audit_entries),
    List("audit_log", "selected", NEWEST_FIRST, newest_entries),
    List("audit_log", "selected", OLDEST_FIRST, oldest_entries),
    List("courses", "page_of", COURSES, _courses),
    List("course_versions", "page_of", VERSIONS, _versions),
    List("pathways", "page_of", PATHWAYS, _pathways),
    List("credentials", "page_of", CREDENTIALS, credentials),
    List("credentials", "versions_of", VERSIONS_OF_CREDENTIAL, credential_versions),
    List(
        "credentials",
        "page_for_organization",
        CREDENTIALS_OF_ORGANIZATION,
        credentials_of_organization,
    ),
    List("issued_credentials", "page_for_user", ISSUED, issued),
    List("issued_credentials", "page_of", ISSUED_BY_ORGANIZATION, issued_by_organization),
    List("claims", "page_of", CLAIMS, claims),
    List("attempts", "page_to_grade", TO_GRADE, _to_grade),
    List("attempts", "page_past_deadline", PAST_DEADLINE, _past_deadline),
    List("progress", "page_for_user", PROGRESS_OF_USER, _progress_of_user),
    List("progress", "page_for_course", LEARNERS, _learners),
    List("progress", "page_for_organization", PROGRESS_IN_ORGANIZATION, _progress_in_organization),
    List("ai_sessions", "page_of", AI_SESSIONS, ai_sessions),
    List("ai_interactions", "page_of_session", AI_INTERACTIONS, ai_interactions),
    List("events", "page_of_stream", EVENTS_OF_STREAM, _events_of_stream),
    List("events", "page", EVENTS, _events, key=lambda _: ()),
    List("events", "page_of_streams", STREAMS, _streams, key=lambda _: ()),
)
