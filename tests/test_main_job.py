"""The main job, over HTTP: from registration to a credential that anyone can verify."""

import pytest

from authsvc.demo import samples
from tests.support.application import Application, Caller

pytestmark = pytest.mark.postgres_too


def sign_up(learner: Caller) -> None:
    """Register and log in."""
    registered = learner.post(
        "/v1/auth/register",
        {"email": "Anna@School.example", "password": "a long walk home", "name": "Anna"},
    )
    logged_in = learner.post(
        "/v1/auth/login", {"email": "anna@school.example", "password": "a long walk home"}
    )
    assert registered.status == 201
    assert logged_in.status == 200
    learner.token = logged_in.json["access_token"]


def do_every_item(learner: Caller) -> None:
    course = learner.get("/v1/courses/intro-to-claude").json
    for item in [item for module in course["modules"] for item in module["items"]]:
        place = f"/v1/courses/intro-to-claude/items/{item['id']}"
        assert learner.get(place).json["id"] == item["id"]
        assert learner.post(f"{place}/start").status == 200
        assert learner.post(f"{place}/complete").status == 200


def test_a_new_user_earns_a_verifiable_credential(application: Application) -> None:
    samples.load(application.services, ())
    anna = Caller()

    sign_up(anna)
    courses = anna.get("/v1/courses")
    enrolled = anna.post("/v1/courses/intro-to-claude/enroll")

    assert {course["slug"] for course in courses.json["items"]} == {
        "intro-to-claude",
        "claude-check",
    }
    assert enrolled.status == 201
    assert enrolled.json["status"] == "in_progress"

    do_every_item(anna)

    progress = anna.get("/v1/progress/intro-to-claude").json
    assert progress["percent_complete"] == 100
    assert progress["status"] == "completed"

    (issued,) = anna.get("/v1/me/credentials").json["items"]
    assert issued["credential"]["name"] == "Claude Basics"

    path = issued["verify_url"].removeprefix("http://localhost:8000")
    verified = Caller().get(path)
    assert verified.status == 200
    assert verified.json["valid"] is True
    assert verified.json["credential_name"] == "Claude Basics"
