"""A learner who holds a credential."""

from dataclasses import dataclass
from typing import Any

from courses.domain.entities.courses import Course
from credentials.domain.entities.definitions import Credential
from tests.support.application import Application, Person
from tests.support.builders import a_definition_of
from tests.support.learning import items_of


@dataclass(frozen=True)
class Holding:
    """The credential that Anna has earned by a course of one item."""

    application: Application
    anna: Person
    course: Course
    credential: Credential
    id: str

    def listed(self) -> list[dict[str, Any]]:
        """Anna's list of issued credentials."""
        answer = self.anna.caller.get("/v1/me/credentials")
        return list(answer.json["items"])

    def verified(self) -> dict[str, Any]:
        """The public verification."""
        answer = self.application.stranger.get(f"/v1/issued/{self.id}/verify")
        assert answer.status == 200
        return dict(answer.json)

    def events(self) -> list[dict[str, Any]]:
        answer = self.anna.caller.get(f"/v1/progress/{self.course.slug}/events")
        return list(answer.json["items"])


def a_holding(application: Application, **terms: Any) -> Holding:
    course = application.published(a_definition_of(required=1))
    credential, anna = application.earns(course, **terms), application.signed_in()
    enrol_and_complete(application, anna, course)
    (issued,) = anna.caller.get("/v1/me/credentials").json["items"]
    return Holding(application, anna, course, credential, issued["id"])


def enrol_and_complete(application: Application, person: Person, course: Course) -> None:
    address = f"/v1/courses/{course.slug}"
    assert person.caller.post(f"{address}/enroll").status == 201
    for item_id in items_of(application.services, course):
        assert person.caller.post(f"{address}/items/{item_id}/complete").status == 200
