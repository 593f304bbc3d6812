"""Benchmark data: many learners, each with a session, and many courses."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

from accounts.domain.access import Role, Scope, SessionId, UserId
from accounts.domain.identity.entities.sessions import FIRST_PARTY_CLIENT, Session
from accounts.domain.identity.entities.tokens import AccessClaims
from authsvc.composition.container import services
from authsvc.kernel.tenancy import ALL_TENANTS
from courses.domain.entities.courses import CourseId
from credentials.domain.entities.credentials import IssuedCredentialId
from tests.bench.names import COURSES, ISSUED, LEARNERS, PASSWORD, email, slug
from tests.support.builders import (
    a_course,
    a_credential,
    a_user,
    a_version,
    an_issued_credential,
    some_terms,
)


def learner_id(number: int) -> UserId:
    return UserId(UUID(f"00000000-0000-4000-8000-{number:012d}"))


def session_id(number: int) -> SessionId:
    return SessionId(UUID(f"00000000-0000-4000-9000-{number:012d}"))


def course_id(number: int) -> CourseId:
    return CourseId(UUID(f"00000000-0000-4000-a000-{number:012d}"))


def build() -> list[str]:
    """Fill an empty database; return an access token for each learner."""
    now = datetime.now(UTC)
    _add_learners(now)
    _add_courses()
    access_tokens = services().ports.access_tokens
    return [
        access_tokens.issue(
            AccessClaims(
                token_id=uuid4(),
                user_id=learner_id(number),
                session_id=session_id(number),
                client_id=FIRST_PARTY_CLIENT,
                scopes=frozenset(Scope),
            ),
            roles=(Role.LEARNER,),
            at=now,
        )
        for number in range(LEARNERS)
    ]


def _add_learners(now: datetime) -> None:
    """Learners, each with a session."""
    repositories = services().repositories
    password_hash = services().ports.password_hasher.hash(PASSWORD)
    with services().unit_of_work.atomic():
        for number in range(LEARNERS):
            repositories.users.add(
                a_user(
                    id=learner_id(number),
                    email=email(number),
                    password_hash=password_hash,
                    roles=(Role.LEARNER,),
                )
            )
            repositories.sessions.add(
                Session(
                    id=session_id(number),
                    user_id=learner_id(number),
                    client_id=FIRST_PARTY_CLIENT,
                    scopes=frozenset(Scope),
                    started_at=now,
                    expires_at=now + timedelta(days=1),
                )
            )


def _add_courses() -> None:
    repositories = services().repositories
    for number in range(COURSES):
        course = a_course(id=course_id(number), slug=slug(number))
        repositories.courses.add(course, scope=ALL_TENANTS)
        repositories.course_versions.add(a_version(course), scope=ALL_TENANTS)
    credential = a_credential(terms=some_terms(course_id=course_id(0)))
    repositories.credentials.add(credential, scope=ALL_TENANTS)
    holder = repositories.users.get(learner_id(0))
    issued = an_issued_credential(credential, holder, id=IssuedCredentialId(ISSUED))
    repositories.issued_credentials.add(issued, scope=ALL_TENANTS)
