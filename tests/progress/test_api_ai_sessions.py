"""AI sessions over HTTP."""

from typing import Any, Final

import pytest

from accounts.domain.access import Role
from tests.support.application import Application, Person
from tests.support.builders import a_definition_of
from tests.support.school import items_of

NOBODY: Final = "00000000-0000-4000-8000-000000000000"
METRICS: Final[dict[str, Any]] = {
    "provider": "anthropic",
    "model_id": "claude-sonnet-4-5",
    "input_tokens": 120,
    "cached_tokens": 100,
    "output_tokens": 40,
    "latency_ms": 900,
    "time_to_first_token_ms": 200,
    "finish_reason": "stop",
    "prompt_template": "tutor",
    "prompt_version": "1",
    "cost_micro_usd": 960,
}


def a_session(anna: Person, **members: Any) -> str:
    """The path of a new session."""
    started = anna.caller.post("/v1/ai/sessions", {"session_type": "tutoring"} | members)
    assert started.status == 201, started.text
    return f"/v1/ai/sessions/{started.json['id']}"


def test_a_conversation_is_logged_and_read(application: Application) -> None:
    anna = application.signed_in()
    place = a_session(anna)
    question = anna.caller.post(f"{place}/interactions", {"role": "user", "text": "How?"})

    answer = {"role": "assistant", "text": "Like this.", **METRICS}
    logged = anna.caller.post(f"{place}/interactions", answer)

    assert (question.status, logged.status) == (201, 201)
    assert {name: logged.json[name] for name in METRICS} == METRICS
    assert question.json["finish_reason"] is None
    assert "text" not in logged.json
    listed = anna.caller.get(f"{place}/interactions").json
    assert listed == {
        "items": [
            {"interaction": question.json, "text": "How?", "text_state": "stored"},
            {"interaction": logged.json, "text": "Like this.", "text_state": "stored"},
        ],
        "next": None,
    }
    session = anna.caller.get(place)
    assert (session.json["sequence"], session.json["hash"]) == (2, logged.json["hash"])
    assert session.headers["ETag"]
    assert anna.caller.get("/v1/ai/sessions").json["items"] == [session.json]


def test_a_session_ends_once(application: Application) -> None:
    anna = application.signed_in()
    place = a_session(anna)

    ended = anna.caller.post(f"{place}/end")

    assert ended.json["ended_at"] is not None
    assert anna.caller.post(f"{place}/end").code == "ai-session-ended"
    late = anna.caller.post(f"{place}/interactions", {"role": "user", "text": "x"})
    assert (late.status, late.code) == (409, "ai-session-ended")


def test_a_session_is_about_an_item_of_a_course_of_the_learner(application: Application) -> None:
    anna, course = application.signed_in(), application.published(a_definition_of(required=2))
    item = items_of(anna.caller.get(f"/v1/courses/{course.slug}").json)[0]
    body = {"session_type": "tutoring", "course": course.slug, "item_id": item}
    rejection = anna.caller.post("/v1/ai/sessions", body)
    anna.caller.post(f"/v1/courses/{course.slug}/enroll")

    started = anna.caller.post("/v1/ai/sessions", body)

    assert (rejection.status, rejection.code) == (409, "not-enrolled")
    assert (started.json["course_id"], started.json["item_id"]) == (str(course.id), item)
    by_id = anna.caller.post("/v1/ai/sessions", body | {"course": str(course.id)})
    assert by_id.status == 201
    missing = anna.caller.post("/v1/ai/sessions", body | {"item_id": NOBODY})
    assert missing.code == "item-not-found"
    bo = application.signed_in(Role.INSTRUCTOR, name="Bo")
    of_course = bo.caller.get(f"/v1/courses/{course.slug}/ai-sessions").json["items"]
    assert [session["id"] for session in of_course] == [by_id.json["id"], started.json["id"]]
    assert bo.caller.get(f"/v1/ai/sessions/{started.json['id']}").status == 404
    review = bo.caller.get(f"/v1/ai/sessions/{started.json['id']}/review")
    assert (review.status, review.json["items"]) == (200, [])
    assert anna.caller.get(f"/v1/ai/sessions/{started.json['id']}/review").status == 403


@pytest.mark.parametrize(
    ("members", "pointer"),
    [
        ({"session_type": "chat"}, "#/session_type"),
        ({"item_id": NOBODY}, "#/item_id"),
        ({"course": "knots", "org_id": NOBODY}, "#/org_id"),
    ],
)
def test_an_invalid_topic_is_refused(
    application: Application, members: dict[str, Any], pointer: str
) -> None:
    anna = application.signed_in()

    answer = anna.caller.post("/v1/ai/sessions", {"session_type": "tutoring"} | members)

    assert answer.status == 422
    assert [error["pointer"] for error in answer.json["errors"]] == [pointer]


@pytest.mark.parametrize(
    "members",
    [
        {"role": "tool"},
        {"text": ""},
        {"text": "x" * 100_001},
        {"text": 1},
        {"input_tokens": -1},
        {"cost_micro_usd": 1.5},
        {"latency_ms": 2**31},
        {"finish_reason": "tired"},
    ],
)
def test_an_invalid_interaction_is_refused(
    application: Application, members: dict[str, Any]
) -> None:
    anna = application.signed_in()
    place, valid = a_session(anna), {"role": "user", "text": "How?"}

    answer = anna.caller.post(f"{place}/interactions", valid | members)

    assert answer.status == 422
    assert anna.caller.get(place).json["sequence"] == 0


def test_feedback_is_given_and_replaced(application: Application) -> None:
    anna, ben = application.signed_in(), application.signed_in(name="Ben")
    place = a_session(anna)
    body = {"role": "assistant", "text": "Like this."}
    answer = anna.caller.post(f"{place}/interactions", body).json
    feedback = f"/v1/ai/interactions/{answer['id']}/feedback"

    given = [anna.caller.post(feedback, {"rating": rating}) for rating in ("thumbs_up", "flag")]

    assert [answer.json["rating"] for answer in given] == ["thumbs_up", "flag"]
    assert ben.caller.post(feedback, {"rating": "flag"}).code == "ai-interaction-not-found"
    assert anna.caller.post(feedback, {"rating": "great"}).status == 422


def test_members_of_a_suspended_organization_have_no_sessions_there(
    application: Application,
) -> None:
    anna, root = application.signed_in(), application.signed_in(Role.ADMIN, name="Root")
    org_id = anna.caller.post("/v1/orgs", {"name": "Knots", "slug": "knots"}).json["id"]
    place = a_session(anna, org_id=org_id)
    listed = anna.caller.get(f"/v1/orgs/{org_id}/ai-sessions").json["items"]
    root.caller.post(f"/v1/orgs/{org_id}/suspend", {"reason": "Unpaid."})

    assert [place.endswith(session["id"]) for session in listed] == [True]
    assert anna.caller.get(place).status == 404
    late = anna.caller.post(f"{place}/interactions", {"role": "user", "text": "x"})
    assert late.code == "ai-session-not-found"
    body = {"session_type": "tutoring", "org_id": org_id}
    assert anna.caller.post("/v1/ai/sessions", body).status == 404
