"""Entity tags and conditional requests (RFC 9110 §13)."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import pytest
from django.test import RequestFactory
from rest_framework.exceptions import ParseError
from rest_framework.request import Request

from accounts.domain.access import Role
from authsvc.http.operations import CHANGES
from authsvc.http.preconditions import etag_of, if_match_of, is_known
from authsvc.kernel.preconditions import PreconditionFailed, PreconditionRequired
from tests.http.keyed import define_credential
from tests.support.application import Answer, Application, Caller
from tests.support.attempts import a_definition_with_exams
from tests.support.operations import Route, routes
from tests.support.pathways import a_chain, pathway_body_of

STRONG: Final = re.compile(r'"[0-9a-f]{32}"')
READ_ELSEWHERE: Final = {"saveResponses": "getAttempt"}
"""Changes of things that are read at another URL."""
WITHOUT_PRECONDITION: Final = {"changeMyCredential"}
"""Changes of one member, of which the last counts: none can be lost."""


@dataclass(frozen=True)
class Changeable:
    """A thing that can be read and changed: two changes of it, which differ."""

    caller: Caller
    place: str
    change: Callable[[int, dict[str, str]], Answer]

    def read(self, **headers: str) -> Answer:
        return self.caller.get(self.place, **headers)

    @property
    def etag(self) -> str:
        return str(self.read().headers["ETag"])


def patched(caller: Caller, place: str, *bodies: Any) -> Changeable:
    return Changeable(
        caller, place, lambda number, headers: caller.patch(place, bodies[number], **headers)
    )


def own_account(application: Application) -> Changeable:
    caller = application.signed_in().caller
    return patched(caller, "/v1/me", {"name": "Ann"}, {"name": "Annie"})


def account(application: Application) -> Changeable:
    root, anna = application.signed_in(Role.ADMIN, name="Root"), application.signed_in()
    return patched(root.caller, f"/v1/users/{anna.id}", {"name": "Ann"}, {"is_active": False})


def organization(application: Application) -> Changeable:
    bo = application.signed_in(name="Bo").caller
    org = bo.post("/v1/orgs", {"name": "School of Knots", "slug": "knots"}).json["id"]
    return patched(bo, f"/v1/orgs/{org}", {"name": "Harbour"}, {"name": "Ropes"})


def member(application: Application) -> Changeable:
    root, anna = application.signed_in(Role.ADMIN, name="Root"), application.signed_in()
    org = root.caller.post("/v1/orgs", {"name": "School of Knots", "slug": "knots"}).json["id"]
    body = {"user_id": anna.id, "role": "learner"}
    assert root.caller.post(f"/v1/orgs/{org}/members", body).status == 201
    place = f"/v1/orgs/{org}/members/{anna.id}"
    return patched(root.caller, place, {"role": "instructor"}, {"role": "admin"})


def attempt(application: Application) -> Changeable:
    course = application.published(a_definition_with_exams())
    anna = application.signed_in().caller
    anna.post(f"/v1/courses/{course.slug}/enroll")
    modules = anna.get(f"/v1/courses/{course.slug}").json["modules"]
    quiz, *_ = (i["id"] for m in modules for i in m["items"] if i["type"] == "assessment")
    assessment = anna.get(f"/v1/courses/{course.slug}/items/{quiz}").json["assessment"]
    question, *_ = (q["id"] for q in assessment["questions"] if q["kind"] == "short")
    attempt_id = anna.post(f"/v1/assessments/{assessment['id']}/attempts").json["id"]

    def save(number: int, headers: dict[str, str]) -> Answer:
        response = {"question_id": question, "text": ["Bowline", "Reef knot"][number]}
        place = f"/v1/attempts/{attempt_id}/responses"
        return anna.put(place, {"responses": [response]}, **headers)

    return Changeable(anna, f"/v1/attempts/{attempt_id}", save)


def pathway(application: Application) -> Changeable:
    root = application.signed_in(Role.ADMIN, name="Root").caller
    course = application.published()
    bodies = [pathway_body_of(a_chain(course.slug, slug="ropes", title=title)) for title in "abc"]
    root.post("/v1/pathways", bodies[2])
    place = "/v1/pathways/ropes"
    return Changeable(
        root, place, lambda number, headers: root.put(place, bodies[number], **headers)
    )


def credential(application: Application) -> Changeable:
    defining = define_credential(application)
    caller, terms = defining.by.caller, defining.body
    place = f"{defining.path}/{caller.post(defining.path, terms).json['id']}"
    bodies = [terms | {"name": name} for name in ("Ropes", "Sails")]
    return Changeable(
        caller, place, lambda number, headers: caller.put(place, bodies[number], **headers)
    )


def webhook(application: Application) -> Changeable:
    root = application.signed_in(Role.ADMIN, name="Root").caller
    created = root.post("/v1/webhooks", {"url": "https://hooks.example/"}).json["webhook"]
    bodies = {"description": "Register"}, {"types": ["credential.issued"]}
    return patched(root, f"/v1/webhooks/{created['id']}", *bodies)


def ai_settings(application: Application) -> Changeable:
    root, course = application.signed_in(Role.ADMIN, name="Root"), application.published()
    place = f"/v1/courses/{course.slug}/ai-settings"
    bodies = {"monthly_tokens": 1000}, {"monthly_tokens": 2000}
    return Changeable(
        root.caller,
        place,
        lambda number, headers: root.caller.put(place, bodies[number], **headers),
    )


THINGS: Final = [
    own_account,
    account,
    organization,
    member,
    attempt,
    pathway,
    credential,
    webhook,
    ai_settings,
]
EVERYTHING = pytest.mark.parametrize("thing_of", THINGS)
ThingOf = Callable[[Application], Changeable]


def test_everything_that_can_be_changed_has_an_etag_and_can_be_read() -> None:
    """Drafts have tests of their own, in tests/courses/test_authoring_api.py."""
    reads = {route.path: name for name, route in routes().items() if route.method == "GET"}
    changes = {name: route for name, route in routes().items() if is_change(route)}
    for name in WITHOUT_PRECONDITION:
        assert not changes.pop(name).operation.has_etag

    assert changes.keys() == {
        "amendCredential",
        "changeAISettingsOfCourse",
        "changeAISettingsOfOrganization",
        "changeMe",
        "changeMember",
        "changeOrganization",
        "changePlatformWebhook",
        "changeUser",
        "changeWebhook",
        "reviseCourse",
        "revisePathway",
        "saveResponses",
    }
    for name, route in changes.items():
        read = routes()[READ_ELSEWHERE.get(name, reads.get(route.path, ""))]
        assert route.operation.has_etag
        assert read.operation.has_etag


def is_change(route: Route) -> bool:
    return route.method.lower() in CHANGES


@EVERYTHING
def test_a_change_answers_with_the_etag_that_the_thing_then_has(
    application: Application, thing_of: ThingOf
) -> None:
    thing = thing_of(application)
    before = thing.etag

    answer = thing.change(0, {"If-Match": before})

    assert STRONG.fullmatch(before)
    assert answer.status == 200
    assert answer.headers["ETag"] == thing.etag != before


@EVERYTHING
def test_a_change_of_what_was_changed_meanwhile_is_refused(
    application: Application, thing_of: ThingOf
) -> None:
    thing = thing_of(application)
    before = thing.etag
    thing.change(0, {"If-Match": before})
    current = thing.read()

    answer = thing.change(1, {"If-Match": before})

    assert (answer.status, answer.code) == (412, "precondition-failed")
    assert "ETag" not in answer.headers
    assert thing.read().text == current.text


@EVERYTHING
def test_without_if_match_or_with_any_state_a_change_applies(
    application: Application, thing_of: ThingOf
) -> None:
    thing = thing_of(application)

    assert [thing.change(0, {}).status, thing.change(1, {"If-Match": "*"}).status] == [200, 200]


@EVERYTHING
def test_a_weak_tag_is_no_match_for_a_change(application: Application, thing_of: ThingOf) -> None:
    thing = thing_of(application)

    assert thing.change(0, {"If-Match": f"W/{thing.etag}"}).code == "precondition-failed"
    assert thing.change(0, {"If-Match": f'"other", {thing.etag}'}).status == 200


@EVERYTHING
def test_what_the_caller_already_has_is_not_sent_again(
    application: Application, thing_of: ThingOf
) -> None:
    thing = thing_of(application)
    first = thing.read()
    etag = first.headers["ETag"]

    for header in (etag, f"W/{etag}", f'"other",{etag}', "*"):
        again = thing.read(If_None_Match=header)
        assert (again.status, again.text, again.headers["ETag"]) == (304, "", etag)
        assert again.headers["Cache-Control"] == first.headers["Cache-Control"]
        assert "Content-Type" not in again.headers
    assert thing.read(If_None_Match='"other"').text == first.text
    assert thing.caller.send("HEAD", thing.place).headers["ETag"] == etag


@pytest.mark.parametrize("header", ["abc", '"abc', '"a" "b"', 'w/"a"', '"a",', ",", '"a b\x7f"'])
def test_a_malformed_header_is_reported(application: Application, header: str) -> None:
    thing = own_account(application)

    assert thing.change(0, {"If-Match": header}).code == "malformed-request"
    assert thing.read(If_None_Match=header).code == "malformed-request"
    assert thing.read().json["name"] == "Anna"


def test_an_etag_is_equal_for_equal_content_alone() -> None:
    assert etag_of(b"knots") == etag_of(b"knots") != etag_of(b"bends")


def a_request(**headers: str) -> Request:
    return Request(RequestFactory().get("/", headers=headers))


def test_a_precondition_that_is_not_stated_holds_and_can_be_demanded() -> None:
    precondition = if_match_of(a_request(), tag_of=repr)

    precondition.require("anything")
    with pytest.raises(PreconditionRequired):
        precondition.require_stated()


def test_a_precondition_holds_for_the_stated_tags() -> None:
    precondition = if_match_of(
        a_request(**{"If-Match": '"a", "b"'}), tag_of=lambda thing: f'"{thing}"'
    )

    precondition.require_stated()
    precondition.require("b")
    with pytest.raises(PreconditionFailed):
        precondition.require("c")


def test_a_request_without_if_none_match_knows_nothing() -> None:
    assert not is_known('"a"', a_request())
    with pytest.raises(ParseError):
        is_known('"a"', a_request(**{"If-None-Match": "a"}))
