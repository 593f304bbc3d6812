"""Random acts of learners and authors, permitted or not."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto
from typing import Final

from accounts.domain.access import OPERATOR, Principal
from authsvc.composition.container import Services
from authsvc.kernel.paging import PageRequest
from authsvc.kernel.tenancy import ALL_TENANTS
from courses.domain.entities.assessments import (
    Answer,
    AnswerKey,
    Assessment,
    Question,
    QuestionKind,
)
from courses.domain.entities.courses import Course, CourseDefinition
from courses.domain.entities.outlines import ItemId
from credentials.domain.entities.credentials import Verification
from progress.domain.entities.events import StreamId
from progress.domain.entities.grades import Mark
from progress.domain.entities.progress import CourseProgress
from tests.support.attempts import attempts_at
from tests.support.builders import (
    a_definition,
    a_module_definition,
    a_principal,
    a_user,
    an_item_definition,
    some_terms,
)

KEYS: Final = ("bowline", "clove-hitch", "figure-eight", "reef-knot", "sheet-bend")
TESTED: Final = ("reef-knot", "sheet-bend")
"""Keys of the items with an assessment."""
Plan = tuple[tuple[str, bool], ...]
"""Item keys of a version; the values tell required from optional items."""


PAPER: Final = Assessment(
    questions=(
        Question(
            key="king",
            kind=QuestionKind.SHORT,
            prompt="Who is king?",
            answer_key=AnswerKey(texts=("bowline",)),
        ),
    )
)


class Kind(Enum):
    ENROL = auto()
    WITHDRAW = auto()
    START = auto()
    COMPLETE = auto()
    PASS = auto()
    FAIL = auto()
    VOID = auto()
    REGRADE = auto()
    UPGRADE = auto()
    PUBLISH = auto()
    REVOKE = auto()
    REISSUE = auto()
    SUSPEND = auto()
    RESUME = auto()


@dataclass(frozen=True, kw_only=True)
class Act:
    """An act of a learner on an item, or of an author who revises a course to *plan*."""

    kind: Kind
    learner: int
    course: int
    key: str
    plan: Plan


class School:
    """Learners, and a course with a credential for each plan."""

    def __init__(self, services: Services, *, learners: int, plans: tuple[Plan, ...]) -> None:
        self.services = services
        users = [a_user() for _ in range(learners)]
        for user in users:
            services.repositories.users.add(user)
        self.learners = [a_principal(user) for user in users]
        self.courses = [self._opened(f"course-{n}", plan) for n, plan in enumerate(plans)]

    def see(self, act: Act) -> None:
        """Perform the act. Raises its domain error if it is not permitted."""
        learner, course = self.learners[act.learner], self.courses[act.course]
        item_id = item_of(course, act.key)
        match act.kind:
            case Kind.ENROL:
                self.services.learning.enroll(course.slug, by=learner)
            case Kind.WITHDRAW:
                self.services.learning.withdraw(course.slug, by=learner)
            case Kind.START:
                self.services.learning.start_item(course.slug, item_id, by=learner)
            case Kind.COMPLETE:
                self.services.learning.complete_item(course.slug, item_id, by=learner)
            case Kind.PASS | Kind.FAIL:
                self._try(course, act.key, learner, is_right=act.kind is Kind.PASS)
            case Kind.VOID | Kind.REGRADE:
                self._take_back(act.kind, course, act.key, learner)
            case Kind.UPGRADE:
                self.services.learning.upgrade(course.slug, by=learner)
            case Kind.PUBLISH:
                self._publish(course, act.plan)
            case Kind.REVOKE | Kind.REISSUE | Kind.SUSPEND | Kind.RESUME:
                self._decide(act.kind, learner)

    def progress_of(self, learner: int, course: int) -> CourseProgress | None:
        return self.services.repositories.progress.find(
            self.learners[learner].person, self.courses[course].slug, scope=ALL_TENANTS
        )

    def stream_of(self, learner: int, course: int) -> StreamId:
        return StreamId(user_id=self.learners[learner].person, course_id=self.courses[course].id)

    def held_by(self, learner: int) -> list[Verification]:
        request = PageRequest(limit=100)
        return list(self.services.issuing.page_for(self.learners[learner], request).items)

    def _opened(self, slug: str, plan: Plan) -> Course:
        course = self.services.authoring.create(_definition(slug, plan), by=OPERATOR)
        self.services.credentials.define(some_terms(course_id=course.id), by=OPERATOR)
        return self.services.authoring.publish(slug, by=OPERATOR)

    def _publish(self, course: Course, plan: Plan) -> None:
        with self.services.unit_of_work.atomic():
            self.services.authoring.revise(course.slug, _definition(course.slug, plan), by=OPERATOR)
            self.services.authoring.publish(course.slug, by=OPERATOR)

    def _try(self, course: Course, key: str, learner: Principal, *, is_right: bool) -> None:
        """Start, answer and submit an attempt."""
        attempts, assessment = self.services.attempts, _assessment_for(course, key)
        answer = Answer(text="bowline" if is_right else "granny")
        with self.services.unit_of_work.atomic():
            attempt = attempts.start(assessment.id, by=learner)
            attempts.save(attempt.id, {assessment.questions[0].id: answer}, by=learner)
            attempts.submit(attempt.id, by=learner)

    def _take_back(self, kind: Kind, course: Course, key: str, learner: Principal) -> None:
        """Void the last attempt, or let it fail."""
        assessment, grading = _assessment_for(course, key), self.services.grading
        for attempt in attempts_at(self.services, assessment.id, by=learner)[-1:]:
            if kind is Kind.VOID:
                grading.void(attempt.id, reason="Copied.", by=OPERATOR)
            else:
                marks = (Mark(question_id=assessment.questions[0].id, score=0),)
                grading.grade(attempt.id, marks, reason="Copied.", by=OPERATOR)

    def _decide(self, kind: Kind, learner: Principal) -> None:
        """Revoke, re-issue, suspend or resume the first credential of the learner."""
        issuing = self.services.issuing
        acts: dict[Kind, Callable[..., object]] = {
            Kind.REVOKE: issuing.revoke,
            Kind.REISSUE: issuing.reissue,
            Kind.SUSPEND: issuing.suspend,
            Kind.RESUME: issuing.resume,
        }
        for issued in issuing.page_for(learner, PageRequest(limit=1)).items:
            acts[kind](issued.issued.id, reason="Misspelt.", by=OPERATOR)


def _assessment_for(course: Course, key: str) -> Assessment:
    """The assessment of the item with the key, or an unknown one if the item has none."""
    return PAPER.placed(course.id, item_key=key)


def item_of(course: Course, key: str) -> ItemId:
    return an_item_definition(key=key).placed(course.id, 1).id


def _definition(slug: str, plan: Plan) -> CourseDefinition:
    """A definition with two items in each module."""
    items = [
        an_item_definition(
            key=key, is_required=is_required, assessment=PAPER if key in TESTED else None
        )
        for key, is_required in plan
    ]
    modules = tuple(
        a_module_definition(key=f"module-{start}", items=tuple(items[start : start + 2]))
        for start in range(0, len(items), 2)
    )
    return a_definition(slug=slug, modules=modules)
