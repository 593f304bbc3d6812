"""Answer keys never reach learners, and feedback not before their grade: every response is searched for them."""

from typing import Any, Final
from uuid import uuid4

import pytest

from accounts.domain.access import OPERATOR, Role
from courses.definitions.courses import read_definition
from tests.support.application import Answer, Application, Caller
from tests.support.exams import EXAMS
from tests.support.operations import routes
from tests.support.school import items_of

TEXT: Final = f"a secret knot {uuid4().hex}"
NUMBER: Final = 918273645.25
FEEDBACK: Final = f"the bowline, of course {uuid4().hex}"
WORDS: Final = (
    '"right":true',
    '"right":false',
    '"is_right"',
    '"answer_key"',
    '"accepts"',
    '"tolerance"',
    TEXT,
    str(NUMBER),
)
"""Members that would tell, as they stand in JSON, and what the questions want to hear."""
PAPER: Final = (
    EXAMS.replace("- the bowline\n", f"- {TEXT}\n")
    .replace("number: 40", f"number: {NUMBER}")
    .replace("slug: knots", "slug: secrets")
    .replace("              prompt:", f"              feedback: {FEEDBACK}\n              prompt:")
)


class Spy:
    """A learner who reads every answer from end to end."""

    def __init__(self, application: Application) -> None:
        self.caller = application.signed_in().caller
        self.read: list[str] = []

    def keep(self, answer: Answer) -> Any:
        self.read.append(answer.text)
        return answer.json

    def answer_keys(self) -> list[str]:
        return [word for word in WORDS if any(word in text for text in self.read)]

    def has_read_feedback(self) -> bool:
        return any(FEEDBACK in text for text in self.read)


@pytest.fixture
def spy(application: Application) -> Spy:
    draft = application.services.authoring.create(read_definition(PAPER), by=OPERATOR)
    application.services.authoring.publish(draft.slug, by=OPERATOR)
    return Spy(application)


def test_what_is_right_reaches_no_learner(spy: Spy) -> None:
    place = "/v1/courses/secrets"
    course = spy.keep(spy.caller.get(place))
    spy.keep(spy.caller.post(f"{place}/enroll"))
    things = {"course": "secrets", "item_id": items_of(course)[0]}
    for item_id in items_of(course):
        assessment = spy.keep(spy.caller.get(f"{place}/items/{item_id}"))["assessment"]
        things |= {"assessment_id": assessment["id"]}
        things |= {"attempt_id": attempted(spy, assessment)}

    for route in routes().values():
        is_of_courses = route.name != "getCourseDefinitionSchema"  # which says how keys are written
        if route.method == "GET" and is_of_courses and set(route.parameters) <= set(things):
            spy.read.append(spy.caller.get(route.path.format_map(things)).text)

    assert len(spy.read) > 30
    assert spy.answer_keys() == []
    assert not spy.has_read_feedback()


def test_feedback_reaches_learners_with_the_grade_of_their_attempt_alone(spy: Spy) -> None:
    place = "/v1/courses/secrets"
    spy.keep(spy.caller.post(f"{place}/enroll"))
    quiz, project, _ = (
        spy.keep(spy.caller.get(f"{place}/items/{item_id}"))["assessment"]
        for item_id in items_of(spy.keep(spy.caller.get(place)))
    )
    begun = spy.keep(spy.caller.post(f"/v1/assessments/{quiz['id']}/attempts"))["id"]
    spy.keep(spy.caller.get(f"/v1/attempts/{begun}/review"))
    spy.keep(spy.caller.get(f"/v1/attempts/{attempted(spy, project)}/review"))  # is not graded yet
    graded = spy.keep(spy.caller.post(f"/v1/attempts/{begun}/submit"))
    assert not spy.has_read_feedback()

    review = spy.caller.get(f"/v1/attempts/{begun}/review").json

    assert graded["status"] == "graded"
    assert [question["feedback"] for question in review["questions"]] == [FEEDBACK] * 3


def attempted(spy: Spy, assessment: Any) -> str:
    """The id of an attempt that is handed in, with an answer to every question."""
    begun = spy.keep(spy.caller.post(f"/v1/assessments/{assessment['id']}/attempts"))
    path = f"/v1/attempts/{begun['id']}"
    answers = [answer_to(question) for question in assessment["questions"]]
    spy.keep(spy.caller.put(f"{path}/responses", {"responses": answers}))
    spy.keep(spy.caller.post(f"{path}/submit"))
    return str(begun["id"])


def answer_to(question: Any) -> dict[str, Any]:
    member: dict[str, Any] = {"mcq": {"choices": []}, "file": {"url": "https://school.example"}}
    return {"question_id": question["id"], **member.get(question["kind"], {"text": "?"})}


def test_authors_see_what_is_right_where_they_write_it(application: Application, spy: Spy) -> None:
    author: Caller = application.signed_in(Role.INSTRUCTOR, name="Bo").caller
    exported = application.services.authoring.export("secrets", by=OPERATOR)

    assert author.get("/v1/courses/secrets").status == 200
    keys = [
        question.answer_key
        for module in exported.modules
        for item in module.items
        if item.assessment is not None
        for question in item.assessment.questions
        if question.answer_key is not None
    ]
    assert TEXT in keys[0].texts
    assert keys[1].number == NUMBER
