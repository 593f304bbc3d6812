"""Assessment attempts: responses, marks and grades."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Final, NewType
from uuid import UUID

from accounts.public import OrganizationId, UserId
from authsvc.kernel.canonical import canonical_time, checksum
from courses.public import (
    Answer,
    Assessment,
    AssessmentId,
    CourseId,
    ItemId,
    LatePolicy,
    QuestionId,
)
from progress.domain.entities.events import BINDING, EventType, Fact, StreamId
from progress.domain.entities.grades import Grade, Mark, ProposalReference
from progress.domain.errors import (
    AttemptClosed,
    AttemptNotGradable,
    AttemptNotReopenable,
    AttemptVoided,
    DeadlineNotLater,
    ImpossibleCriteria,
    ImpossibleScore,
    NoTimeLimit,
    TooLate,
)

AttemptId = NewType("AttemptId", UUID)

_PLAIN_MEMBERS: Final = (
    "id",
    "user_id",
    "course_id",
    "org_id",
    "course_version",
    "item_id",
    "assessment_id",
    "number",
    "max_score",
    "pass_score",
    "started_at",
    "expires_at",
    "status",
    "submitted_at",
    "is_late",
    "void_reason",
)
"""Members of an attempt that are hashed as they are. Their names are part of the hash and never change."""


class AttemptStatus(StrEnum):
    """Only a started attempt takes answers, and only a graded one has a score.

    An expired attempt ran out of time in an earlier release, which did not submit it. It is submitted when it is next
    read, as one that runs out of time now.
    """

    STARTED = "started"
    SUBMITTED = "submitted"
    GRADED = "graded"
    EXPIRED = "expired"
    VOIDED = "voided"


SUBMISSIONS: Final = frozenset({AttemptStatus.SUBMITTED, AttemptStatus.GRADED})
"""The status of attempts that are submitted and count: they can be graded, or regraded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """Answer to one question; until submission it can be replaced."""

    question_id: QuestionId
    answer: Answer
    saved_at: datetime

    @property
    def content(self) -> Mapping[str, object]:
        """Its members, as they are hashed."""
        choices = self.answer.choices
        return {
            "question_id": self.question_id,
            "choices": None if choices is None else sorted(choices),
            "text": self.answer.text,
            "url": self.answer.url,
            "saved_at": self.saved_at,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class AssessmentAttempt:
    """An attempt at an assessment, as it is in the course version that the learner is on at the start.

    `number` counts a learner's attempts at the assessment: 1, 2, 3. `expires_at` is the end of the time limit.
    """

    id: AttemptId
    user_id: UserId
    course_id: CourseId
    org_id: OrganizationId | None
    course_version: int
    item_id: ItemId
    assessment_id: AssessmentId
    number: int
    max_score: int
    pass_score: int
    started_at: datetime
    expires_at: datetime | None
    status: AttemptStatus = AttemptStatus.STARTED
    submitted_at: datetime | None = None
    is_late: bool = False
    responses: tuple[Response, ...] = ()
    grades: tuple[Grade, ...] = ()
    void_reason: str = ""

    @property
    def stream(self) -> StreamId:
        """The stream of events in which it is recorded."""
        return StreamId(user_id=self.user_id, course_id=self.course_id, org_id=self.org_id)

    @property
    def grade(self) -> Grade | None:
        return self.grades[-1] if self.grades else None

    @property
    def score(self) -> int | None:
        return self.grade.score if self.grade else None

    @property
    def is_passed(self) -> bool | None:
        """None until it is graded."""
        return None if self.score is None else self.score >= self.pass_score

    @property
    def grading_state(self) -> str:
        """Changes with its status and with each grade: what a grader has seen."""
        return f"{self.status.value}-{len(self.grades)}"

    @property
    def counts_as_passed(self) -> bool:
        """Whether it is passed and still counts: a voided attempt keeps its grades, but does not."""
        return self.status is AttemptStatus.GRADED and self.is_passed is True

    def has_lost_pass_of(self, before: "AssessmentAttempt") -> bool:
        """Whether it was passed before a regrade or a voiding, and is not any more."""
        return before.counts_as_passed and not self.counts_as_passed

    @property
    def content_hash(self) -> str:
        """The SHA-256 of all of it, which binds it into the event log."""
        return checksum(self.content)

    @property
    def content(self) -> Mapping[str, object]:
        """All of it, as it is hashed."""
        return {
            **{name: getattr(self, name) for name in _PLAIN_MEMBERS},
            "responses": [response.content for response in self.responses],
            "grades": [grade.content for grade in self.grades],
        }

    def answer_to(self, question_id: QuestionId) -> Answer | None:
        """Return the answer to the question, if there is one."""
        for response in self.responses:
            if response.question_id == question_id:
                return response.answer
        return None

    def answered(
        self, answers: Mapping[QuestionId, Answer], assessment: Assessment, *, at: datetime
    ) -> "AssessmentAttempt":
        """Replace the answers to these questions.

        Raises AttemptClosed, TooLate, QuestionNotFound, UnsuitableAnswer.
        """
        self._require_open(assessment, at=at)
        saved = {
            question_id: Response(
                question_id=question_id,
                answer=assessment.question(question_id).checked(answer),
                saved_at=at,
            )
            for question_id, answer in answers.items()
        }
        earlier = {response.question_id: response for response in self.responses}
        return replace(self, responses=tuple((earlier | saved).values()))

    def submitted(self, assessment: Assessment, *, at: datetime) -> "AssessmentAttempt":
        """Submit the attempt, late if it is due or past its time limit.

        Raises AttemptClosed, and TooLate unless the assessment accepts submissions after the time limit.
        """
        self._require_open(assessment, at=at)
        is_late = self._is_out_of_time(at) or assessment.is_past_due(at=at)
        return replace(self, status=AttemptStatus.SUBMITTED, submitted_at=at, is_late=is_late)

    def scored(self, assessment: Assessment, *, at: datetime) -> "AssessmentAttempt":
        """Score the attempt automatically, unless it needs a human grader."""
        if not assessment.is_scored_at_once:
            return self
        marks = tuple(
            Mark(question_id=question.id, score=question.score_of(self.answer_to(question.id)) or 0)
            for question in assessment.questions
        )
        return self._graded(Grade(marks=marks, graded_at=at, graded_by=None))

    def graded(
        self,
        marks: tuple[Mark, ...],
        assessment: Assessment,
        *,
        at: datetime,
        by: UserId | None,
        reason: str,
        proposals: tuple[ProposalReference, ...] = (),
    ) -> "AssessmentAttempt":
        """Grade or regrade the attempt. Questions without a mark are scored automatically.

        Raises AttemptNotGradable, QuestionNotFound, ImpossibleScore if a mark is missing or out of range, and
        ImpossibleCriteria if the points by criterion do not fit the rubric.
        """
        if self.status not in SUBMISSIONS:
            raise AttemptNotGradable(status=self.status.value)
        mark_of = {mark.question_id: mark for mark in marks}
        for mark in marks:
            assessment.question(mark.question_id)
        complete = tuple(
            self._mark_of(question.id, mark_of, assessment) for question in assessment.questions
        )
        return self._graded(
            Grade(marks=complete, graded_at=at, graded_by=by, reason=reason, proposals=proposals)
        )

    def voided(self, *, reason: str) -> "AssessmentAttempt":
        """Void the attempt: it no longer counts. Raises AttemptVoided."""
        if self.status is AttemptStatus.VOIDED:
            raise AttemptVoided
        return replace(self, status=AttemptStatus.VOIDED, void_reason=reason)

    def extended(self, until: datetime, *, at: datetime) -> "AssessmentAttempt":
        """Move the deadline of an open attempt. Raises AttemptClosed, NoTimeLimit, DeadlineNotLater."""
        if self.status is not AttemptStatus.STARTED:
            raise AttemptClosed(status=self.status.value)
        if self.expires_at is None:
            raise NoTimeLimit
        if until <= max(self.expires_at, at):
            raise DeadlineNotLater
        return replace(self, expires_at=until)

    def reopened(self, until: datetime | None, *, at: datetime) -> "AssessmentAttempt":
        """Return a submission that awaits grading to its learner, until a new deadline or the present one.

        Raises AttemptNotReopenable, NoTimeLimit, and DeadlineNotLater unless there is time left.
        """
        if self.status is not AttemptStatus.SUBMITTED:
            raise AttemptNotReopenable(status=self.status.value)
        if self.expires_at is None and until is not None:
            raise NoTimeLimit
        deadline = until or self.expires_at
        if deadline is not None and deadline <= at:
            raise DeadlineNotLater
        return replace(
            self,
            status=AttemptStatus.STARTED,
            submitted_at=None,
            is_late=False,
            expires_at=deadline,
        )

    def is_past_deadline(self, *, at: datetime) -> bool:
        """Whether it was not submitted within its time limit."""
        is_open = self.status in (AttemptStatus.STARTED, AttemptStatus.EXPIRED)
        return is_open and self._is_out_of_time(at)

    def has_run_out(self, assessment: Assessment, *, at: datetime) -> bool:
        """Whether it is past its deadline, and too late to be submitted by the learner."""
        return self.is_past_deadline(at=at) and assessment.late is LatePolicy.REFUSE

    def submitted_in_time(self, assessment: Assessment, *, at: datetime) -> "AssessmentAttempt":
        """Submit an attempt that has run out, as of its deadline, and score it."""
        is_late = self.expires_at is not None and assessment.is_past_due(at=self.expires_at)
        submitted = replace(
            self, status=AttemptStatus.SUBMITTED, submitted_at=self.expires_at, is_late=is_late
        )
        return submitted.scored(assessment, at=at)

    def submission(self) -> Fact:
        """Return the fact that the attempt was submitted."""
        return Fact(
            type=EventType.ASSESSMENT_SUBMITTED,
            entity_id=self.id,
            payload=self._payload,
        )

    def binding(self) -> Fact:
        """Return the fact that binds the attempt as it is now, after a change that no other event records."""
        return Fact(type=EventType.ATTEMPT_BOUND, entity_id=self.id, payload=self._payload)

    def outcome(self) -> Fact | None:
        """Return the fact that the attempt was passed or failed, once it is graded."""
        if self.score is None:
            return None
        return Fact(
            type=EventType.ASSESSMENT_PASSED if self.is_passed else EventType.ASSESSMENT_FAILED,
            entity_id=self.id,
            payload={**self._payload, **self._score_payload},
        )

    def regrading(self, *, reopens_item: bool) -> Fact:
        """Return the fact that a regrade turned the pass into a failure, and whether its item is open again."""
        return Fact(
            type=EventType.ASSESSMENT_REGRADED,
            entity_id=self.id,
            payload={
                **self._payload,
                **self._score_payload,
                "item_id": str(self.item_id),
                "reopens_item": reopens_item,
            },
        )

    def voiding(self, *, reopens_item: bool) -> Fact:
        """Return the fact that the attempt was voided, and whether its item is open again."""
        return Fact(
            type=EventType.ASSESSMENT_VOIDED,
            entity_id=self.id,
            payload={
                **self._payload,
                "item_id": str(self.item_id),
                "reopens_item": reopens_item,
            },
        )

    def continuation(self, type_: EventType) -> Fact:
        """Return the fact that the attempt was reopened or extended, and until when it takes answers."""
        payload = {name: value for name, value in self._payload.items() if name != BINDING}
        return Fact(
            type=type_, entity_id=self.id, payload={**payload, "expires_at": self.deadline_text}
        )

    @property
    def deadline_text(self) -> str:
        """The end of the time limit as events state it; empty without one."""
        return "" if self.expires_at is None else canonical_time(self.expires_at)

    @property
    def _score_payload(self) -> dict[str, str | int]:
        return {"score": self.score or 0, "max_score": self.max_score}

    @property
    def _payload(self) -> dict[str, str | int]:
        return {
            "assessment_id": str(self.assessment_id),
            "assessment_version": self.course_version,
            BINDING: self.content_hash,
        }

    def _require_open(self, assessment: Assessment, *, at: datetime) -> None:
        if self.has_run_out(assessment, at=at) or self._was_submitted_at_deadline:
            raise TooLate
        if self.status is not AttemptStatus.STARTED:
            raise AttemptClosed(status=self.status.value)

    @property
    def _was_submitted_at_deadline(self) -> bool:
        is_valid = self.status is not AttemptStatus.VOIDED
        return is_valid and self.submitted_at is not None and self.submitted_at == self.expires_at

    def _is_out_of_time(self, at: datetime) -> bool:
        return self.expires_at is not None and at > self.expires_at

    def _mark_of(
        self, question_id: QuestionId, marks: Mapping[QuestionId, Mark], assessment: Assessment
    ) -> Mark:
        question = assessment.question(question_id)
        score = question.score_of(self.answer_to(question_id))
        mark = marks.get(question_id)
        if mark is None and score is not None:
            return Mark(question_id=question_id, score=score)
        if mark is None or not 0 <= mark.score <= question.max_score:
            raise ImpossibleScore(question_id=question_id, max_score=question.max_score)
        if not mark.follows(question):
            raise ImpossibleCriteria(question_id=question_id)
        return mark.sorted

    def _graded(self, grade: Grade) -> "AssessmentAttempt":
        return replace(self, status=AttemptStatus.GRADED, grades=(*self.grades, grade))
