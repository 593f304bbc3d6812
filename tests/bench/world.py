"""A school with many learners and many courses, and everybody's token."""

from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import UUID, uuid4

from accounts import models as account_rows
from accounts.domain.entities import (
    FIRST_PARTY_CLIENT,
    AccessClaims,
    Role,
    Scope,
    SessionId,
    UserId,
)
from authsvc.container import services
from authsvc.kernel.reach import EVERYWHERE
from authsvc.storage.inserts import insert
from courses.domain.entities import CourseId
from credentials.domain.entities import UserCredentialId
from tests.support.builders import (
    a_course,
    a_credential,
    a_user_credential,
    a_version,
    some_terms,
)

LEARNERS: Final = 1000
COURSES: Final = 40
PASSWORD: Final = "correct horse battery staple"
ISSUED: Final = UserCredentialId(UUID("00000000-0000-4000-b000-000000000000"))


def learner_id(number: int) -> UserId:
    return UserId(UUID(f"00000000-0000-4000-8000-{number:012d}"))


def session_id(number: int) -> SessionId:
    return SessionId(UUID(f"00000000-0000-4000-9000-{number:012d}"))


def course_id(number: int) -> CourseId:
    return CourseId(UUID(f"00000000-0000-4000-a000-{number:012d}"))


def slug(number: int) -> str:
    return f"bench-{number}"


def email(number: int) -> str:
    return f"learner-{number}@bench.example"


def build() -> list[str]:
    """Fill the database; return an access token for each learner."""
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
    insert(account_rows.User, _users(now))
    insert(account_rows.Session, _sessions(now))


def _users(now: datetime) -> list[dict[str, Any]]:
    password_hash = services().ports.password_hasher.hash(PASSWORD)
    return [
        {
            "id": learner_id(number),
            "email": email(number),
            "name": "Anna",
            "password": password_hash,
            "roles": [Role.LEARNER],
            "is_active": True,
            "is_staff": False,
            "is_superuser": False,
            "created_at": now,
            "last_login": None,
        }
        for number in range(LEARNERS)
    ]


def _sessions(now: datetime) -> list[dict[str, Any]]:
    return [
        {
            "id": session_id(number),
            "user_id": learner_id(number),
            "client_id": FIRST_PARTY_CLIENT,
            "scopes": sorted(Scope),
            "started_at": now,
            "expires_at": now + timedelta(days=1),
            "ended_at": None,
            "ended_because": "",
        }
        for number in range(LEARNERS)
    ]


def _add_courses() -> None:
    repositories = services().repositories
    for number in range(COURSES):
        course = a_course(id=course_id(number), slug=slug(number))
        repositories.courses.add(course, within=EVERYWHERE)
        repositories.course_versions.add(a_version(course), within=EVERYWHERE)
    credential = a_credential(terms=some_terms(course_id=course_id(0)))
    repositories.credentials.add(credential, within=EVERYWHERE)
    holder = repositories.users.get(learner_id(0))
    issued = a_user_credential(credential, holder, id=ISSUED)
    repositories.user_credentials.add(issued, within=EVERYWHERE)
