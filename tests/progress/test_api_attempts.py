"""Attempts API."""

from typing import Any
from uuid import uuid4

import pytest

from accounts.domain.access import Role
from courses.definitions.courses import read_definition
from courses.domain.entities.courses import Course
from tests.support.application import Answer, Application, Person
from tests.support.exams import EXAMS, WITH_DUE_DATE, WITH_LEVELS
from tests.support.school import items_of

GRADER = Role.INSTRUCTOR


class Exams:
    """Anna, enrolled on a course with a quiz, a project and an exam."""

    def __init__(self, application: Application, definition: str = EXAMS) -> None:
        self.application = application
        self.course: Course = application.published(read_definition(definition))
        self.anna = application.signed_in()
        self.place = f"/v1/courses/{self.course.slug}"
        self.anna.caller.post(f"{self.place}/enroll")
        self.items = items_of(self.anna.caller.get(self.place).json)

    def assessment(self, number: int = 0) -> Any:
        return self.anna.caller.get(f"{self.place}/items/{self.items[number]}").json["assessment"]

    def starts(self, number: int = 0, by: Person | None = None) -> Answer:
        caller = (by or self.anna).caller
        return caller.post(f"/v1/assessments/{self.assessment(number)['id']}/attempts")

    def saves(self, attempt: str, **members: Any) -> Answer:
        responses = {"responses": [members]}
        return self.anna.caller.put(f"/v1/attempts/{attempt}/responses", responses)

    def submits(self, attempt: str) -> Answer:
        return self.anna.caller.post(f"/v1/attempts/{attempt}/submit")


@pytest.fixture
def exams(application: Application) -> Exams:
    return Exams(application)


def test_an_assessment_is_shown_without_what_is_right(exams: Exams) -> None:
    quiz = exams.assessment()

    assert (quiz["type"], quiz["max_score"], quiz["pass_score"]) == ("quiz", 4, 3)
    assert (quiz["attempt_limit"], quiz["time_limit_minutes"], quiz["late"]) == (3, None, "refuse")
    choice = quiz["questions"][0]
    assert choice == {
        "id": choice["id"],
        "position": 1,
        "kind": "mcq",
        "prompt": "Which knot slips?",
        "max_score": 2,
        "choices": [
            {"key": "bowline", "text": "The bowline"},
            {"key": "noose", "text": "The noose"},
        ],
        "rubric": [],
    }


def test_an_attempt_is_begun_answered_and_handed_in(exams: Exams) -> None:
    started = exams.starts()
    attempt, question = started.json["id"], exams.assessment()["questions"][0]
    saved = exams.saves(attempt, question_id=question["id"], choices=["noose"])

    handed_in = exams.submits(attempt)

    assert (started.status, saved.status, handed_in.status) == (201, 200, 200)
    assert started.json["status"] == "started"
    (response,) = saved.json["responses"]
    assert (response["choices"], response["text"], response["url"]) == (["noose"], None, None)
    assert (handed_in.json["status"], handed_in.json["score"]) == ("graded", 2)
    assert handed_in.json["is_passed"] is False
    assert exams.anna.caller.get(f"/v1/attempts/{attempt}").json == handed_in.json
    listed = exams.anna.caller.get(f"/v1/assessments/{exams.assessment()['id']}/attempts")
    assert listed.json == {"items": [handed_in.json], "next": None}


def test_what_waits_is_graded_by_those_who_may(application: Application, exams: Exams) -> None:
    attempt = exams.starts(2).json["id"]
    exams.submits(attempt)
    bo, question = (
        application.signed_in(GRADER, name="Bo").caller,
        exams.assessment(2)["questions"][0],
    )
    marks = {"marks": [{"question_id": question["id"], "score": 1, "comment": "Neat."}]}

    queue = bo.get(f"{exams.place}/grading")
    graded = bo.post(f"/v1/attempts/{attempt}/grade", marks)

    assert [item["id"] for item in queue.json["items"]] == [attempt]
    assert (graded.status, graded.json["score"]) == (200, 1)
    assert graded.json["grades"][0]["marks"][0]["comment"] == "Neat."
    assert bo.get(f"/v1/attempts/{attempt}/grading").json == graded.json
    assert exams.anna.caller.get(f"/v1/attempts/{attempt}").json["is_passed"] is True
    assert bo.get(f"{exams.place}/grading").json["items"] == []


def test_learners_see_levels_before_and_the_chosen_one_after_grading(
    application: Application,
) -> None:
    exams = Exams(application, WITH_LEVELS)
    attempt = exams.starts(1).json["id"]
    picture, feedback = exams.assessment(1)["questions"]
    before = exams.anna.caller.get(f"/v1/attempts/{attempt}/review").json
    exams.submits(attempt)
    criteria = [{"criterion": "holds", "score": 1}, {"criterion": "looks", "score": 2}]
    bo = application.signed_in(GRADER, name="Bo").caller
    marks = [
        {"question_id": picture["id"], "score": 3, "criteria": criteria},
        {"question_id": feedback["id"], "score": 1, "comment": "Neat."},
    ]

    bo.post(f"/v1/attempts/{attempt}/grade", {"marks": marks})

    levels = [criterion["levels"] for criterion in picture["rubric"]]
    assert levels == [
        [
            {"score": 3, "text": "All of it holds."},
            {"score": 1, "text": "Some of it holds."},
            {"score": 0, "text": "Nothing holds."},
        ],
        [],
    ]
    assert (before["status"], before["score"], before["questions"]) == ("started", None, [])
    after = exams.anna.caller.get(f"/v1/attempts/{attempt}/review").json
    first, second = after["questions"]
    assert (after["score"], second["comment"]) == (4, "Neat.")
    assert [(row["criterion"], row["score"], row["level"]) for row in first["criteria"]] == [
        ("holds", 1, "Some of it holds."),
        ("looks", 2, ""),
    ]
    assert bo.get(f"/v1/attempts/{attempt}/review").status == 404


def test_an_item_says_when_it_is_due_and_what_comes_later_is_late(application: Application) -> None:
    exams = Exams(application, WITH_DUE_DATE)
    (module,) = exams.anna.caller.get(exams.place).json["modules"]

    handed_in = exams.submits(exams.starts(1).json["id"])

    due = [None, "2020-01-02T03:04:05Z", None]
    assert [item["due_at"] for item in module["items"]] == due
    assert [exams.assessment(number)["due_at"] for number in range(3)] == due
    assert (handed_in.json["status"], handed_in.json["is_late"]) == ("submitted", True)
    assert exams.submits(exams.starts().json["id"]).json["is_late"] is False


def test_what_is_void_counts_no_longer(application: Application, exams: Exams) -> None:
    attempt = exams.starts().json["id"]
    bo = application.signed_in(GRADER, name="Bo").caller

    void = bo.post(f"/v1/attempts/{attempt}/void", {"reason": "Copied."})

    assert (void.json["status"], void.json["void_reason"]) == ("voided", "Copied.")
    assert exams.submits(attempt).code == "attempt-closed"


def test_illegal_steps_are_conflicts(application: Application, exams: Exams) -> None:
    attempt = exams.starts().json["id"]
    bo = application.signed_in(GRADER, name="Bo").caller

    assert exams.starts().code == "attempt-running"
    assert bo.post(f"/v1/attempts/{attempt}/grade", {"marks": []}).code == "attempt-not-gradable"
    exams.submits(attempt)
    assert exams.submits(attempt).code == "attempt-closed"
    assert exams.starts(by=application.signed_in(name="Ben")).code == "not-enrolled"
    complete = f"{exams.place}/items/{exams.items[0]}/complete"
    assert exams.anna.caller.post(complete).code == "assessment-required"


@pytest.mark.parametrize(
    ("members", "code"),
    [
        ({"text": "The noose"}, "unsuitable-answer"),
        ({"choices": ["granny"]}, "unsuitable-answer"),
        ({"choices": ["noose"], "text": "both"}, "unsuitable-answer"),
        ({}, "unsuitable-answer"),
        ({"choices": "noose"}, "invalid-request"),
        ({"url": "no address"}, "invalid-request"),
        ({"text": "\x00"}, "invalid-request"),
    ],
)
def test_an_answer_that_does_not_fit_is_refused(
    exams: Exams, members: dict[str, Any], code: str
) -> None:
    attempt, question = exams.starts().json["id"], exams.assessment()["questions"][0]

    answer = exams.saves(attempt, question_id=question["id"], **members)

    assert (answer.status, answer.code) == (422, code)
    assert exams.anna.caller.get(f"/v1/attempts/{attempt}").json["responses"] == []


def test_an_unknown_question_is_not_found(exams: Exams) -> None:
    attempt = exams.starts().json["id"]

    answer = exams.saves(attempt, question_id=str(uuid4()), text="?")

    assert (answer.status, answer.code) == (404, "question-not-found")


def test_an_attempt_of_somebody_else_is_not_there(application: Application, exams: Exams) -> None:
    attempt, ben = exams.starts().json["id"], application.signed_in(name="Ben").caller

    for answer in (
        ben.get(f"/v1/attempts/{attempt}"),
        ben.put(f"/v1/attempts/{attempt}/responses", {"responses": []}),
        ben.post(f"/v1/attempts/{attempt}/submit"),
        ben.get(f"/v1/attempts/{uuid4()}"),
    ):
        assert (answer.status, answer.code) == (404, "attempt-not-found")
    assert ben.get(f"/v1/attempts/{attempt}/grading").code == "not-permitted"


def test_the_pass_that_completes_the_course_issues_what_it_earns(
    application: Application, exams: Exams
) -> None:
    application.earns(exams.course)
    bo = application.signed_in(GRADER, name="Bo").caller
    for number in range(3):
        attempt = exams.starts(number).json["id"]
        exams.submits(attempt)
        points = [
            {"question_id": question["id"], "score": question["max_score"]}
            for question in exams.assessment(number)["questions"]
        ]
        bo.post(f"/v1/attempts/{attempt}/grade", {"marks": points})

    progress = exams.anna.caller.get(f"/v1/progress/{exams.course.slug}").json

    assert (progress["status"], progress["percent_complete"]) == ("completed", 100)
    assert len(exams.anna.caller.get("/v1/me/credentials").json["items"]) == 1


def test_a_learner_moves_to_the_newest_version(application: Application, exams: Exams) -> None:
    answer = exams.anna.caller.post(f"{exams.place}/upgrade")

    assert (answer.status, answer.json["course_version"]) == (200, 1)
    assert (
        application.signed_in(name="Ben").caller.post(f"{exams.place}/upgrade").code
        == "not-enrolled"
    )


def graded_by_bo(exams: Exams, attempt: str, score: int, **members: Any) -> Answer:
    """Give the same points for each question of the quiz."""
    marks = [
        {"question_id": question["id"], "score": min(score, question["max_score"])}
        for question in exams.assessment()["questions"]
    ]
    bo = exams.application.signed_in(GRADER, name="Bo").caller
    return bo.post(f"/v1/attempts/{attempt}/grade", {"marks": marks, **members})


def completed(exams: Exams) -> list[str]:
    progress = exams.anna.caller.get(f"/v1/progress/{exams.course.slug}").json
    return list(progress["completed_items"])


def last_event(exams: Exams) -> Any:
    place = f"/v1/progress/{exams.course.slug}/events?limit=100"
    return exams.anna.caller.get(place).json["items"][-1]


def test_submitting_after_a_withdrawal_is_refused_until_enrolling_again(exams: Exams) -> None:
    attempt = exams.starts().json["id"]
    exams.anna.caller.post(f"{exams.place}/withdraw")

    submission = exams.submits(attempt)
    saving = exams.anna.caller.put(f"/v1/attempts/{attempt}/responses", {"responses": []})
    exams.anna.caller.post(f"{exams.place}/enroll")

    assert (submission.status, submission.code) == (409, "enrolment-ended")
    assert (saving.status, saving.code) == (409, "enrolment-ended")
    assert exams.submits(attempt).status == 200


def test_what_was_passed_in_the_meantime_is_completed_by_enrolling_again(exams: Exams) -> None:
    attempt = exams.starts().json["id"]
    exams.submits(attempt)
    exams.anna.caller.post(f"{exams.place}/withdraw")
    graded_by_bo(exams, attempt, 2)

    back = exams.anna.caller.post(f"{exams.place}/enroll")

    assert (back.status, back.json["completed_items"]) == (201, [exams.items[0]])


def test_a_regrade_that_takes_a_pass_away_reopens_the_item(exams: Exams) -> None:
    attempt = exams.starts().json["id"]
    exams.submits(attempt)
    graded_by_bo(exams, attempt, 2)

    without_reason = graded_by_bo(exams, attempt, 0)
    still_completed = completed(exams)
    graded_by_bo(exams, attempt, 0, reason="Copied.")

    assert (without_reason.status, without_reason.code) == (422, "regrade-reason-missing")
    assert still_completed == [exams.items[0]]
    assert completed(exams) == []
    event = last_event(exams)
    assert (event["type"], event["payload"]["reopens_item"]) == ("assessment_regraded", True)


@pytest.mark.parametrize("act", ["grade", "void"])
def test_a_grader_can_keep_the_item_completed(exams: Exams, act: str) -> None:
    attempt = exams.starts().json["id"]
    exams.submits(attempt)
    graded_by_bo(exams, attempt, 2)
    body = {"reason": "Copied.", "keeps_completion": True}

    if act == "grade":
        graded_by_bo(exams, attempt, 0, **body)
    else:
        bo = exams.application.signed_in(GRADER, name="Bo").caller
        bo.post(f"/v1/attempts/{attempt}/void", body)

    assert completed(exams) == [exams.items[0]]
    assert last_event(exams)["payload"]["reopens_item"] is False


@pytest.mark.parametrize("keeps", ["yes please", 5, None, []])
def test_whether_the_item_is_kept_is_a_boolean(exams: Exams, keeps: Any) -> None:
    attempt = exams.starts().json["id"]
    bo = exams.application.signed_in(GRADER, name="Bo").caller

    answer = bo.post(f"/v1/attempts/{attempt}/void", {"reason": "-", "keeps_completion": keeps})

    assert (answer.status, answer.code) == (422, "invalid-request")
