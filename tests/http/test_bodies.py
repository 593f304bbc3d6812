"""Malformed bodies and queries."""

import socket
import unicodedata
from contextlib import suppress
from urllib.parse import quote

import pytest

from accounts.domain.access import Role
from tests.support.application import Application
from tests.support.builders import a_definition
from tests.support.memory_mode import MemoryMode
from tests.support.patience import PATIENCE

LOG_IN = "/v1/auth/login"
ANNA = b'{"email": "anna@school.example", "password": "swordfish"}'
LIMIT = 2**20


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b'{"email": "a"} {}',
        b"{'email': 'a'}",
        b'{"email": NaN}',
        b'{"email": Infinity}',
        b'{"email": "\xff"}',
        b'\xef\xbb\xbf{"email": "a"}',
        ANNA.decode().encode("utf-16"),
        b"[" * 100_000,
        b"1" * 5000,
    ],
    ids=lambda body: repr(body[:12]),
)
def test_what_is_not_json_in_utf8_is_malformed(application: Application, body: bytes) -> None:
    answer = application.stranger.post(LOG_IN, body)

    assert answer.status == 400
    assert answer.code == "malformed-request"


@pytest.mark.parametrize("email", ["\ud800@school.example", "a\0@school.example", "\udfff"])
def test_text_that_cannot_be_stored_is_refused(application: Application, email: str) -> None:
    body = {"email": email, "password": "a long walk home"}

    answers = [
        application.stranger.post(f"/v1/auth/{verb}", body) for verb in ("register", "login")
    ]

    assert [answer.status for answer in answers] == [422, 422]


@pytest.mark.parametrize("name", ["\ud800", "a\0b"])
def test_a_name_that_cannot_be_stored_is_refused(application: Application, name: str) -> None:
    answer = application.signed_in().caller.patch("/v1/me", {"name": name})

    assert answer.status == 422
    assert [error["pointer"] for error in answer.json["errors"]] == ["#/name"]


@pytest.mark.parametrize("title", ["\ud800", "a\0b"])
def test_a_title_that_cannot_be_stored_is_refused(application: Application, title: str) -> None:
    root = application.signed_in(Role.ADMIN, name="Root").caller
    item = {"key": "bowline", "title": title, "body": "Make a loop."}
    module = {"key": "loops", "title": "Loops", "items": [item]}

    answer = root.post("/v1/courses", {"slug": "knots", "title": "Knots", "modules": [module]})

    assert answer.status == 422
    assert [error["pointer"] for error in answer.json["errors"]] == ["#/modules/0/items/0/title"]


def test_text_of_every_script_is_stored_in_nfc(application: Application) -> None:
    name = "Ångström 安娜 آنا 🪢 e\u0301"

    changed = application.signed_in().caller.patch("/v1/me", {"name": name})

    assert changed.json["name"] == unicodedata.normalize("NFC", name) != name


@pytest.mark.parametrize("length", ["abc", "-1", "1.5", "²", "9" * 30])
def test_an_invalid_length_is_malformed(application: Application, length: str) -> None:
    answer = application.stranger.send("POST", LOG_IN, ANNA, headers={"Content-Length": length})

    assert answer.status == 400
    assert answer.code == "malformed-request"


def test_a_body_of_just_the_limit_is_read(application: Application) -> None:
    answers = [
        application.stranger.post(LOG_IN, ANNA + b" " * (LIMIT + excess - len(ANNA)))
        for excess in (0, 1)
    ]

    assert [answer.code for answer in answers] == ["invalid-credentials", "body-too-large"]


def test_a_body_that_comes_in_chunks_is_read(memory_mode: MemoryMode) -> None:
    answer = raw(memory_mode, *chunked(ANNA[:10], ANNA[10:]))

    assert answer.startswith("HTTP/1.1 401 ")
    assert "invalid-credentials" in answer


@pytest.mark.parametrize("size", [LIMIT + 1, 10 * LIMIT])
def test_chunks_beyond_the_limit_are_too_large(memory_mode: MemoryMode, size: int) -> None:
    answer = raw(memory_mode, *chunked(b" " * size))

    assert answer.startswith("HTTP/1.1 413 ")
    assert "body-too-large" in answer


def test_a_body_that_says_it_is_too_large_is_refused_before_it_comes(
    memory_mode: MemoryMode,
) -> None:
    answer = raw(memory_mode, head(f"Content-Length: {10 * LIMIT}"))

    assert answer.startswith("HTTP/1.1 413 ")
    assert "body-too-large" in answer


@pytest.mark.parametrize("query", ["q=%zz", "q=%", "q=%f", "q=%ff", "q=%c3", "limit=1&q=%ed%a0%80"])
def test_a_query_that_is_not_percent_encoded_utf8_is_malformed(
    application: Application, query: str
) -> None:
    answer = application.signed_in().caller.get(f"/v1/courses?{query}")

    assert answer.status == 400
    assert answer.code == "malformed-request"


def test_a_query_of_too_many_parameters_is_malformed(application: Application) -> None:
    answer = application.signed_in().caller.get(f"/v1/courses?{'&'.join(['q=a'] * 1001)}")

    assert answer.status == 400
    assert answer.code == "malformed-request"


def test_a_query_in_every_script_is_understood(application: Application) -> None:
    application.published(a_definition(slug="knoten", title="Knoten für Anfänger 100%"))

    answer = application.signed_in().caller.get(f"/v1/courses?q={quote('FÜR anfänger 100%')}")

    assert [course["slug"] for course in answer.json["items"]] == ["knoten"]


@pytest.mark.parametrize(
    "query", ["limit=0", "limit=101", "limit=-1", "limit=", "limit=1e1", "q=%00", "cursor=%00"]
)
def test_a_parameter_out_of_its_range_is_invalid(application: Application, query: str) -> None:
    answer = application.signed_in().caller.get(f"/v1/courses?{query}")

    assert answer.status == 422
    assert [error["pointer"] for error in answer.json["errors"]] == [
        f"#/{query.split('=', maxsplit=1)[0]}"
    ]


@pytest.mark.parametrize(
    "place",
    [
        "/v1/courses/%00",
        "/v1/courses/%ff",
        "/v1/courses/%zz",
        "/v1/courses/a%2fb",
        "/v1/courses/..%2f..",
        "/v1/users/1",
        "/v1/users/00000000-0000-4000-8000-00000000000g",
        "/v1/issued/%7b%7d/verify",
        "/v1//courses",
    ],
)
def test_an_address_that_no_route_takes_is_not_found(application: Application, place: str) -> None:
    answer = application.signed_in(Role.ADMIN, name="Root").caller.get(place)

    assert answer.status == 404
    assert answer.code == "no-such-address"


def head(*lines: str) -> bytes:
    """The beginning of a log-in, up to its body."""
    first = f"POST {LOG_IN} HTTP/1.1"
    always = ("Host: 127.0.0.1", "Content-Type: application/json", "Connection: close")
    return "\r\n".join([first, *always, *lines, "", ""]).encode()


def chunked(*parts: bytes) -> list[bytes]:
    chunks = [f"{len(part):x}\r\n".encode() + part + b"\r\n" for part in parts]
    return [head("Transfer-Encoding: chunked"), *chunks, b"0\r\n\r\n"]


def raw(memory_mode: MemoryMode, *parts: bytes) -> str:
    """The answer of the server to these bytes, even if it does not read all of them."""
    with socket.create_connection(("127.0.0.1", memory_mode.server.port), timeout=PATIENCE) as wire:
        with suppress(BrokenPipeError, ConnectionResetError):  # which come once it has answered
            for part in parts:
                wire.sendall(part)
        return b"".join(iter(lambda: wire.recv(65536), b"")).decode()


@pytest.mark.parametrize(
    ("body", "detail"),
    [
        (b"[" + b"1," * 30_000 + b"1]", "The body has more than 30,000 values."),
        (b'{"a":' * 21 + b"1" + b"}" * 21, "The body is nested too deeply, more than 20 times."),
        (b"[" * 100_000, "The body is nested too deeply, more than 20 times."),
    ],
)
def test_a_body_out_of_proportion_is_rejected(
    application: Application, body: bytes, detail: str
) -> None:
    answer = application.stranger.post(LOG_IN, body)

    assert (answer.status, answer.code) == (400, "malformed-request")
    assert answer.json["detail"] == detail


def test_a_hundred_errors_are_reported_at_most(application: Application) -> None:
    """Each has a pointer of its own, so that the answer would be far longer than the request."""
    root = application.signed_in(Role.ADMIN)

    answer = root.caller.patch(f"/v1/users/{root.id}", {"roles": ["x"] * 2_000})

    assert answer.code == "invalid-request"
    assert len(answer.json["errors"]) == 100
