"""What holds for every operation of the API, whatever it does.

The operations are found through the URLconf, so a new route is tested without being named here.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Final

import pytest
from django.conf import settings

from accounts.domain.access import Role, Scope
from authsvc.http.authentication import BearerAuthentication
from authsvc.http.operations import Access, Whose, operation, operations_of
from authsvc.http.views import ApiView
from tests.accounts.callers import narrowed
from tests.support.application import Answer, Application, Caller
from tests.support.attempts import a_definition_with_exams
from tests.support.builders import a_definition
from tests.support.challenges import BEARER
from tests.support.operations import PUBLIC_FILES, Route, one_for_each_body, routes, urls

NOBODY: Final = "00000000-0000-4000-8000-000000000000"
ALL_METHODS: Final = {"GET", "POST", "PUT", "PATCH", "DELETE"}
MALFORMED: Final = {
    "id": ["1", "item-1", "GBCDEF00-0000-4000-8000-000000000000", NOBODY.replace("-", ""), "%00"],
    "issuer": ["nobody", "platforms", "GBCDEF00-0000-4000-8000-000000000000", "%00"],
    "number": ["0", "01", "-1", "1234567890", "x", "%00"],
    "slug": ["kn%20ots", "kn.ots", "%C5%93", "kn%00ots", "..%2Fusers", "'"],
}
NOT_JSON: Final = [b" ", b"{", b"{'name': 1}", b'{"name": NaN}', b"\xff\xfe", b"\0", b"[" * 100_000]
OTHER_MEDIA_TYPES: Final = [
    "text/plain",
    "application/x-www-form-urlencoded",
    "multipart/form-data",
    "text/json",
]
NOT_OBJECTS: Final = [b"[]", b'"text"', b"5", b"true", b"null", b"[{}]"]
BAD_CURSORS: Final = [
    "0",
    "not base64",
    "bnVsbA",  # null
    "W10",  # []
    "WyIyMDI2LTAzLTAxIiwiMSJd",  # a date without a time
    "WyIwMDAxLTAxLTAxVDAwOjAwOjAwKzIzOjU5IiwiMDAwMDAwMDAtMDAwMC00MDAwLTgwMDAtMDAwMDAwMDAwMDAwIl0",
]


def place_of(route: Route) -> str:
    """The route's URL, on something that does not exist."""
    return re.sub(r"\{\w+\}", NOBODY, _numbered(route))


def _numbered(route: Route) -> str:
    """The route's path with a number for what is numbered."""
    return re.sub(r"<\w+:(\w+)>", r"{\1}", re.sub(r"<number:\w+>", "999999999", route.url))


def ask(route: Route, caller: Caller, place: str | None = None, **headers: str) -> Answer:
    return caller.send(route.method, place or place_of(route), {}, headers=headers)


def send(route: Route, caller: Caller, body: bytes, media_type: str) -> Answer:
    return caller.send(route.method, place_of(route), body, headers={"Content-Type": media_type})


def failures(
    chosen: Callable[[Route], bool], expected: object, answered: Callable[[Route], object]
) -> list[str]:
    """The chosen routes whose answer is not the expected one; at least one is chosen."""
    answers = {name: answered(route) for name, route in routes().items() if chosen(route)}
    assert answers
    return [f"{name}: {answer}" for name, answer in answers.items() if answer != expected]


def is_private(route: Route) -> bool:
    return not route.operation.is_public


def is_first_at_its_url(route: Route) -> bool:
    """What is the same for all methods of a URL is tried with one of them."""
    return next(other for other in routes().values() if other.url == route.url) is route


def is_list(route: Route) -> bool:
    return route.operation.page_of is not None


def is_idempotent(route: Route) -> bool:
    return route.operation.is_idempotent


def takes_json(route: Route) -> bool:
    body = route.operation.body
    return isinstance(body, type) or "application/json" in (body or ())


def takes_members(route: Route) -> bool:
    return isinstance(route.operation.body, type)


def root_of(application: Application) -> Caller:
    return application.signed_in(Role.ADMIN, name="Root").caller


def test_every_url_of_the_api_is_a_view_of_operations() -> None:
    prefixes = ("/v1/", "/.well-known/", "/issuers/", "/ims/")
    views = {url: view for url, view in urls() if url.startswith(prefixes)}
    for public_file in PUBLIC_FILES:
        del views[public_file]

    assert len(views) > 40
    assert [url for url, view in views.items() if not is_api_view(view)] == []
    assert sum(len(operations_of(view)) for view in views.values()) == len(routes())


def is_api_view(view: object) -> bool:
    return isinstance(view, type) and issubclass(view, ApiView) and bool(operations_of(view))


def test_a_view_method_without_an_operation_is_an_error() -> None:
    with pytest.raises(AttributeError, match="operation"):
        type("BareView", (ApiView,), {"get": lambda view, request: None})


def test_a_handler_that_does_not_take_what_its_operation_reads_is_an_error() -> None:
    def careless(view: ApiView) -> None:
        """An operation without access control."""

    with pytest.raises(TypeError, match=r"knot: .*by"):
        operation(name="knot", summary="Tie a knot", access=Access(Whose.ONESELF))(careless)


def test_a_base_class_without_operations_leaves_authentication_on() -> None:
    class BaseView(ApiView):
        """Adds nothing."""

    assert BaseView.authentication_classes == (BearerAuthentication,)


def test_every_private_operation_names_its_scope() -> None:
    assert failures(is_private, True, lambda route: route.operation.scope in set(Scope)) == []  # noqa: FBT003  # expected


def test_without_a_token_the_challenge_says_what_to_bring(application: Application) -> None:
    def answered(route: Route) -> object:
        answer = ask(route, application.stranger)
        headers = answer.headers["WWW-Authenticate"], answer.headers["Cache-Control"]
        return answer.status, answer.code, *headers

    expected = (401, "not-authenticated", BEARER, "no-store")
    assert failures(is_private, expected, answered) == []


def test_a_malformed_token_is_invalid(application: Application) -> None:
    def answered(route: Route) -> object:
        answer = ask(route, Caller("a.b.c"))
        return answer.status, answer.code, answer.headers["WWW-Authenticate"]

    expected = (401, "invalid-token", f'{BEARER}, error="invalid_token"')
    assert failures(is_private, expected, answered) == []


def test_a_public_operation_ignores_the_token(application: Application) -> None:
    def answered(route: Route) -> object:
        return ask(route, Caller("a.b.c")).text == ask(route, application.stranger).text

    assert failures(lambda route: route.operation.is_public, True, answered) == []  # noqa: FBT003  # expected


def test_all_scopes_but_the_right_one_are_not_enough(application: Application) -> None:
    root = application.signed_in(Role.ADMIN, name="Root")

    def answered(route: Route) -> object:
        others = set(Scope) - {route.operation.scope}
        answer = ask(route, narrowed(application, root, *others))
        assert answer.headers["Cache-Control"] == "no-store"
        challenge = f'{BEARER}, error="insufficient_scope", scope="{route.operation.scope}"'
        return answer.status, answer.code, answer.headers["WWW-Authenticate"] == challenge

    assert failures(is_private, (403, "insufficient-scope", True), answered) == []


def outcome_without_members(route: Route) -> tuple[int, str]:
    """The status and the code for a body without members, when nothing that the path names exists."""
    body = route.operation.body
    # The list of an award is read once the caller may award.
    if isinstance(body, Mapping) and not route.path.endswith("/awards"):
        document = "pathway-definition" if "pathways" in route.path else "definition"
        return (
            (422, f"invalid-{document}") if takes_json(route) else (415, "unsupported-media-type")
        )
    if isinstance(body, type) and any(field.required for field in body().fields.values()):
        return 422, "invalid-request"
    if route.parameters:
        thing = route.parameters[0].removesuffix("_id").replace("org", "organization")
        thing = thing.replace("issued", "issued-credential")
        return 404, f"{'ai-' if '/ai/' in route.path else ''}{thing}-not-found"
    return route.operation.status, ""


def test_the_right_scope_alone_is_enough(application: Application) -> None:
    def outcome(route: Route) -> tuple[int, str]:
        root = application.signed_in(Role.ADMIN, name="Root")
        assert route.operation.scope
        answer = ask(route, narrowed(application, root, route.operation.scope))
        return answer.status, answer.code if answer.status >= 400 else ""

    unexpected = {
        name: actual
        for name, route in routes().items()
        if is_private(route) and (actual := outcome(route)) != outcome_without_members(route)
    }
    assert unexpected == {}


def test_the_answer_to_a_wrong_method_names_the_allowed_ones(application: Application) -> None:
    root = root_of(application)

    def wrong(route: Route) -> Iterator[object]:
        methods = set(operations_of(route.view))
        allowed = {*methods, "OPTIONS"} | ({"HEAD"} if "GET" in methods else set())
        for method in sorted(ALL_METHODS - methods)[:1]:  # no code tells them apart
            answer = root.send(method, place_of(route), {})
            if set(answer.headers["Allow"].split(", ")) != allowed:
                yield method, answer.headers["Allow"]
            if (answer.status, answer.code) != (405, "method-not-allowed"):
                yield method, answer.status

    assert failures(is_first_at_its_url, [], lambda route: [*wrong(route)]) == []


def test_a_malformed_part_of_the_path_is_not_found(application: Application) -> None:
    """Each kind of part in all malformed ways at one URL, and in one way wherever it is."""
    root, texts = root_of(application), {kind: list(texts) for kind, texts in MALFORMED.items()}

    def places(route: Route) -> Iterator[str]:
        for kind, name in re.findall(r"<(\w+):(\w+)>", route.url):
            for text in texts[kind]:
                url = route.url.replace(f"<{kind}:{name}>", text)
                url = re.sub(r"<number:\w+>", "1", url)
                yield re.sub(r"<\w+:\w+>", NOBODY, url)
            del texts[kind][1:]

    def answered(route: Route) -> object:
        answers = [ask(route, root, place) for place in places(route)]
        return {(answer.status, answer.code) for answer in answers}

    def has_parts(route: Route) -> bool:
        return "<" in route.url and is_first_at_its_url(route)

    assert failures(has_parts, {(404, "no-such-address")}, answered) == []


def test_an_id_is_the_same_in_upper_case(application: Application) -> None:
    """RFC 9562 §4. Nothing has this id, so the problem names what is missing instead of the URL."""
    root, unknown = root_of(application), "abcdef00-0000-4000-8000-000000000000"

    def answered(route: Route) -> object:
        lower, upper = (
            ask(route, root, re.sub(r"\{\w+\}", identity, _numbered(route)))
            for identity in (unknown, unknown.upper())
        )
        return (upper.status, upper.text) == (lower.status, lower.text)

    assert failures(lambda route: route.url.endswith(">"), True, answered) == []  # noqa: FBT003  # expected


def test_things_are_found_by_their_ids_in_upper_case(application: Application) -> None:
    anna = application.signed_in().caller
    course = application.published(a_definition())
    org = anna.post("/v1/orgs", {"name": "School of Knots", "slug": "knots"}).json["id"].upper()
    anna.post(f"/v1/courses/{course.slug}/enroll")
    course_id = str(course.id).upper()
    modules = anna.get(f"/v1/courses/{course_id}").json["modules"]
    item = modules[0]["items"][0]["id"].upper()

    places = [
        f"/v1/orgs/{org}",
        f"/v1/orgs/{org}/members",
        f"/v1/courses/{course_id}/items/{item}",
        f"/v1/progress/{course_id}",
        f"/v1/progress/{course_id}/events",
    ]

    assert [anna.get(place).status for place in places] == [200] * len(places)
    assert anna.post(f"/v1/courses/{course_id}/items/{item}/start").status == 200


@pytest.mark.parametrize("limit", ["0", "101", "-1", "", "1e1", "many", "%00"])
def test_a_limit_out_of_range_is_invalid(application: Application, limit: str) -> None:
    root = root_of(application)

    def answered(route: Route) -> object:
        answer = ask(route, root, f"{place_of(route)}?limit={limit}")
        return answer.status, [error["pointer"] for error in answer.json["errors"]]

    assert failures(is_list, (422, ["#/limit"]), answered) == []


def test_a_cursor_that_no_list_gave_is_invalid(application: Application) -> None:
    root, course = root_of(application), application.published(a_definition_with_exams())
    assert root.post(f"/v1/courses/{course.slug}/enroll").status == 201
    org = root.post("/v1/orgs", {"name": "School of Knots", "slug": "knots"}).json
    modules = root.get(f"/v1/courses/{course.slug}").json["modules"]
    quiz = root.get(f"/v1/courses/{course.slug}/items/{modules[0]['items'][0]['id']}").json
    things = {
        "course": course.slug,
        "org_id": org["id"],
        "assessment_id": quiz["assessment"]["id"],
        "credential_id": application.earns(course).id,
        "session_id": root.post("/v1/ai/sessions", {"session_type": "tutoring"}).json["id"],
    }
    hooks = {
        owner: root.post(f"{owner}/webhooks", {"url": "https://hooks.example/"}).json["webhook"][
            "id"
        ]
        for owner in (f"/v1/orgs/{org['id']}", "/v1")
    }

    def answered(route: Route) -> object:
        owner = f"/v1/orgs/{org['id']}" if "org_id" in route.parameters else "/v1"
        place = route.path.format_map(things | {"webhook_id": hooks[owner]})
        assert root.get(place).status == 200, place
        answers = [root.get(f"{place}?cursor={cursor}") for cursor in BAD_CURSORS]
        return {(answer.status, answer.code) for answer in answers}

    assert failures(is_list, {(422, "invalid-cursor")}, answered) == []


@pytest.mark.parametrize("body", NOT_JSON, ids=lambda body: repr(body[:12]))
def test_a_body_that_is_not_json_is_malformed(application: Application, body: bytes) -> None:
    root = root_of(application)

    def answered(route: Route) -> object:
        answer = send(route, root, body, "application/json")
        return answer.status, answer.code, answer.headers["Cache-Control"]

    chosen = takes_json if body == NOT_JSON[0] else one_for_each_body(takes_json)
    assert failures(chosen, (400, "malformed-request", "no-store"), answered) == []


@pytest.mark.parametrize("body", NOT_OBJECTS, ids=repr)
def test_json_that_is_not_an_object_is_invalid(application: Application, body: bytes) -> None:
    root = root_of(application)

    def answered(route: Route) -> object:
        answer = send(route, root, body, "application/json")
        return answer.status, answer.code, [error["pointer"] for error in answer.json["errors"]]

    is_usual = body == NOT_OBJECTS[0]
    chosen = takes_members if is_usual else one_for_each_body(takes_members)
    assert failures(chosen, (422, "invalid-request", ["#"]), answered) == []


@pytest.mark.parametrize("media_type", OTHER_MEDIA_TYPES)
def test_a_body_of_another_media_type_is_unsupported(
    application: Application, media_type: str
) -> None:
    root = root_of(application)

    def answered(route: Route) -> object:
        answer = send(route, root, b"reason=x", media_type)
        return answer.status, answer.code

    def takes_another(route: Route) -> bool:
        body = route.operation.body
        return body is not None and not (isinstance(body, Mapping) and media_type in body)

    is_usual = media_type == OTHER_MEDIA_TYPES[0]
    chosen = takes_another if is_usual else one_for_each_body(takes_another)
    assert failures(chosen, (415, "unsupported-media-type"), answered) == []


def test_a_body_that_is_too_long_is_not_read(application: Application) -> None:
    root, longest = root_of(application), settings.ENVIRONMENT.max_body_bytes

    def answered(route: Route) -> object:
        bodies = (b" " * longest, b" " * (longest + 1))
        return [send(route, root, body, "application/json").code for body in bodies]

    assert failures(takes_json, ["malformed-request", "body-too-large"], answered) == []


@pytest.mark.parametrize("key", ["", "a key", "k" * 256], ids=repr)
def test_a_malformed_idempotency_key_is_invalid(application: Application, key: str) -> None:
    root = root_of(application)

    def answered(route: Route) -> object:
        answer = ask(route, root, Idempotency_Key=key)
        return answer.status, [error["pointer"] for error in answer.json["errors"]]

    chosen = one_for_each_body(is_idempotent) if key else is_idempotent
    assert failures(chosen, (422, ["#/Idempotency-Key"]), answered) == []
