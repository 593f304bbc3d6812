"""A learner whose requests are counted, and the course that they study."""

from dataclasses import dataclass

from courses.domain.entities.courses import Course
from credentials.domain.entities.definitions import Credential
from tests.support.application import PASSWORD, Answer, Application, Person
from tests.support.school import items_of


@dataclass(frozen=True)
class Taught:
    """A course of two items that earns a credential."""

    application: Application
    course: Course
    credential: Credential


class Study:
    """Anna, and that course, in an application that has served requests before."""

    def __init__(self, taught: Taught) -> None:
        self.application, self.credential = taught.application, taught.credential
        self.stranger = self.application.stranger
        self.anna = self.application.signed_in()
        self.course = f"/v1/courses/{taught.course.slug}"
        self.items = items_of(self.anna.caller.get(self.course).json)

    def finish(self, learner: Person) -> None:
        learner.caller.post(f"{self.course}/enroll")
        for item in range(2):
            learner.caller.post(f"{self.course}/items/{self.items[item]}/complete")

    def enroll(self, **headers: str) -> Answer:
        return self.anna.caller.post(f"{self.course}/enroll", **headers)

    def complete(self, item: int) -> Answer:
        return self.anna.caller.post(f"{self.course}/items/{self.items[item]}/complete")

    def log_in(self) -> Answer:
        body = {"email": self.anna.email, "password": PASSWORD}
        return self.stranger.post("/v1/auth/login", body)
