"""Rows with every kind of column value."""

from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from typing import Any, Final
from uuid import UUID, uuid4

from django.db.models import Model

from accounts.models import User
from authsvc.kernel.tenancy import ALL_TENANTS
from courses.domain.entities.courses import CourseStatus
from courses.models import Course, CourseVersion
from credentials.models import UserCredential
from progress.models import CourseProgress
from tests.support.builders import NOON, a_credential
from tests.support.worlds import orm_world

ANNA: Final = UUID("0a1b2c3d-0000-4000-8000-00000000aaaa")
COURSE: Final = UUID("0a1b2c3d-0000-4000-8000-00000000bbbb")
ORGANIZATION: Final = UUID("0a1b2c3d-0000-4000-8000-00000000dddd")
CREDENTIAL: Final = UUID("0a1b2c3d-0000-4000-8000-00000000cccc")
IN_TOKYO: Final = datetime(2026, 3, 1, 21, 30, 15, 123456, timezone(timedelta(hours=9)))


def add_what_rows_refer_to() -> None:
    """Anna, an organization, a course and a credential."""
    world = orm_world()
    world.has_organization(id=ORGANIZATION)
    world.has_user(id=ANNA)
    world.has_course(id=COURSE)
    credential = a_credential(id=CREDENTIAL)
    world.has_course(id=credential.terms.course_id)
    world.repositories.credentials.add(credential, scope=ALL_TENANTS)


def a_user_row(**values: Any) -> User:
    return User(**{"email": "bo@school.example", "created_at": NOON} | values)


def a_course_row(**values: Any) -> Course:
    given = {"slug": "knots", "title": "Knots", "status": CourseStatus.DRAFT, "created_at": NOON}
    return Course(**given | values)


def a_version_row(**values: Any) -> CourseVersion:
    given = {"course_id": COURSE, "number": 1, "slug": "knots", "outline": [], "published_at": NOON}
    return CourseVersion(**given | values)


def a_progress_row(**values: Any) -> CourseProgress:
    given = {
        "user_id": ANNA,
        "course_id": COURSE,
        "status": "in_progress",
        "course_version": 1,
        "percent_complete": 0,
        "enrolled_at": NOON,
        "last_activity_at": NOON,
        "changed_at": NOON,
        "completed_items": [],
        "started_modules": [],
        "sequence": 1,
    }
    return CourseProgress(**given | values)


def an_issued_row(**values: Any) -> UserCredential:
    given = {
        "id": uuid4(),
        "user_id": ANNA,
        "credential_id": CREDENTIAL,
        "credential_version": 1,
        "terms": {},
        "course_id": COURSE,
        "course_version": 1,
        "completed_at": NOON,
        "issued_at": NOON,
    }
    return UserCredential(**given | values)


ROWS: Final[dict[str, Callable[[], Model]]] = {
    "plain": a_course_row,
    "text of every kind": lambda: a_course_row(
        title="Ærø ☃ 🪢", summary="%s %% {} ' \" \\ ; --\n\t\r"
    ),
    "an enum": lambda: a_course_row(status=CourseStatus.PUBLISHED),
    "a large number": lambda: a_course_row(version=2**31 - 1),
    "a moment in another zone": lambda: a_course_row(created_at=IN_TOKYO),
    "an id": lambda: a_course_row(org_id=ORGANIZATION),
    "a reference": lambda: a_course_row(created_by_id=ANNA),
    "yes and no": lambda: a_user_row(is_active=False, is_staff=True),
    "a moment or none": lambda: a_user_row(last_login=NOON),
    "a list": lambda: a_user_row(roles=["learner", "admin"]),
    "an automatic key": a_version_row,
    "deep JSON": lambda: a_version_row(
        outline=[{"a": [None, True, 1, -1.5, "ü🪢\n", {}, []]}, None, "%s"]
    ),
    "a key of two columns": a_progress_row,
    "many references": an_issued_row,
}
"""Builders of rows for every kind of column value."""
