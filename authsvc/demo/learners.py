"""What the learners of the demo school do, and what their teacher does for them."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from itertools import islice
from typing import Final

from accounts.public import OPERATOR, OrganizationId, OrgRole, Principal, Role, User
from authsvc.composition.container import Services
from authsvc.demo.people import account, add_member, member, sign_in
from authsvc.demo.schedule import Act, Plan, Way
from authsvc.kernel.paging import PageRequest
from courses.public import Answer, Assessment, Course, ItemId, Outline, Question, QuestionKind
from credentials.public import IssuedSelection
from progress.public import AttemptId, CriterionScore, Mark

CHECK: Final = "claude-check"
INTRODUCTION: Final = "intro-to-claude"
QUIZ, REPORT = 3, 5
"""Steps of the course that are assessments; enrolment is step 0."""
LAST_STEP: Final = {
    Way.ENROLLED: 0,
    Way.STOPPED: 2,
    Way.FAILED: QUIZ,
    Way.WITHDRAWN: 1,
    Way.WAITING: REPORT,
    Way.COMPLETED: REPORT,
}
REPORT_TEXT: Final = (
    "On Tuesday at 14:05 the general alarm sounded while I was in the engine workshop.\n\n"
    "I closed the door behind me, counted four doors to the stairs, and reached muster station 2 after three "
    "minutes. Two of us were missing; they came a minute later, because they had gone back for their jackets.\n\n"
    "I suppose that the smoke came from the smoke machine, but I did not see it. Next time I would take the "
    "stairs on the other side, and say at once that somebody had gone back.\n\n"
    "The plan of the drill: https://harbour-academy.example/drills/plan"
)
REVOKED_BECAUSE: Final = "The report was copied from another learner."


@dataclass(frozen=True, slots=True, kw_only=True)
class Teacher:
    """The teacher, who owns the organization of the course."""

    services: Services
    principal: Principal
    course: Course

    @property
    def outline(self) -> Outline:
        return outline_of(self.services, self.course)

    def grade(self, attempt_id: AttemptId, question: Question, number: int) -> None:
        """Grade a report by the rubric; how good it is depends on the number of the learner."""
        criteria = tuple(
            CriterionScore(
                criterion=criterion.key, score=max(1, criterion.max_score - (number + place) % 2)
            )
            for place, criterion in enumerate(question.rubric)
        )
        mark = Mark(
            question_id=question.id,
            score=sum(one.score for one in criteria),
            comment="Clear, and in the right order. Say where you stood when the alarm sounded.",
            criteria=criteria,
        )
        self.services.grading.grade(attempt_id, (mark,), by=self.principal)

    def revoke_one(self) -> None:
        """Revoke the credential that the academy issued last."""
        (org_id,) = self.principal.memberships
        selection = IssuedSelection(org_id=org_id, at=self.services.ports.clock.now())
        page = self.services.issuing.page_of(selection, PageRequest(limit=100), by=self.principal)
        issued = max((one.issued for one in page.items), key=lambda one: one.issued_at)
        self.services.issuing.revoke(issued.id, reason=REVOKED_BECAUSE, by=self.principal)


@dataclass(slots=True, kw_only=True)
class Learner:
    """A learner, who follows their plan. They have an account once they have joined."""

    services: Services
    plan: Plan
    teacher: Teacher
    org_id: OrganizationId
    _user: User | None = field(default=None, init=False)
    _report: AttemptId | None = field(default=None, init=False)

    @property
    def principal(self) -> Principal:
        assert self._user is not None  # noqa: S101  # for mypy: acts are performed in order
        return member(self._user, {self.org_id: OrgRole.LEARNER})

    def join(self) -> None:
        self._user = account(self.services, self.plan.name, self.plan.email, Role.LEARNER)
        self.join_another(self.org_id)

    def join_another(self, org_id: OrganizationId) -> None:
        add_member(self.services, org_id, self.principal.person, by=self.teacher.principal)

    def acts(self, now: datetime) -> Iterator[Act]:
        """What they do after they joined, and the grade for their report."""
        plan, last = self.plan, LAST_STEP[self.plan.way]
        for number in range(last + 1):
            at = plan.step(number)
            yield Act(at - timedelta(minutes=5), partial(self._sign_in, now))
            yield Act(at, partial(self._take, number))
        after = plan.step(last)
        if plan.way is Way.WITHDRAWN:
            yield Act(after + timedelta(days=2), self._withdraw)
        if plan.way is Way.FAILED:
            yield Act(after + timedelta(days=1), partial(self._answer_quiz, is_right=False))
        if plan.way is Way.COMPLETED:
            yield Act(after + timedelta(days=1, hours=3), self._be_graded)
        if plan.takes_check:
            yield Act(plan.step(0) + timedelta(days=4, hours=1), self._take_check)
        if plan.number % 5 == 0:
            yield Act(plan.step(1) + timedelta(hours=3), self._begin_introduction)

    def _sign_in(self, now: datetime) -> None:
        sign_in(self.services, self.principal.person, until=now)

    def _take(self, number: int) -> None:
        """Enrol, or complete an item, or hand in an assessment."""
        course, by = str(self.teacher.course.id), self.principal
        if number == 0:
            self.services.learning.enroll(course, by=by)
        elif number == QUIZ:
            self._answer_quiz(is_right=self.plan.way is not Way.FAILED)
        elif number == REPORT:
            self._report = self._hand_in(self._assessment(REPORT), is_right=True)
        else:
            (item_id,) = _items(self.teacher.outline, number - 1, number)
            self.services.learning.complete_item(course, item_id, by=by)

    def _withdraw(self) -> None:
        self.services.learning.withdraw(str(self.teacher.course.id), by=self.principal)

    def _answer_quiz(self, *, is_right: bool) -> None:
        self._hand_in(self._assessment(QUIZ), is_right=is_right)

    def _be_graded(self) -> None:
        assert self._report is not None  # noqa: S101  # for mypy: they handed it in before
        (question,) = self._assessment(REPORT).questions
        self.teacher.grade(self._report, question, self.plan.number)

    def _take_check(self) -> None:
        course = self._enrolled(CHECK)
        assessment = _assessment_in(outline_of(self.services, course), 1)
        self._hand_in(assessment, is_right=self.plan.number % 4 > 0)

    def _begin_introduction(self) -> None:
        course = self._enrolled(INTRODUCTION)
        for item_id in _items(outline_of(self.services, course), 0, 2 + self.plan.number % 4):
            self.services.learning.complete_item(course.slug, item_id, by=self.principal)

    def _enrolled(self, slug: str) -> Course:
        self.services.learning.enroll(slug, by=self.principal)
        return self.services.catalog.open_course(slug, by=self.principal)

    def _assessment(self, number: int) -> Assessment:
        return _assessment_in(self.teacher.outline, number)

    def _hand_in(self, assessment: Assessment, *, is_right: bool) -> AttemptId:
        """Answer every question, rightly or wrongly."""
        by, attempts = self.principal, self.services.attempts
        attempt = attempts.start(assessment.id, by=by)
        answers = {
            question.id: _answer(question, is_right=is_right) for question in assessment.questions
        }
        attempts.save(attempt.id, answers, by=by)
        return attempts.submit(attempt.id, by=by).id


def outline_of(services: Services, course: Course) -> Outline:
    """The outline of the published version."""
    return services.catalog.version(course.id, course.version, scope=OPERATOR.tenant_scope).outline


def _items(outline: Outline, begin: int, end: int) -> list[ItemId]:
    """The ids of the items from *begin*, counted from 0, up to *end*."""
    return [item.id for item in islice(outline.items, begin, end)]


def _assessment_in(outline: Outline, number: int) -> Assessment:
    """The assessment of the item with this number, from 1."""
    assessment = list(outline.items)[number - 1].assessment
    assert assessment is not None  # noqa: S101  # for mypy: the definition has it there
    return assessment


def _answer(question: Question, *, is_right: bool) -> Answer:
    if question.kind is QuestionKind.MCQ:
        wrong = frozenset({next(one.key for one in question.choices if not one.is_right)})
        return Answer(choices=question.right_choices if is_right else wrong)
    key = question.answer_key
    if key is None:
        return Answer(text=REPORT_TEXT)
    right = key.texts[0] if key.texts else f"{key.number:g}"
    return Answer(text=right if is_right else "I do not know")
