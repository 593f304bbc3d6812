"""A course with very many learners, made by the database itself, and the reports on it."""

from collections.abc import Callable
from statistics import median
from time import perf_counter
from typing import Any, Final

from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.domain.entities import OPERATOR, Role, User, UserChanges
from authsvc.container import services
from authsvc.kernel.reach import EVERYWHERE
from courses.domain.entities import Course
from tests.support.attempts import on_paper
from tests.support.house import Caller

LEARNERS: Final = 50_000
EVENTS_EACH: Final = 20
TRIES: Final = 15
LINE: Final = "{:16}{:>10}{:>12}{:>10}{:>8}"

_USERS: Final = """
INSERT INTO accounts_user (id, email, name, password, roles, is_active, is_staff, is_superuser, created_at)
SELECT md5('user' || n)::uuid, 'learner-' || n || '@bench.example', 'Anna', '', '["learner"]', true, false, false, now()
FROM generate_series(1, %(learners)s) AS n"""
_PROGRESS: Final = """
INSERT INTO progress_courseprogress (user_id, course_id, course_slug, org_id, status, course_version,
    percent_complete, enrolled_at, last_activity_at, completed_at, completed_items, started_modules, sequence, hash)
SELECT md5('user' || n)::uuid, %(course)s, %(slug)s, %(org)s,
    CASE WHEN n %% 4 = 0 THEN 'completed' WHEN n %% 9 = 0 THEN 'withdrawn' ELSE 'in_progress' END, 1,
    CASE WHEN n %% 4 = 0 THEN 100 ELSE 50 END, now(), now(),
    CASE WHEN n %% 4 = 0 THEN now() - n %% 200 * interval '1 day' END,
    (SELECT jsonb_agg(id) FROM unnest(%(items)s::text[]) WITH ORDINALITY AS item(id, place)
        WHERE n %% 4 = 0 OR place <= 1 + n %% 3), '[]', %(each)s, repeat('0', 64)
FROM generate_series(1, %(learners)s) AS n"""
_EVENTS: Final = """
INSERT INTO progress_progressevent (user_id, course_id, org_id, sequence, type, entity_type, entity_id, payload,
    occurred_at, idempotency_key, previous_hash, hash, id)
SELECT md5('user' || n)::uuid, %(course)s, %(org)s, place, 'module_started', 'module', gen_random_uuid(), '{}', now(),
    '', repeat('0', 64), md5(n || '-' || place) || md5(place || '-' || n), gen_random_uuid()
FROM generate_series(1, %(learners)s) AS n, generate_series(1, %(each)s) AS place"""
_ATTEMPTS: Final = """
INSERT INTO progress_assessmentattempt (id, user_id, course_id, org_id, course_version, item_id, assessment_id, number,
    max_score, pass_score, started_at, status, is_open, submitted_at, is_late, responses, score, void_reason)
SELECT gen_random_uuid(), md5('user' || n)::uuid, %(course)s, %(org)s, 1, %(item)s, %(assessment)s, number,
    100, 60, now(), 'graded', false, now(), false, '{}', (n * 37 + number) %% 101, ''
FROM generate_series(1, %(learners)s) AS n, generate_series(1, 2) AS number"""

_COUNTS_OF_COURSE: Final = (
    "SELECT status, count(*) FROM progress_courseprogress WHERE course_id = %(course)s GROUP BY 1",
    """
    SELECT (completed_at AT TIME ZONE 'UTC')::date, count(*) FROM progress_courseprogress
    WHERE course_id = %(course)s AND completed_at >= now() - interval '90 days' GROUP BY 1""",
    """
    SELECT item, count(*) FROM progress_courseprogress, jsonb_array_elements_text(completed_items) AS item
    WHERE course_id = %(course)s GROUP BY 1""",
    """
    SELECT assessment_id, percent, count(*) FROM (
        SELECT assessment_id, max(100 * score / max_score) AS percent FROM progress_assessmentattempt
        WHERE course_id = %(course)s AND status = 'graded' GROUP BY assessment_id, user_id) AS best
    GROUP BY 1, 2""",
)
_COUNTS_OF_ORGANIZATION: Final = (
    "SELECT course_id, status, count(*) FROM progress_courseprogress WHERE org_id = %(org)s GROUP BY 1, 2",
)


def measure() -> None:
    """Fill an empty database, and print a line for each report, with medians in milliseconds."""
    call_command("migrate", verbosity=0)
    root = services().sessions.register(
        email="root@bench.example", name="Root", password="a long walk home"
    )
    services().users.edit(root.user.id, UserChanges(roles=(Role.ADMIN,)), by=OPERATOR)
    course = _school(root.user)
    names = _fill(course)
    caller = Caller(
        services()
        .sessions.log_in(email="root@bench.example", password="a long walk home")
        .access_token
    )
    print(LINE.format("", "report", "statements", "SQL", "times"))
    _compare(caller, "course", f"/v1/courses/{course.slug}/report", _COUNTS_OF_COURSE, names)
    _compare(
        caller, "organization", f"/v1/orgs/{course.org_id}/report", _COUNTS_OF_ORGANIZATION, names
    )


def _school(owner: User) -> Course:
    """An organization's published course."""
    school = services().organizations.create(
        name="Bench", slug="bench", owner_id=owner.id, by=OPERATOR
    )
    made = services().authoring.create(on_paper(), org_id=school.id, by=OPERATOR)
    return services().authoring.publish(made.slug, by=OPERATOR)


def _fill(course: Course) -> dict[str, Any]:
    """All learners take the course; return the names of what is counted, for statements."""
    version = services().catalog.version(course.id, course.version, within=EVERYWHERE)
    items = version.outline.items
    tested, assessment = next((each, each.assessment) for each in items if each.assessment)
    names: dict[str, Any] = {
        "learners": LEARNERS,
        "each": EVENTS_EACH,
        "course": course.id,
        "slug": course.slug,
        "org": course.org_id,
        "items": [str(item.id) for item in items],
        "item": tested.id,
        "assessment": assessment.id,
    }
    with connection.cursor() as cursor:
        for statement in (_USERS, _PROGRESS, _EVENTS, _ATTEMPTS):
            cursor.execute(statement, names)
        cursor.execute("VACUUM ANALYZE")
    return names


def _compare(
    caller: Caller, name: str, path: str, counts: tuple[str, ...], names: dict[str, Any]
) -> None:
    def ask() -> None:
        answer = caller.get(path, Host="127.0.0.1")
        assert answer.status == 200, answer.text

    def count() -> None:
        with connection.cursor() as cursor:
            for statement in counts:
                cursor.execute(statement, names)
                cursor.fetchall()

    with CaptureQueriesContext(connection) as asked:
        ask()
    statements = len(asked)
    report, plain = _median(ask), _median(count)
    print(LINE.format(name, f"{report:.1f}", statements, f"{plain:.1f}", f"{report / plain:.2f}"))


def _median(work: Callable[[], None]) -> float:
    """In milliseconds."""
    times = []
    for _ in range(TRIES):
        begun = perf_counter()
        work()
        times.append(perf_counter() - begun)
    return 1000 * median(times)
