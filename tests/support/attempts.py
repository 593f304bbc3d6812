"""Builders for assessment attempts."""

from dataclasses import dataclass, replace
from functools import cache, partial
from typing import Any
from uuid import UUID, uuid4

from accounts.domain.access import OPERATOR, OrgRole, Principal
from accounts.domain.organizations.entities import Organization
from authsvc.composition.container import Services
from authsvc.kernel.paging import all_items
from authsvc.kernel.tenancy import ALL_TENANTS
from courses.definitions.courses import read_definition
from courses.domain.entities.assessments import (
    Answer,
    Assessment,
    AssessmentId,
    LatePolicy,
    Question,
)
from courses.domain.entities.courses import AssessmentPlace, Course, CourseDefinition
from progress.domain.entities.attempts import AssessmentAttempt, AttemptId
from tests.support.builders import NOON, a_principal
from tests.support.exams import EXAMS
from tests.support.learning import Learner
from tests.support.organizations import a_member
from tests.support.worlds import World

RIGHT = {
    "slips": Answer(choices=frozenset({"noose"})),
    "king": Answer(text=" The  Bowline "),
    "length": Answer(text="41"),
}
"""Right answers of the quiz, by question key."""


def a_definition_with_exams(slug: str = "knots") -> CourseDefinition:
    """A course with a quiz, a project and an exam."""
    return replace(_definition_with_exams(), slug=slug)


@cache
def _definition_with_exams() -> CourseDefinition:
    return read_definition(EXAMS)


@dataclass(frozen=True, kw_only=True)
class Examinee(Learner):
    """A learner enrolled on a course with assessments."""

    course: Course

    def assessment(self, key: str) -> Assessment:
        """The assessment of the item with this key, in the published version."""
        number = self.services.catalog.course(self.course.id, scope=ALL_TENANTS).version
        version = self.services.catalog.version(self.course.id, number, scope=ALL_TENANTS)
        (item,) = (item for item in version.outline.items if item.key == key)
        assert item.assessment is not None
        return item.assessment

    def question(self, key: str) -> Question:
        result = (
            question
            for assessment in map(self.assessment, ("quiz", "project", "exam"))
            for question in assessment.questions
        )
        return next(question for question in result if question.key == key)

    def begins(self, key: str = "quiz") -> AssessmentAttempt:
        return self.services.attempts.start(self.assessment(key).id, by=self.principal)

    def answers(self, attempt: AssessmentAttempt, /, **answers: Answer) -> AssessmentAttempt:
        """Answers by question key."""
        by_id = {self.question(key).id: answer for key, answer in answers.items()}
        return self.services.attempts.save(attempt.id, by_id, by=self.principal)

    def hands_in(self, attempt: AssessmentAttempt) -> AssessmentAttempt:
        return self.services.attempts.submit(attempt.id, by=self.principal)

    def takes(self, key: str = "quiz", /, **answers: Answer) -> AssessmentAttempt:
        """Start, answer and submit an attempt."""
        attempt = self.begins(key)
        self.answers(attempt, **answers)
        return self.hands_in(attempt)


def an_examinee(world: World, organization: Organization | None = None) -> Examinee:
    """A new learner, enrolled on a new course with assessments."""
    services, org_id = world.services, organization.id if organization else None
    draft = services.authoring.create(a_definition_with_exams(), org_id=org_id, by=OPERATOR)
    course = services.authoring.publish(draft.slug, by=OPERATOR)
    return another_examinee(world, course)


def a_timed_definition(slug: str = "timed", **rules: Any) -> CourseDefinition:
    """A course whose assessments take an hour and refuse late submissions, unless the rules say otherwise."""
    definition = a_definition_with_exams(slug)
    (module,) = definition.modules
    terms: dict[str, Any] = {"time_limit_minutes": 60, "late": LatePolicy.REFUSE} | rules
    items = tuple(
        replace(item, assessment=item.assessment and replace(item.assessment, **terms))
        for item in module.items
    )
    return replace(definition, modules=(replace(module, items=items),))


def under_time_limits(
    world: World, organization: Organization | None = None, **rules: Any
) -> Examinee:
    """A new learner on a new course with timed assessments."""
    authoring, org_id = world.services.authoring, organization.id if organization else None
    draft = authoring.create(a_timed_definition(**rules), org_id=org_id, by=OPERATOR)
    return another_examinee(world, authoring.publish(draft.slug, by=OPERATOR))


def another_examinee(world: World, course: Course) -> Examinee:
    user = world.has_user()
    principal: Principal = (
        a_principal(user)
        if course.org_id is None
        else a_member(course.org_id, OrgRole.LEARNER, user)
    )
    anna = Examinee(services=world.services, principal=principal, course=course)
    anna.enrols(course)
    return anna


def attempts_at(
    services: Services, assessment_id: AssessmentId, *, by: Principal
) -> list[AssessmentAttempt]:
    """The caller's attempts at the assessment, oldest first."""
    return list(all_items(partial(services.attempts.page_at, assessment_id, by=by)))


def has_attempt(
    world: World, place: AssessmentPlace | None = None, **parts: Any
) -> AssessmentAttempt:
    """Store an attempt of a new learner, at a new assessment unless its place is given."""
    attempt = an_attempt(world, place, **parts)
    world.repositories.attempts.add(attempt, scope=ALL_TENANTS)
    return attempt


def an_attempt(
    world: World, place: AssessmentPlace | None = None, **parts: Any
) -> AssessmentAttempt:
    where = place or has_place(world)
    given: dict[str, Any] = {
        "id": AttemptId(uuid4()),
        "course_id": where.course_id,
        "org_id": where.org_id,
        "course_version": 1,
        "item_id": where.item_id,
        "assessment_id": where.assessment_id,
        "number": 1,
        "max_score": 7,
        "pass_score": 5,
        "started_at": NOON,
        "expires_at": None,
    }
    if "user_id" not in parts:
        parts["user_id"] = world.has_user().id
    return AssessmentAttempt(**given | parts)


def has_place(world: World, organization: Organization | None = None) -> AssessmentPlace:
    org_id = organization.id if organization else None
    course = world.has_course(org_id=org_id)
    place = a_place(course)
    world.repositories.assessments.keep([place], scope=ALL_TENANTS)
    return place


def a_place(course: Course) -> AssessmentPlace:
    ids: list[Any] = [UUID(int=uuid4().int) for _ in range(2)]
    return AssessmentPlace(
        assessment_id=ids[0], course_id=course.id, item_id=ids[1], org_id=course.org_id
    )
