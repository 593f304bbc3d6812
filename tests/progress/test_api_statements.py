"""xAPI statements API."""

from base64 import urlsafe_b64encode
from datetime import UTC, datetime
from urllib.parse import parse_qs, quote, urlsplit
from uuid import UUID

import pytest

from accounts.domain.access import OPERATOR, OrganizationId, OrgRole, Role
from progress.api.statements import MARGIN
from tests.support.application import Application, Person
from tests.support.builders import a_definition_of
from tests.support.members import access_entries, add_organization, member_of
from tests.support.school import items_of
from tests.support.xapi import faults_in

PATH = "/v1/xapi/statements"


def verbs_in(answer: object) -> list[str]:
    return [statement["verb"]["display"]["en"] for statement in answer.json["statements"]]  # type: ignore[attr-defined]  # Answer


@pytest.fixture
def anna(application: Application) -> Person:
    """Anna has completed a course of two items: four statements."""
    course = application.published(a_definition_of(required=2))
    anna = application.signed_in()
    path = f"/v1/courses/{course.slug}"
    anna.caller.post(f"{path}/enroll")
    for item in items_of(anna.caller.get(path).json):
        anna.caller.post(f"{path}/items/{item}/complete")
    return anna


def test_a_learner_reads_their_own_statements_in_the_order_of_the_log(anna: Person) -> None:
    answer = anna.caller.get(PATH)

    assert answer.status == 200
    assert verbs_in(answer) == ["registered", "completed", "completed", "completed"]
    assert answer.json["more"] == ""
    assert [faults_in(statement) for statement in answer.json["statements"]] == [[]] * 4


def test_nobody_elses_are_among_them(application: Application, anna: Person) -> None:
    assert application.signed_in(name="Ben").caller.get(PATH).json == {"statements": [], "more": ""}


def test_every_answer_says_which_version_it_speaks(anna: Person) -> None:
    for query in ("", "?limit=-1"):
        assert anna.caller.get(f"{PATH}{query}").headers["X-Experience-API-Version"] == "1.0.3"


@pytest.mark.parametrize(("query", "status"), [("", 200), ("?limit=-1", 400)])
def test_every_answer_says_through_which_moment_it_is_consistent(
    anna: Person, query: str, status: int
) -> None:
    before = datetime.now(UTC)
    answer = anna.caller.get(f"{PATH}{query}")
    after = datetime.now(UTC)

    consistent_through = datetime.fromisoformat(
        answer.headers["X-Experience-API-Consistent-Through"]
    )
    assert answer.status == status
    assert before - MARGIN <= consistent_through <= after - MARGIN


def test_that_moment_can_be_asked_for_as_it_is(anna: Person) -> None:
    moment = anna.caller.get(PATH).headers["X-Experience-API-Consistent-Through"]

    assert len(anna.caller.get(f"{PATH}?since={moment}").json["statements"]) == 4


@pytest.mark.parametrize(
    ("version", "status"),
    [("1.0", 200), ("1.0.0", 200), ("1.0.9", 200), ("1.1.0", 400), ("2.0.0", 400), ("0.95", 400)],
)
def test_another_version_is_refused(anna: Person, version: str, status: int) -> None:
    assert anna.caller.get(PATH, X_Experience_API_Version=version).status == status


def test_more_leads_through_all_once_though_more_happens_meanwhile(
    application: Application, anna: Person
) -> None:
    ids, more = [], f"{PATH}?limit=3"
    while more:
        answer = anna.caller.get(more)
        ids += [statement["id"] for statement in answer.json["statements"]]
        more = answer.json["more"]
        if len(ids) == 3:
            course = application.published(a_definition_of(required=1))
            anna.caller.post(f"/v1/courses/{course.slug}/enroll")

    assert ids == [statement["id"] for statement in anna.caller.get(PATH).json["statements"]]
    assert len(ids) == len(set(ids)) == 5


def test_more_holds_all_that_was_asked_for(anna: Person) -> None:
    since, until = "2001-01-01T00:00:00+00:00", "2999-01-01T00:00:00+00:00"
    query = f"?limit=2&since={quote(since)}&until={quote(until)}"

    more = urlsplit(anna.caller.get(f"{PATH}{query}").json["more"])

    parameters = parse_qs(more.query)
    assert parameters.pop("cursor")
    assert more.path == PATH
    assert parameters == {"limit": ["2"], "since": [since], "until": [until]}


def test_since_leaves_out_its_moment_and_until_does_not(anna: Person) -> None:
    first, second, *_ = (
        statement["stored"] for statement in anna.caller.get(PATH).json["statements"]
    )

    after, by_then = (anna.caller.get(f"{PATH}?{name}={first}") for name in ("since", "until"))

    assert after.json["statements"][0]["stored"] == second
    assert [statement["stored"] for statement in by_then.json["statements"]] == [first]


@pytest.mark.parametrize("limit", ["0", "100000"])
def test_the_limit_is_at_most_ours(anna: Person, limit: str) -> None:
    assert len(anna.caller.get(f"{PATH}?limit={limit}").json["statements"]) == 4


def test_an_invalid_cursor_is_rejected(anna: Person) -> None:
    answer = anna.caller.get(f"{PATH}?cursor=x")

    assert (answer.status, answer.code) == (422, "invalid-cursor")


@pytest.fixture
def harbour(application: Application) -> str:
    """The id of an organization with a learner enrolled on a course."""
    org = add_organization(application, slug="harbour")
    definition = a_definition_of(required=1, slug="knots")
    draft = application.services.authoring.create(definition, org_id=org.id, by=OPERATOR)
    application.services.authoring.publish(draft.slug, by=OPERATOR)
    learner = member_of(application, org.id, OrgRole.LEARNER, "Lea")
    assert learner.caller.post("/v1/courses/harbour--knots/enroll").status == 201
    return str(org.id)


@pytest.mark.parametrize("role", [OrgRole.INSTRUCTOR, OrgRole.ADMIN, OrgRole.OWNER])
def test_an_instructor_reads_all_statements_of_the_organization(
    application: Application, anna: Person, harbour: str, role: OrgRole
) -> None:
    org_id = OrganizationId(UUID(harbour))
    bo = member_of(application, org_id, role, "Bo")

    answer = bo.caller.get(f"{PATH}?org={harbour}&limit=1")

    assert verbs_in(answer) == ["registered"]
    assert access_entries(application, org_id) == []
    assert bo.caller.get(PATH).json["statements"] == []


def test_an_admin_of_the_platform_reads_it_and_is_noted(
    application: Application, harbour: str
) -> None:
    root = application.signed_in(Role.ADMIN, name="Root").caller

    answer = root.get(f"{PATH}?org={harbour}")

    assert verbs_in(answer) == ["registered"]
    (look,) = access_entries(application, OrganizationId(UUID(harbour)))
    assert look.act.subject_id == harbour


def test_access_with_a_cursor_is_recorded_too(application: Application, harbour: str) -> None:
    root = application.signed_in(Role.ADMIN, name="Root").caller
    made_up = urlsafe_b64encode(b'["events", "0"]').decode()

    answer = root.get(f"{PATH}?org={harbour}&cursor={made_up}")

    assert verbs_in(answer) == ["registered"]
    assert len(access_entries(application, OrganizationId(UUID(harbour)))) == 1


def test_learners_there_do_not(application: Application, harbour: str) -> None:
    ben = member_of(application, OrganizationId(UUID(harbour)), OrgRole.LEARNER, "Ben")

    answer = ben.caller.get(f"{PATH}?org={harbour}")

    assert (answer.status, answer.code) == (403, "not-permitted")


@pytest.mark.parametrize("role", [Role.LEARNER, Role.INSTRUCTOR])
def test_nobody_else_learns_that_there_is_such_an_organization(
    application: Application, harbour: str, role: Role
) -> None:
    answer = application.signed_in(role, name="Bo").caller.get(f"{PATH}?org={harbour}")

    assert (answer.status, answer.code) == (404, "organization-not-found")
