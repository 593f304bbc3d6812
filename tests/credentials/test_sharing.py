"""What other sites are told of a credential: preview image, structured data, the link to LinkedIn, and downloads."""

import json
import re
from dataclasses import replace
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import pytest

from accounts.domain.access import OPERATOR
from credentials.domain.entities.credentials import IssuedCredentialId
from credentials.domain.entities.definitions import CredentialType
from credentials.pages.card_images import SIZE, card_image
from credentials.pages.card_words import CardWords
from credentials.pages.public_words import PublicPage
from tests.credentials.holding import Holding, a_holding
from tests.credentials.storing import CLASSIFICATION
from tests.credentials.test_certificates import BROWSER, UNKNOWN, change, show_name
from tests.support.application import Application, a_client

HOME: Final = "http://localhost:8000"
SCRIPT: Final = re.compile(r'<script type="application/ld\+json">(.*?)</script>', re.DOTALL)
WORDS: Final = CardWords(
    state="Certificate",
    name="Knot Tying",
    holder="Anna Keller",
    issued="School of Knots · 12 November 2026",
    address="school.example/credentials/4946986e…",
    type=CredentialType.CERTIFICATE,
    is_void=False,
)


@pytest.fixture
def holding(application: Application) -> Holding:
    return a_holding(application, valid_for_days=400)


def page_of(holding: Holding) -> str:
    return holding.application.stranger.get(f"/credentials/{holding.id}", Accept=BROWSER).text


def card_of(holding: Holding, **headers: str) -> Any:
    return a_client().get(f"/credentials/{holding.id}/card.png", headers=headers)


def words_of(holding: Holding) -> CardWords:
    issued_id = IssuedCredentialId(UUID(holding.id))
    shown = holding.application.services.public_pages.shown(issued_id)
    return CardWords.of(PublicPage(shown))


def test_the_card_is_an_image_of_the_size_that_the_page_states(holding: Holding) -> None:
    answer = card_of(holding)

    assert (answer.status_code, answer["Content-Type"]) == (200, "image/png")
    assert answer.content[16:24] == b"".join(side.to_bytes(4) for side in SIZE)
    text = page_of(holding)
    assert f'property="og:image" content="{HOME}/credentials/{holding.id}/card.png"' in text
    assert '"og:image:width" content="1200"' in text
    assert '"og:image:height" content="630"' in text
    assert 'name="twitter:card" content="summary_large_image"' in text


def test_the_card_changes_with_what_it_says_and_is_cached_until_then(holding: Holding) -> None:
    first = card_of(holding)
    assert first["Cache-Control"] == "public, max-age=60"
    assert card_of(holding, **{"If-None-Match": first["ETag"]}).status_code == 304

    show_name(holding)
    second = card_of(holding, **{"If-None-Match": first["ETag"]})
    change(holding, "revoke")
    third = card_of(holding)

    assert second.status_code == 200
    assert len({first.content, second.content, third.content}) == 3


def test_the_card_names_the_holder_only_if_they_chose_so(holding: Holding) -> None:
    assert words_of(holding).holder == ""
    show_name(holding)
    assert words_of(holding).holder == "Anna"


@pytest.mark.parametrize(("act", "state"), [("revoke", "Revoked"), ("suspend", "Suspended on")])
def test_the_card_of_a_withdrawn_credential_says_so(holding: Holding, act: str, state: str) -> None:
    show_name(holding)
    change(holding, act)

    words = words_of(holding)

    assert words.state.startswith(state)
    assert words.is_void is (act == "revoke")
    assert words.holder == ("" if words.is_void else "Anna")


def test_there_is_no_card_of_an_unknown_credential(holding: Holding) -> None:
    for issued in (UNKNOWN, "none"):
        assert card_of(replace(holding, id=issued)).status_code == 404


def test_texts_that_do_not_fit_are_shortened_and_unknown_letters_left_out() -> None:
    assert card_image(WORDS) == card_image(WORDS)
    assert card_image(replace(WORDS, holder="王小明")) == card_image(replace(WORDS, holder=""))
    assert card_image(replace(WORDS, name="W" * 200)) == card_image(replace(WORDS, name="W" * 201))


def data_in(answer: str) -> dict[str, Any]:
    match = SCRIPT.search(answer)
    assert match is not None
    return dict(json.loads(match[1]))


def test_search_engines_are_told_what_was_issued_and_not_to_whom(application: Application) -> None:
    holding = a_holding(
        application,
        name="Knots & <b>Ropes</b></script>",
        tags=tuple(CLASSIFICATION["tags"]),
        valid_for_days=400,
    )
    show_name(holding)

    text = page_of(holding)

    data = data_in(text)
    assert data["@type"] == "EducationalOccupationalCredential"
    assert data["@id"] == f"{HOME}/credentials/{holding.id}"
    assert data["name"] == "Knots & <b>Ropes</b></script>"
    assert data["competencyRequired"] == CLASSIFICATION["tags"]
    assert data["expires"] > data["dateCreated"]
    assert "Anna" not in json.dumps(data)
    assert text.count("<script") == 1
    assert "</script></title>" not in text


def test_of_a_revoked_credential_search_engines_are_told_nothing(holding: Holding) -> None:
    change(holding, "revoke")

    assert "<script" not in page_of(holding)


def test_a_credential_is_added_to_a_profile_by_a_link(holding: Holding) -> None:
    match = re.search(r'href="(https://www\.linkedin\.com[^"]+)"', page_of(holding))
    assert match is not None

    address = urlsplit(match[1].replace("&amp;", "&"))

    fields = {name: value for name, (value,) in parse_qs(address.query).items()}
    assert (address.netloc, address.path) == ("www.linkedin.com", "/profile/add")
    assert fields["startTask"] == "CERTIFICATION_NAME"
    assert fields["name"] == holding.credential.terms.name
    assert fields["organizationName"] == holding.credential.terms.issuer
    assert fields["certUrl"] == f"{HOME}/credentials/{holding.id}"
    assert {"issueYear", "issueMonth", "expirationYear", "expirationMonth"} <= fields.keys()
    assert "certId" not in fields


def test_the_page_leads_to_the_certificate_if_strangers_may_see_it(holding: Holding) -> None:
    link = f'href="/credentials/{holding.id}/certificate"'
    assert link not in page_of(holding)
    show_name(holding)
    assert link in page_of(holding)
    service = holding.application.services.issuing
    service.suspend(IssuedCredentialId(UUID(holding.id)), reason="Under review", by=OPERATOR)
    assert link not in page_of(holding)


def test_every_download_on_the_page_is_served(holding: Holding) -> None:
    links = re.findall(r'href="(/credentials/[^"]+)" download', page_of(holding))

    assert len(links) == 4
    for link in links:
        assert a_client().get(link).status_code == 200
