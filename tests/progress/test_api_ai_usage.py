"""Usage of AI and settings about it over HTTP."""

from typing import Any, Final

from accounts.domain.access import Role
from tests.support.application import Application, Person

ANSWER: Final[dict[str, Any]] = {
    "role": "assistant",
    "text": "Like this.",
    "provider": "anthropic",
    "model_id": "claude-sonnet-4-5",
    "input_tokens": 120,
    "output_tokens": 40,
    "cost_micro_usd": 960,
}


def an_organization_of(anna: Person) -> str:
    return str(anna.caller.post("/v1/orgs", {"name": "Knots", "slug": "knots"}).json["id"])


def test_usage_is_shown_as_json_and_as_csv(application: Application) -> None:
    anna = application.signed_in()
    org_id = an_organization_of(anna)
    session = {"session_type": "tutoring", "org_id": org_id}
    session_id = anna.caller.post("/v1/ai/sessions", session).json["id"]
    anna.caller.post(f"/v1/ai/sessions/{session_id}/interactions", ANSWER)

    report = anna.caller.get("/v1/ai/usage").json

    (row,) = report["rows"]
    assert row | {"month": ""} == {
        "month": "",
        "org_id": org_id,
        "course_id": None,
        "provider": "anthropic",
        "model_id": "claude-sonnet-4-5",
        "is_reported": True,
        "interactions": 1,
        "input_tokens": 120,
        "cached_tokens": 0,
        "output_tokens": 40,
        "cost_micro_usd": 960,
    }
    assert report["budget"] | {"month": ""} == {
        "kind": "learner",
        "month": "",
        "spent": {"tokens": 0, "cost_micro_usd": 0},
        "limit": {"tokens": 0, "cost_micro_usd": 0},
        "percent": 0,
        "is_nearly_spent": False,
    }
    assert anna.caller.get(f"/v1/orgs/{org_id}/ai-usage").json["rows"] == [row]
    table = anna.caller.get(f"/v1/orgs/{org_id}/ai-usage", Accept="text/csv")
    assert table.headers["Content-Type"].startswith("text/csv")
    head, line = table.text.splitlines()
    assert head.startswith("month,org_id,course_id,provider,model_id,is_reported,interactions")
    assert line.endswith(",anthropic,claude-sonnet-4-5,true,1,120,0,40,960")


def test_an_organization_and_a_course_set_their_budgets(application: Application) -> None:
    anna = application.signed_in()
    place = f"/v1/orgs/{an_organization_of(anna)}/ai-settings"
    defaults = anna.caller.get(place)
    settings = {"monthly_tokens": 1000, "monthly_cost_micro_usd": 5, "retention_days": 30}

    changed = anna.caller.put(place, settings, If_Match=defaults.headers["ETag"])

    assert defaults.json == dict.fromkeys(settings)
    assert changed.json == anna.caller.get(place).json == settings
    outdated = anna.caller.put(place, {}, If_Match=defaults.headers["ETag"])
    assert outdated.code == "precondition-failed"
    assert anna.caller.put(place, {"retention_days": -1}).status == 422
    usage = anna.caller.get(place.replace("settings", "usage")).json
    assert usage["budget"]["limit"] == {"tokens": 1000, "cost_micro_usd": 5}


def test_the_budget_of_a_course_of_the_platform_is_for_its_admins(
    application: Application,
) -> None:
    course = application.published()
    root = application.signed_in(Role.ADMIN, name="Root")
    bo = application.signed_in(Role.INSTRUCTOR, name="Bo")
    place = f"/v1/courses/{course.slug}/ai-settings"

    changed = root.caller.put(place, {"monthly_tokens": 1000})

    assert changed.json == {
        "monthly_tokens": 1000,
        "monthly_cost_micro_usd": None,
        "proposes_grades": False,
    }
    assert bo.caller.get(place).code == "not-permitted"
    usage = bo.caller.get(f"/v1/courses/{course.slug}/ai-usage").json
    assert (usage["budget"]["kind"], usage["rows"]) == ("course", [])
    assert usage["budget"]["limit"]["tokens"] == 1000
