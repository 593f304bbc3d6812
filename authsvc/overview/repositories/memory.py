"""Read model of what staff see at a glance, in memory."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Final
from uuid import UUID

from accounts.domain.access import ClientPk, OrganizationId, OrganizationStatus, UserId
from accounts.domain.identity.entities.sign_in_records import SignInRecord, SignInRecordId
from accounts.domain.integrations.entities.webhooks import PauseCause, Webhook, WebhookId
from accounts.domain.oauth.entities.clients import OAuthClient
from accounts.domain.organizations.entities import Invitation, InvitationId, Organization
from authsvc.jobs.entities import Job, JobId, JobStatus
from authsvc.kernel.tenancy import Entity, TenantScope
from authsvc.overview.entities import (
    EXPIRES_SOON,
    Counts,
    PendingWork,
    Period,
    Series,
    Standing,
    Subject,
    UsagePart,
    UsageSum,
)
from courses.domain.entities.courses import Course, CourseId
from credentials.domain.entities.credentials import IssuedCredential, IssuedCredentialId
from progress.domain.ai.entities.feedback import AIFlag, AIFlagId
from progress.domain.ai.entities.sessions import AIInteraction, AISession, AISessionId
from progress.domain.ai.ports import Role
from progress.domain.entities.attempts import AssessmentAttempt, AttemptId, AttemptStatus
from progress.domain.entities.progress import CourseProgress, ProgressStatus

_OF_THE_LAST: Final = frozenset({"failed_jobs"})
"""The counts whose time is the latest, not the earliest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InMemoryOverviewRepository:
    """The tables of other repositories."""

    organizations: Mapping[OrganizationId, Organization]
    invitations: Mapping[InvitationId, Invitation]
    clients: Mapping[ClientPk, OAuthClient]
    webhooks: Mapping[WebhookId, Webhook]
    jobs: Mapping[JobId, Job]
    attempts: Mapping[AttemptId, AssessmentAttempt]
    flags: Mapping[AIFlagId, AIFlag]
    courses: Mapping[CourseId, Course]
    progress: Mapping[Any, CourseProgress]
    issued: Mapping[IssuedCredentialId, IssuedCredential]
    sign_in_records: Mapping[SignInRecordId, SignInRecord]
    ai_sessions: Mapping[AISessionId, AISession]
    ai_interactions: Mapping[Any, AIInteraction]

    def counts(self, *, at: datetime, scope: TenantScope) -> Counts:
        times = {name: list(waiting) for name, waiting in self._waiting(at, scope)}
        dated = {name: [time for time in waiting if time] for name, waiting in times.items()}
        return Counts(
            **{name: len(waiting) for name, waiting in times.items()},
            since={
                name: max(waiting) if name in _OF_THE_LAST else min(waiting)
                for name, waiting in dated.items()
                if waiting
            },
        )

    def pending_work(self, *, at: datetime, scope: TenantScope) -> Mapping[UUID, PendingWork]:
        invitations = scope.among(list(self.invitations.values()))
        attempts = scope.among(list(self.attempts.values()))
        invited = Counter[Any](row.org_id for row in invitations if row.expires_at > at)
        submitted = Counter[Any](
            row.org_id for row in attempts if row.status is AttemptStatus.SUBMITTED
        )
        return {
            org_id: PendingWork(
                open_invitations=invited[org_id], submissions_to_grade=submitted[org_id]
            )
            for org_id in (invited.keys() | submitted.keys()) - {None}
        }

    def days(
        self, period: Period, subject: Subject, *, scope: TenantScope
    ) -> Mapping[Series, Mapping[date, int]]:
        learning = list(self._learning(subject, scope))
        issued = [row for row in scope.among(list(self.issued.values())) if _is_about(row, subject)]
        times: dict[Series, list[datetime | None]] = {
            Series.ENROLMENTS: [*(row.enrolled_at for row in learning)],
            Series.COMPLETIONS: [row.completed_at for row in learning],
            Series.ISSUED: [*(row.issued_at for row in issued)],
            Series.REVOKED: [row.revocation.at if row.revocation else None for row in issued],
            **self._signed_in(
                None if subject.is_everything else frozenset(row.user_id for row in learning)
            ),
        }
        days = {
            series: Counter(_day_of(time) for time in happened if time)
            for series, happened in times.items()
        }
        return {
            series: {day: number for day, number in counted.items() if period.covers(day)}
            for series, counted in days.items()
        }

    def learners(self, period: Period, subject: Subject, *, scope: TenantScope) -> tuple[int, int]:
        learning = list(self._learning(subject, scope))
        active = {row.user_id for row in learning if _day_of(row.last_activity_at) >= period.since}
        return len(active), len({row.user_id for row in learning})

    def learners_by_course(
        self, course_ids: Collection[UUID], *, scope: TenantScope
    ) -> Mapping[UUID, int]:
        learning = scope.among(list(self.progress.values()))
        enrolled = (row for row in learning if row.status is not ProgressStatus.WITHDRAWN)
        return Counter(row.course_id for row in enrolled if row.course_id in course_ids)

    def by_course(
        self, period: Period, subject: Subject, *, limit: int, scope: TenantScope
    ) -> list[Standing]:
        titles = {course.id: course.title for course in self.courses.values()}
        rows = list(self._enrolled(period, subject, scope))
        return _standings([(row.course_id, row) for row in rows], titles, limit)

    def by_organization(
        self, period: Period, subject: Subject, *, limit: int, scope: TenantScope
    ) -> list[Standing]:
        names = {organization.id: organization.name for organization in self.organizations.values()}
        rows = [row for row in self._enrolled(period, subject, scope) if row.org_id is not None]
        return _standings([(row.org_id, row) for row in rows], names, limit)

    def usage_by_day(
        self, period: Period, subject: Subject, *, scope: TenantScope
    ) -> Mapping[date, tuple[int, int]]:
        days: dict[date, tuple[int, int]] = {}
        for _, answer in self._answers(period, subject, scope):
            number, cost = days.get(day := _day_of(answer.occurred_at), (0, 0))
            days[day] = (number + 1, cost + answer.generation.cost_micro_usd)
        return days

    def usage_by(
        self, part: UsagePart, period: Period, subject: Subject, *, limit: int, scope: TenantScope
    ) -> list[UsageSum]:
        groups = defaultdict[tuple[Any, str], list[AIInteraction]](list)
        for session, answer in self._answers(period, subject, scope):
            groups[self._part_of(part, session, answer)].append(answer)
        sums = [
            UsageSum(
                id=key,
                name=name,
                answers=len(answers),
                tokens=sum(_tokens_of(answer) for answer in answers),
                cost_micro_usd=sum(answer.generation.cost_micro_usd for answer in answers),
            )
            for (key, name), answers in groups.items()
        ]
        return sorted(sums, key=lambda row: (-row.cost_micro_usd, row.name))[:limit]

    def _part_of(
        self, part: UsagePart, session: AISession, answer: AIInteraction
    ) -> tuple[Any, str]:
        if part is UsagePart.MODELS:
            return None, answer.generation.model_id
        if part is UsagePart.ORGANIZATIONS:
            org_id = answer.org_id
            return org_id, self.organizations[org_id].name if org_id else ""
        course_id = session.course_id
        return course_id, self.courses[course_id].title if course_id else ""

    def _answers(
        self, period: Period, subject: Subject, scope: TenantScope
    ) -> Iterator[tuple[AISession, AIInteraction]]:
        for row in scope.among(list(self.ai_interactions.values())):
            session = self.ai_sessions[row.session_id]
            is_answer = row.role is Role.ASSISTANT and not row.is_reported
            is_about = subject.covers(session.course_id, row.org_id)
            if is_answer and is_about and period.covers(_day_of(row.occurred_at)):
                yield session, row

    def _waiting(
        self, at: datetime, scope: TenantScope
    ) -> Iterator[tuple[str, Iterable[datetime | None]]]:
        """A time of each row that waits, by the name of its count."""

        def owned(table: Mapping[Any, Entity]) -> Iterable[Entity]:
            return scope.among(list(table.values()))

        failing = (PauseCause.FAILING, PauseCause.GONE)
        invitations, attempts = owned(self.invitations), owned(self.attempts)
        yield "open_invitations", (row.expires_at for row in invitations if row.expires_at > at)
        submitted = (row for row in attempts if row.status is AttemptStatus.SUBMITTED)
        yield "submissions_to_grade", (row.submitted_at for row in submitted)
        yield "open_flags", (row.flagged_at for row in owned(self.flags) if row.is_open)
        expiring = (row for row in owned(self.clients) if row.is_active and _expires(row, at))
        yield "expiring_clients", (row.expires_at for row in expiring)
        suspended = (
            row
            for row in list(self.organizations.values())
            if scope.covers(row.id) and row.status is OrganizationStatus.SUSPENDED
        )
        yield "suspended_organizations", (None for _ in suspended)
        failed = (row for row in owned(self.jobs) if row.status is JobStatus.FAILED)
        yield "failed_jobs", (row.ended_at for row in failed)
        pauses = (row.pause for row in owned(self.webhooks) if row.pause is not None)
        yield "failing_webhooks", (pause.since for pause in pauses if pause.cause in failing)

    def _signed_in(self, user_ids: frozenset[UserId] | None) -> dict[Series, list[datetime | None]]:
        """The times of sign-ins and of failed attempts of these users, or of everybody."""
        records = [
            record
            for record in list(self.sign_in_records.values())
            if user_ids is None or record.user_id in user_ids
        ]
        return {
            Series.SIGN_INS: [record.at for record in records if record.failure is None],
            Series.FAILED_SIGN_INS: [
                time for record in records if record.failure for time in _times_of(record)
            ],
        }

    def _learning(self, subject: Subject, scope: TenantScope) -> Iterator[CourseProgress]:
        stored = scope.among(list(self.progress.values()))
        return (row for row in stored if _is_about(row, subject))

    def _enrolled(
        self, period: Period, subject: Subject, scope: TenantScope
    ) -> Iterator[CourseProgress]:
        learning = self._learning(subject, scope)
        return (row for row in learning if period.covers(_day_of(row.enrolled_at)))


def _times_of(record: SignInRecord) -> list[datetime]:
    """A time for each attempt."""
    return [record.at] * record.attempts


def _expires(client: OAuthClient, at: datetime) -> bool:
    former = client.former_secret
    times = (client.expires_at, None if former is None else former.expires_at)
    return any(time is not None and at <= time <= at + EXPIRES_SOON for time in times)


def _is_about(row: CourseProgress | IssuedCredential, subject: Subject) -> bool:
    course_id = row.course_id if isinstance(row, CourseProgress) else row.evidence.course_id
    return subject.covers(course_id, row.org_id)


def _tokens_of(answer: AIInteraction) -> int:
    usage = answer.generation.usage
    return usage.input_tokens + usage.output_tokens


def _day_of(time: datetime) -> date:
    return time.astimezone(UTC).date()


def _standings(
    rows: Sequence[tuple[Any, CourseProgress]], names: Mapping[Any, str], limit: int
) -> list[Standing]:
    enrolled = Counter(key for key, _ in rows)
    completed = Counter(key for key, row in rows if row.completed_at is not None)
    standings = [
        Standing(id=key, name=names[key], enrolled=number, completed=completed[key])
        for key, number in enrolled.items()
    ]
    return sorted(standings, key=lambda standing: (-standing.enrolled, standing.name))[:limit]
