"""Certificates: who gets one, what it says, and what it can show."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

import pytest

from accounts.domain.access import OPERATOR, UserId
from credentials.domain.entities.credentials import IssuedCredentialId
from credentials.domain.entities.definitions import CredentialType
from credentials.domain.entities.public import PublicVerdict
from credentials.pages.certificate_pdf import NotDrawable, certificate_pdf, lines_of
from credentials.pages.certificate_words import CertificateWords
from credentials.pages.fonts import can_show, capitals_of, composed
from credentials.pages.qr_codes import QrCode
from tests.credentials.holding import Holding, a_holding
from tests.support.application import Answer, Application, a_client
from tests.support.worlds import FrozenClock

BROWSER: Final = "text/html,application/xhtml+xml,*/*;q=0.8"
UNKNOWN: Final = "00000000-0000-4000-8000-000000000000"
WORDS: Final = CertificateWords(
    issuer="School of Knots",
    holder="Anna Keller",
    kind="certificate",
    name="Knot Tying",
    description="Ties knots that hold.",
    issued_on="12 November 2026",
    valid_until="",
    url="https://school.example/credentials/4946986e-904f-499c-965f-ebe603228744",
    type=CredentialType.CERTIFICATE,
)


@pytest.fixture
def holding(application: Application) -> Holding:
    return a_holding(application)


@pytest.fixture
def named(holding: Holding) -> Holding:
    """The holder shows their name."""
    show_name(holding)
    return holding


def show_name(holding: Holding, *, is_shown: bool = True) -> None:
    path = f"/v1/me/credentials/{holding.id}"
    assert holding.anna.caller.patch(path, {"shows_name": is_shown}).status == 200


def opened(holding: Holding, suffix: str = "", **headers: str) -> Answer:
    """The answer to a stranger; one with a PDF has its bytes as characters."""
    path = f"/credentials/{holding.id}/certificate{suffix}"
    fields = {name.replace("_", "-"): value for name, value in headers.items()}
    response = a_client().get(path, headers={"Accept": BROWSER, **fields})
    charset = "latin-1" if response.get("Content-Type") == "application/pdf" else "utf-8"
    return Answer(response.status_code, response.headers, response.content.decode(charset))


def pdf_of(holding: Holding) -> bytes:
    answer = opened(holding, ".pdf")
    assert (answer.status, answer.headers["Content-Type"]) == (200, "application/pdf")
    return answer.text.encode("latin-1")


def change(holding: Holding, act: str) -> None:
    issued_id = IssuedCredentialId(UUID(holding.id))
    getattr(holding.application.services.issuing, act)(issued_id, reason="Misspelt", by=OPERATOR)


def test_a_certificate_says_who_achieved_what_and_where_to_verify_it(named: Holding) -> None:
    answer = opened(named)

    assert answer.status == 200
    for text in (
        "This certifies that",
        "<bdi>Anna</bdi>",
        f"<h1>{named.credential.terms.name}</h1>",
        named.credential.terms.issuer,
        "No expiry date",
        f"localhost:8000/credentials/{named.id}",
        f'href="/credentials/{named.id}/certificate.pdf"',
        QrCode.of(f"http://localhost:8000/credentials/{named.id}").path,
    ):
        assert text in answer.text
    assert "<script" not in answer.text
    assert " style=" not in answer.text
    assert len(answer.text) < 20_000


def test_the_pdf_has_a_title_a_language_and_the_same_bytes_for_the_same_words(
    named: Holding,
) -> None:
    first, second = pdf_of(named), pdf_of(named)

    assert first == second
    assert first.startswith(b"%PDF-1.")
    assert b"/Lang (en)" in first
    assert b"/DisplayDocTitle true" in first
    for name in (b"/Title", b"/Author", b"/Subject", b"/Creator (authsvc)"):
        assert name in first
    assert b"/Count 1" in first
    assert len(first) < 200_000


@pytest.mark.parametrize("suffix", ["", ".pdf"])
def test_strangers_get_no_certificate_of_a_holder_who_hides_their_name(
    holding: Holding, suffix: str
) -> None:
    answers = [opened(holding, suffix)]
    show_name(holding)
    answers.append(opened(holding, suffix))
    show_name(holding, is_shown=False)
    answers.append(opened(holding, suffix))

    assert [answer.status for answer in answers] == [404, 200, 404]
    hidden = answers[0]
    unknown = opened(replace(holding, id=UNKNOWN), suffix)
    assert (hidden.status, hidden.text) == (unknown.status, unknown.text)
    assert hidden.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("suffix", ["", ".pdf"])
@pytest.mark.parametrize(
    ("acts", "status"),
    [(["revoke"], 404), (["suspend"], 404), (["suspend", "resume"], 200)],
)
def test_a_withdrawn_credential_has_no_certificate(
    named: Holding, suffix: str, acts: list[str], status: int
) -> None:
    for act in acts:
        change(named, act)

    answer = opened(named, suffix)

    assert answer.status == status
    if status == 404:
        assert f'<a href="/credentials/{named.id}">See the credential</a>' in answer.text
        assert "<bdi>Anna</bdi>" not in answer.text


def test_an_expired_credential_has_a_certificate_that_says_so(application: Application) -> None:
    holding = a_holding(application, valid_for_days=1)
    show_name(holding)
    service, clock = application.services.public_pages, FrozenClock(datetime.now(UTC))
    clock.go_on(days=2)
    late = replace(service, clock=clock, verifier=replace(service.verifier, clock=clock))

    credential = late.certificate(IssuedCredentialId(UUID(holding.id)), by=None)

    assert credential.verdict is PublicVerdict.EXPIRED
    assert CertificateWords.of(credential).valid_until


def test_a_deactivated_holder_has_no_certificate(named: Holding) -> None:
    users = named.application.services.users
    users.deactivate(UserId(UUID(named.anna.id)), reason="Left.", by=OPERATOR)

    assert opened(named).status == 404


@pytest.mark.parametrize("suffix", ["", ".pdf"])
def test_a_certificate_is_cached_for_a_minute_and_has_an_etag(named: Holding, suffix: str) -> None:
    first = opened(named, suffix)

    assert first.headers["Cache-Control"] == "public, max-age=60"
    etag = first.headers["ETag"]
    assert opened(named, suffix, If_None_Match=etag).status == 304
    assert opened(named, suffix, If_None_Match='"other"').status == 200


def test_a_name_that_the_typeface_lacks_is_printed_by_the_browser(
    application: Application,
) -> None:
    holding = a_holding(application)
    show_name(holding)
    assert holding.anna.caller.patch("/v1/me", {"name": "王小明"}).status == 200

    answer = opened(holding, ".pdf")

    assert answer.status == 303
    assert answer.headers["Location"] == f"/credentials/{holding.id}/certificate?print"
    page = opened(holding, "?print")
    assert "<bdi>王小明</bdi>" in page.text
    assert "Print this page" in page.text
    assert "certificate.pdf" not in page.text


@pytest.mark.parametrize(
    "text",
    [
        "Łukasz Žižek",
        "Παπαδόπουλος",
        "Ольга Ґалаґан",
        "Nguyễn Thị Ánh",
        "Հայկ",
        "ქეთევან",
        "",
        "a  b\n",
    ],
)
def test_many_languages_are_shown_in_the_pdf(text: str) -> None:
    assert can_show(composed(text))
    assert certificate_pdf(replace(WORDS, holder=text)).startswith(b"%PDF")


@pytest.mark.parametrize(
    "text",
    ["王小明", "محمد", "שרה", "हिन्दी", "ไทย", "👩‍🎓", "q\u0301\u0323", "\u202eannA", "a\x07"],
)
def test_what_would_be_drawn_wrongly_is_not_drawn_at_all(text: str) -> None:
    for words in (
        replace(WORDS, holder=text),
        replace(WORDS, issuer=text),
        replace(WORDS, name=text),
        replace(WORDS, description=text),
    ):
        with pytest.raises(NotDrawable):
            certificate_pdf(words)


def test_issuers_are_written_in_capitals_that_the_typeface_has() -> None:
    assert capitals_of("Schule für Ölzeug") == "SCHULE FÜR ÖLZEUG"
    assert capitals_of("ქართული") == "ქართული"
    assert capitals_of("\u0390") == "\u0390"  # its capital is a letter with a mark apart


def test_a_letter_with_its_mark_apart_is_the_same_letter() -> None:
    assert composed("Ngo\u0302") == "Ngô"
    assert can_show(composed("Ngo\u0302"))


def test_lines_are_filled_word_by_word_and_end_with_an_ellipsis() -> None:
    def fits(text: str) -> bool:
        return len(text) <= 8

    assert lines_of("to tie a bowline", fits, most=3) == ["to tie a", "bowline"]
    assert lines_of("to tie a bowline at sea", fits, most=2) == ["to tie a", "bowline…"]
    assert lines_of("x" * 20, fits, most=2) == ["x" * 8, f"{'x' * 7}…"]
    assert lines_of("", fits, most=2) == [""]
    assert lines_of("abc", lambda text: len(text) <= 1, most=9) == ["a", "b", "c"]


def test_very_long_texts_stay_on_one_sheet_and_are_drawn_quickly() -> None:
    words = replace(WORDS, holder="Anna " * 60, name="W" * 200, issuer="I" * 200)

    assert b"/Count 1" in certificate_pdf(words)
