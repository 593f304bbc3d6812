"""Eligibility and claims in the API."""

from dataclasses import dataclass
from typing import Any, Final

import pytest

from accounts.domain.access import OPERATOR, Role, Scope
from courses.domain.entities.courses import Course
from credentials.domain.entities.definitions import Credential
from credentials.domain.entities.rules import AllOf, AnyOf, CompletedCourse
from tests.accounts.callers import narrowed
from tests.credentials.holding import enrol_and_complete
from tests.support.application import Answer, Application, Caller, Person
from tests.support.builders import a_definition_of

UNKNOWN: Final = "00000000-0000-4000-8000-000000000000"
ACTS: Final = {
    "eligibility": ("GET", Scope.CREDENTIALS_READ),
    "issue": ("POST", Scope.CREDENTIALS_WRITE),
}
each_act = pytest.mark.parametrize("act", ACTS)


@dataclass(frozen=True)
class Study:
    """Anna, with the first of two courses completed, and a credential for both."""

    application: Application
    anna: Person
    knots: Course
    bends: Course
    credential: Credential

    def asks(self, act: str, caller: Caller | None = None, credential_id: object = None) -> Answer:
        path = f"/v1/credentials/{credential_id or self.credential.id}/{act}"
        return (caller or self.anna.caller).send(ACTS[act][0], path)

    def held(self) -> list[Any]:
        return list(self.anna.caller.get("/v1/me/credentials").json["items"])

    def offered_later(self) -> Credential:
        """A credential that is defined after Anna has earned it."""
        rule = AnyOf((CompletedCourse(self.knots.id), CompletedCourse(self.bends.id)))
        return self.application.earns(self.bends, rule=rule)


@pytest.fixture
def study(application: Application) -> Study:
    knots = application.published(a_definition_of(required=1, slug="knots", title="Knots"))
    bends = application.published(a_definition_of(required=1, slug="bends", title="Bends"))
    rule = AllOf((CompletedCourse(knots.id), CompletedCourse(bends.id)))
    credential, anna = application.earns(bends, rule=rule), application.signed_in()
    enrol_and_complete(application, anna, knots)
    return Study(application, anna, knots, bends, credential)


def of(course: Course, *, is_met: bool) -> dict[str, Any]:
    """The verdict on the completed course."""
    return {
        "rule": f'complete course "{course.title}"',
        "is_met": is_met,
        "reached": "done" if is_met else "not done",
        "subject": {
            "kind": "course",
            "id": str(course.id),
            "slug": course.slug,
            "title": course.title,
        },
        "children": [],
    }


def test_a_learner_sees_rule_by_rule_what_is_reached(study: Study) -> None:
    answer = study.asks("eligibility")

    assert answer.status == 200
    assert answer.json == {
        "credential_id": str(study.credential.id),
        "is_eligible": False,
        "holds": False,
        "missing": ['complete course "Bends" (not done)'],
        "verdict": {
            "rule": "all of these",
            "is_met": False,
            "reached": "1 of 2",
            "subject": None,
            "children": [of(study.knots, is_met=True), of(study.bends, is_met=False)],
        },
    }


def test_checking_eligibility_changes_nothing(study: Study) -> None:
    later = study.offered_later()

    answer = study.asks("eligibility", credential_id=later.id)

    assert (answer.json["is_eligible"], answer.json["holds"]) == (True, False)
    assert study.held() == []


def test_completing_the_rest_issues_it_and_says_so(study: Study) -> None:
    enrol_and_complete(study.application, study.anna, study.bends)

    answer = study.asks("eligibility")

    (issued,) = study.held()
    assert issued["credential"]["id"] == str(study.credential.id)
    assert (answer.json["is_eligible"], answer.json["holds"]) == (True, True)
    assert answer.json["missing"] == []


def test_what_is_earned_already_is_taken_once(study: Study) -> None:
    later = study.offered_later()

    first = study.asks("issue", credential_id=later.id)
    again = study.asks("issue", credential_id=later.id)

    assert first.status == 201
    assert (first.json["credential"]["id"], first.json["status"]) == (str(later.id), "issued")
    assert study.held() == [first.json]
    assert (again.status, again.code) == (409, "already-issued")
    events = study.anna.caller.get("/v1/progress/knots/events").json["items"]
    assert events[-1]["type"] == "credential_issued"


def test_what_is_not_earned_is_not_taken(study: Study) -> None:
    answer = study.asks("issue")

    assert (answer.status, answer.code) == (409, "not-eligible")
    assert answer.json["missing"] == 'complete course "Bends" (not done)'
    assert study.held() == []


def test_what_was_revoked_is_not_taken_again(study: Study) -> None:
    later, root = study.offered_later(), study.application.signed_in(Role.ADMIN, name="Root")
    first = study.asks("issue", credential_id=later.id)
    root.caller.post(f"/v1/issued/{first.json['id']}/revoke", {"reason": "A mistake."})

    again = study.asks("issue", credential_id=later.id)
    eligibility = study.asks("eligibility", credential_id=later.id).json

    assert (again.status, again.code) == (409, "already-revoked")
    assert [issued["status"] for issued in study.held()] == ["revoked"]
    assert (eligibility["is_eligible"], eligibility["holds"]) == (False, False)
    assert eligibility["missing"] == ["it was revoked"]


def test_what_was_revoked_does_not_come_back_by_itself(study: Study) -> None:
    later, root = study.offered_later(), study.application.signed_in(Role.ADMIN, name="Root")
    first = study.asks("issue", credential_id=later.id)
    root.caller.post(f"/v1/issued/{first.json['id']}/revoke", {"reason": "A mistake."})

    enrol_and_complete(study.application, study.anna, study.bends)

    names = [issued["credential"]["id"] for issued in study.held()]
    assert names.count(str(later.id)) == 1
    assert str(study.credential.id) in names


def test_a_draft_is_named_to_its_authors_alone(study: Study) -> None:
    application = study.application
    draft = application.services.authoring.create(
        a_definition_of(required=1, slug="hitches"), by=OPERATOR
    )
    secret = application.earns(study.knots, rule=CompletedCourse(draft.id))
    bo = application.signed_in(Role.INSTRUCTOR, name="Bo").caller

    shown = [
        study.asks("eligibility", caller, secret.id).json["verdict"]
        for caller in (study.anna.caller, bo)
    ]

    assert [item["subject"]["title"] for item in shown] == [None, draft.title]
    assert [item["subject"]["slug"] for item in shown] == [None, "hitches"]
    assert shown[0]["rule"] == f"complete course {draft.id}"


@each_act
def test_an_anonymous_request_is_challenged(study: Study, act: str) -> None:
    answer = study.asks(act, study.application.stranger)

    assert (answer.status, answer.code) == (401, "not-authenticated")


@each_act
def test_a_token_for_everything_else_is_not_enough(study: Study, act: str) -> None:
    others = (scope for scope in Scope if scope is not ACTS[act][1])

    answer = study.asks(act, narrowed(study.application, study.anna, *others))

    assert (answer.status, answer.code) == (403, "insufficient-scope")


@each_act
def test_what_is_not_defined_is_not_found(study: Study, act: str) -> None:
    answer = study.asks(act, credential_id=UNKNOWN)

    assert (answer.status, answer.code) == (404, "credential-not-found")
