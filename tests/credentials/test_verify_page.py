"""The page on which anybody verifies any badge."""

import re
from collections.abc import Callable
from dataclasses import replace
from html import unescape
from io import BytesIO
from typing import Any, Final

import pytest

from credentials.openbadges.baking import NO_CREDENTIAL, baked
from credentials.openbadges.integrity import with_proof
from credentials.openbadges.json_texts import json_text
from credentials.pages import verify
from tests.credentials.holding import Holding, a_holding
from tests.credentials.openbadges.awards import AWARD, ISSUED, ed25519
from tests.credentials.openbadges.images import png, svg
from tests.credentials.verifying import DID, FOREIGN, MULTIPART, Upload, document, form, signed
from tests.support.application import Answer, Application, a_client

PAGE: Final = "/verify"
HOME: Final = "http://localhost:8000"
NOBODY: Final = "00000000-0000-4000-8000-000000000000"
SCRIPT: Final = "<script>alert(1)</script>"


@pytest.fixture
def holding(application: Application) -> Holding:
    return a_holding(application)


def posted(application: Application, **fields: str | bytes | Upload) -> Answer:
    body = form(**fields)
    return application.stranger.send("POST", PAGE, body, headers={"Content-Type": MULTIPART})


def errors_in(answer: Answer) -> list[str]:
    """The errors in the summary, with the labels of their fields."""
    summary = re.search(r'<div class="summary".*?</div>', answer.text, re.DOTALL)
    items = re.findall(r"<li>(.*?)</li>", summary[0]) if summary else []
    return [unescape(re.sub(r"<[^>]+>", "", item)) for item in items]


def steps_in(answer: Answer) -> list[tuple[str, str]]:
    """The titles and the states of the steps."""
    pattern = r'<h3>(.*?)</h3><span class="state[^>]*>(.*?)</span>'
    return re.findall(pattern, answer.text)


def test_the_empty_page_is_the_form_alone(application: Application) -> None:
    answer = application.stranger.get(PAGE)

    assert answer.status == 200
    assert "Nothing you upload is kept." in answer.text
    assert 'role="status"' not in answer.text
    assert answer.text.count("<h1>") == 1
    assert answer.headers["Cache-Control"] == "public, max-age=60"
    assert "Set-Cookie" not in answer.headers
    labels = re.findall(r'<label for="([^"]+)"', answer.text)
    assert labels == ["id_file", "id_address", "id_text", "id_holder"]


def test_the_result_is_the_answer_and_is_above_the_form(application: Application) -> None:
    answer = posted(application, file=Upload(baked(png(), signed())), holder="anna@example.org")

    assert answer.status == 200
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Set-Cookie" not in answer.headers
    assert '<div class="verdict good" role="status" tabindex="-1" autofocus>' in answer.text
    assert "<strong>Valid</strong>" in answer.text
    assert "own words" in answer.text
    assert DID in answer.text
    assert answer.text.index("verdict") < answer.text.index("<form")
    assert "anna@example.org" not in answer.text
    assert steps_in(answer) == [
        ("1. Format", "Passed"),
        ("2. Signature", "Passed"),
        ("3. Refresh", "None"),
        ("4. Status and dates", "Passed"),
        ("5. Holder", "Passed"),
        ("6. Endorsements", "None"),
    ]


def test_a_transcript_lists_its_credentials_with_a_verdict_each(application: Application) -> None:
    holding = a_holding(application)
    transcript = holding.anna.caller.get("/v1/me/transcript", Accept="application/jwt").text
    listed = f'<a href="/credentials/{holding.id}"><bdi>{holding.credential.terms.name}</bdi></a>'

    answer = posted(application, text=transcript)

    assert "<strong>Valid</strong>" in answer.text
    assert ("7. Credentials inside", "Passed") in steps_in(answer)
    assert f'{listed}</h3><span class="state good">Valid</span>' in answer.text


def test_a_badge_whose_status_cannot_be_read_is_not_green(application: Application) -> None:
    answer = posted(application, text=signed(replace(FOREIGN, status=AWARD.status)))

    assert '<div class="verdict " role="status"' in answer.text
    assert "Authentic, but not checked for revocation" in answer.text
    assert ("4. Status and dates", "Not checked") in steps_in(answer)


def test_a_badge_of_another_host_is_not_verified_here(application: Application) -> None:
    badge = json_text(with_proof(document(AWARD), ed25519(), ISSUED))

    answer = posted(application, text=badge)

    assert "Could not be verified here" in answer.text
    assert steps_in(answer) == [("1. Format", "Passed"), ("2. Signature", "Not checked")]
    assert "Harbour Academy" not in answer.text


def test_a_forged_badge_shows_nothing_of_its_content(application: Application) -> None:
    answer = posted(application, text=signed().replace("Harbour Academy", SCRIPT))

    assert '<div class="verdict wrong"' in answer.text
    assert steps_in(answer)[-1] == ("2. Signature", "Failed")
    assert "alert" not in answer.text


def test_names_in_a_badge_are_text(application: Application) -> None:
    achievement = replace(FOREIGN.achievement, name=SCRIPT)

    answer = posted(application, text=signed(replace(FOREIGN, achievement=achievement)))

    assert "<strong>Valid</strong>" in answer.text
    assert SCRIPT not in answer.text
    assert "&lt;script&gt;" in answer.text


def test_an_uploaded_picture_is_never_shown(application: Application) -> None:
    answer = posted(application, file=Upload(baked(svg(), signed()), "badge.svg"))

    assert "<strong>Valid</strong>" in answer.text
    assert "<img" not in answer.text
    assert "data:" not in answer.text
    assert "xmlns" not in answer.text


def test_a_badge_of_this_service_leads_to_its_record(holding: Holding) -> None:
    accept = "application/vc+ld+json"
    badge = holding.application.stranger.get(f"/v1/issued/{holding.id}", accept=accept).text

    answer = posted(holding.application, text=badge)

    assert "<strong>Valid</strong>" in answer.text
    assert f'href="{verify.url_of(holding.id)}"' in answer.text  # type: ignore[arg-type]  # it is one
    assert "own words" not in answer.text


@pytest.mark.parametrize(
    "address",
    [
        "{id}",
        " {id} ",
        "{home}/v1/issued/{id}",
        "{home}/v1/issued/{id}/verify",
        "{home}/credentials/{id}",
        "{home}/credentials/{id}/certificate?print=1#top",
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_an_own_address_or_id_leads_to_the_credential(
    holding: Holding, address: str, method: str
) -> None:
    text, application = address.format(id=holding.id, home=HOME), holding.application

    answer = (
        posted(application, address=text)
        if method == "POST"
        else application.stranger.get(
            f"{PAGE}?address={text}".replace(" ", "+").replace("#", "%23")
        )
    )

    assert answer.status == 303
    assert answer.headers["Location"] == verify.url_of(holding.id)  # type: ignore[arg-type]  # it is one
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    ("address", "error"),
    [
        ("https://other.example/credentials/1", verify.OTHER_HOST),
        (f"https://other.example/v1/issued/{NOBODY}", verify.OTHER_HOST),
        (f"{HOME}.evil.example/v1/issued/{NOBODY}", verify.OTHER_HOST),
        (f"{HOME}@evil.example/v1/issued/{NOBODY}", verify.OTHER_HOST),
        (f"{HOME}/v1/issued/{NOBODY}", verify.NOT_ISSUED),
        (NOBODY, verify.NOT_ISSUED),
        (f"{HOME}/v1/users", verify.NO_ADDRESS),
        ("knots", verify.NO_ADDRESS),
        ("//evil.example", verify.NO_ADDRESS),
    ],
)
def test_other_addresses_are_errors_at_the_field(
    application: Application, address: str, error: str
) -> None:
    for answer in (
        posted(application, address=address),
        application.stranger.get(f"{PAGE}?address={address}"),
    ):
        assert (answer.status, errors_in(answer)) == (200, [f"Or its address: {error}"])
        assert answer.headers["Cache-Control"] == "no-store"
        assert 'aria-invalid="true"' in answer.text


LARGE: Final = b" " * (2**20 + 1)


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({}, f"File: {verify.NOTHING}"),
        ({"file": Upload(b"")}, "File: The submitted file is empty."),
        ({"file": Upload(b"x"), "text": "y"}, f"File: {verify.SEVERAL}"),
        ({"file": Upload(png())}, f"File: {NO_CREDENTIAL}"),
        ({"file": Upload(svg())}, f"File: {NO_CREDENTIAL}"),
        ({"text": svg()}, f"JSON or JWT: {NO_CREDENTIAL}"),
        ({"file": Upload(LARGE)}, f"File: {verify.TOO_LARGE}"),
        ({"file": Upload(LARGE * 20)}, f"File: {verify.TOO_LARGE}"),
        (
            {"text": signed(), "holder": "anna"},
            "Holder's e-mail address (optional): Enter a valid email address.",
        ),
        ({"text": "a\0b"}, "JSON or JWT: Null characters are not allowed."),
    ],
)
def test_what_cannot_be_read_is_an_error_at_the_field(
    application: Application, fields: dict[str, str | bytes | Upload], error: str
) -> None:
    answer = posted(application, **fields)

    assert (answer.status, errors_in(answer)) == (200, [error])
    assert 'role="status"' not in answer.text


def test_a_body_that_is_too_large_is_not_read(application: Application) -> None:
    read: list[int] = []

    class Body(BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            read.append(1)
            return super().read(size)

    content = form(file=Upload(LARGE * 2))
    environ: dict[str, Any] = {
        "CONTENT_LENGTH": str(len(content)),
        "wsgi.input": Body(content),
    }
    answer = a_client().post(PAGE, b"", content_type=MULTIPART, **environ)

    assert verify.TOO_LARGE in answer.content.decode()
    assert read == []


Spoiling: Final[dict[str, Callable[[bytes], bytes]]] = {
    "cut": lambda body: body[: len(body) // 2],
    "of nothing": lambda _: b"",
    "of many fields": lambda _: form(**{f"f{number}": "x" for number in range(1_100)}),
}


@pytest.mark.parametrize("name", Spoiling)
def test_malformed_forms_are_answered(application: Application, name: str) -> None:
    body = Spoiling[name](form(file=Upload(signed().encode())))

    answer = application.stranger.send("POST", PAGE, body, headers={"Content-Type": MULTIPART})

    assert answer.status in (200, 400)


def test_the_page_takes_no_other_methods(application: Application) -> None:
    assert application.stranger.send("DELETE", PAGE).status == 405
    assert application.stranger.send("HEAD", PAGE).status == 200
