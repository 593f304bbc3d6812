"""Verification of a log with very many events, made by the domain itself so that every hash is right."""

import resource
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import islice
from time import perf_counter
from typing import Final
from uuid import UUID, uuid4

from django.core.management import call_command
from django.db import connection, transaction

from accounts.domain.access import OPERATOR, UserId
from accounts.domain.audit.services.verifier import Runner
from authsvc.composition.container import services
from authsvc.composition.verification_processes import in_processes
from authsvc.kernel.tenancy import ALL_TENANTS
from courses.domain.entities.courses import CourseVersion
from credentials.domain.entities.credentials import Evidence, IssuedCredential, IssuedCredentialId
from credentials.domain.entities.definitions import Credential
from progress.domain.entities.attempts import AssessmentAttempt, AttemptId
from progress.domain.entities.events import Cause, EventId, EventType, Fact, ProgressEvent
from progress.domain.entities.progress import CourseProgress
from tests.support.attempts import a_definition_with_exams
from tests.support.builders import a_definition_of
from tests.support.learning import a_credential_for

EVENTS_EACH: Final = 20
ATTEMPTING: Final = 10
"""One learner in so many passes an assessment and is issued a credential."""
BATCH: Final = 100
LINE: Final = "{:24}{:>12}{:>10}{:>10}{:>10}"
STARTED_AT: Final = datetime(2026, 1, 1, tzinfo=UTC)

_USERS: Final = """
INSERT INTO accounts_user (id, email, name, password, roles, is_active, is_staff, is_superuser, created_at)
SELECT ('00000000-0000-4000-8000-' || lpad(n::text, 12, '0'))::uuid, 'learner-' || n || '@bench.example', 'Anna', '',
    '["learner"]', true, false, false, now()
FROM generate_series(1, %(learners)s) AS n"""


class Generator:
    """Streams of learners on a course with a quiz, or on one without."""

    def __init__(self) -> None:
        exams = services().authoring.create(a_definition_with_exams(), by=OPERATOR)
        items = services().authoring.create(a_definition_of(required=18), by=OPERATOR)
        self.exams, self.items = (self._published(course.slug) for course in (exams, items))
        course = services().catalog.course(self.exams.course_id, scope=ALL_TENANTS)
        self.credential: Credential = a_credential_for(services(), course)

    def _published(self, slug: str) -> CourseVersion:
        course = services().authoring.publish(slug, by=OPERATOR)
        return services().catalog.version(course.id, 1, scope=ALL_TENANTS)

    def fill(self, *, learners: int) -> None:
        with connection.cursor() as cursor:
            cursor.execute(_USERS, {"learners": learners})
        numbers = iter(range(1, learners + 1))
        while batch := list(islice(numbers, BATCH)):
            with transaction.atomic():
                issued = self._fill(batch)
            for issued_id in issued:
                services().signing.shown(issued_id)
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")

    def _fill(self, numbers: list[int]) -> list[IssuedCredentialId]:
        """Store the records of these learners, and return their credentials, which are not signed yet."""
        events = list[ProgressEvent]()
        for number in numbers:
            user_id = UserId(UUID(f"00000000-0000-4000-8000-{number:012}"))
            is_attempting = number % ATTEMPTING == 0
            version = self.exams if is_attempting else self.items
            facts = self._examined(user_id) if is_attempting else self._learned()
            head = CourseProgress.before(version, user_id=user_id, at=STARTED_AT)
            for place, fact in enumerate(facts):
                at = STARTED_AT + timedelta(seconds=place)
                event = head.next_event(
                    fact, event_id=EventId(uuid4()), at=at, cause=Cause(user_id=user_id)
                )
                head = head.apply(event, version.outline)
                events.append(event)
            services().repositories.progress.add(head, scope=ALL_TENANTS)
        services().repositories.events.append(events, scope=ALL_TENANTS)
        return [
            IssuedCredentialId(event.fact.entity_id)
            for event in events
            if event.fact.type is EventType.CREDENTIAL_ISSUED
        ]

    def _learned(self) -> Iterator[Fact]:
        """Twenty events: all items of the course but those that would complete it."""
        yield _fact(EventType.ENROLLED, self.items.course_id, course_version=1)
        (module,) = self.items.outline.modules
        for item in module.items[:17]:
            yield _fact(EventType.ITEM_COMPLETED, item.id, module_id=str(module.id))
        yield _fact(EventType.MODULE_STARTED, module.id, item_id=str(module.items[0].id))
        yield _fact(EventType.WITHDRAWN, self.items.course_id)

    def _examined(self, user_id: UserId) -> Iterator[Fact]:
        """Twenty events: six attempts at the quiz, and a credential that is revoked."""
        yield _fact(EventType.ENROLLED, self.exams.course_id, course_version=1)
        item = next(item for item in self.exams.outline.items if item.assessment)
        assessment = item.assessment
        assert assessment is not None
        for number in range(1, 9):
            attempt = AssessmentAttempt(
                id=AttemptId(uuid4()),
                user_id=user_id,
                course_id=self.exams.course_id,
                org_id=None,
                course_version=1,
                item_id=item.id,
                assessment_id=assessment.id,
                number=number,
                max_score=assessment.max_score,
                pass_score=assessment.pass_score,
                started_at=STARTED_AT,
                expires_at=None,
            )
            attempt = replace(attempt.submitted(assessment, at=STARTED_AT), expires_at=None)
            attempt = attempt.graded((), assessment, at=STARTED_AT, by=None, reason="")
            services().repositories.attempts.add(attempt, scope=ALL_TENANTS)
            services().repositories.attempts.save(attempt, scope=ALL_TENANTS)
            outcome = attempt.outcome()
            assert outcome is not None
            yield from (attempt.submission(), outcome)
        yield from self._issued(user_id)

    def _issued(self, user_id: UserId) -> Iterator[Fact]:
        issued = IssuedCredential.issued(
            IssuedCredentialId(uuid4()),
            credential=self.credential,
            user_id=user_id,
            evidence=Evidence(
                course_id=self.exams.course_id, course_version=1, completed_at=STARTED_AT
            ),
            at=STARTED_AT,
        )
        yield issued.fact(EventType.CREDENTIAL_ISSUED)
        revoked = issued.revoked(at=STARTED_AT, reason="For the benchmark", by=None)
        yield revoked.fact(EventType.CREDENTIAL_REVOKED)
        services().repositories.issued_credentials.add(revoked, scope=ALL_TENANTS)
        yield _fact(EventType.WITHDRAWN, self.exams.course_id)


def _fact(type_: EventType, entity_id: UUID, **payload: str | int) -> Fact:
    return Fact(type=type_, entity_id=entity_id, payload=payload)


def measure(*, learners: int, processes: int) -> None:
    """Fill an empty database, and print a line for each check alone, and one for all in several processes."""
    call_command("migrate", verbosity=0)
    Generator().fill(learners=learners)
    services().anchors.make(by=OPERATOR)
    print(LINE.format("", "rows", "seconds", "of Python", "peak"))
    for name in services().verifier.names:
        _measure(name, only=[name], run=None, who=resource.RUSAGE_SELF)
    together = partial(in_processes, processes=processes, progress=lambda _label, _rows: None)
    _measure(f"all, {processes} processes", only=[], run=together, who=resource.RUSAGE_CHILDREN)


def _measure(label: str, *, only: list[str], run: Runner | None, who: int) -> None:
    began, used = perf_counter(), _processor_time(who)
    report = services().verifier.verify(by=OPERATOR, only=only, run=run)
    seconds, used = perf_counter() - began, _processor_time(who) - used
    assert report.is_clean, [result.findings[:3] for result in report.results]
    rows = sum(sum(result.rows.values()) for result in report.results)
    peak = f"{resource.getrusage(who).ru_maxrss // 1024} MiB"
    print(LINE.format(label, rows, f"{seconds:.1f}", f"{used:.1f}", peak))


def _processor_time(who: int) -> float:
    """Return the seconds of processor time that this process, or those which it started and which ended, have used."""
    usage = resource.getrusage(who)
    return usage.ru_utime + usage.ru_stime
