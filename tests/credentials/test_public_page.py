"""The page of an issued credential: what a stranger sees, and in which forms it is fetched."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import UUID, uuid4

import pytest

from accounts.domain.access import OPERATOR, UserId
from credentials.domain.entities.credentials import IssuedCredentialId
from credentials.openbadges.baking import taken_out
from tests.credentials.holding import Holding, a_holding, enrol_and_complete
from tests.credentials.test_open_badges_api import Stranger
from tests.support.application import Answer, Application
from tests.support.builders import a_definition_of
from tests.support.members import add_organization, member_of

BROWSER: Final = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
HOME: Final = "http://localhost:8000"


@pytest.fixture
def holding(application: Application) -> Holding:
    return a_holding(application)


def opened(holding: Holding, query: str = "", **headers: str) -> Answer:
    """The page, as a browser asks for it."""
    path = f"/credentials/{holding.id}{query}"
    return holding.application.stranger.get(path, Accept=BROWSER, **headers)


def verdict_on(answer: Answer) -> str:
    match = re.search(r'role="status">.*?<strong>(.*?)</strong>', answer.text, re.DOTALL)
    assert match is not None
    return match[1]


def change(holding: Holding, act: str, **options: Any) -> None:
    service = getattr(holding.application.services.issuing, act)
    service(IssuedCredentialId(UUID(holding.id)), reason="Secret reason", by=OPERATOR, **options)


def name_shown(holding: Holding, *, is_shown: bool) -> None:
    principal = holding.application.services.access.authenticate(holding.anna.caller.token)
    holding.application.services.public_pages.choose_name(
        IssuedCredentialId(UUID(holding.id)), is_shown=is_shown, by=principal
    )


def test_the_page_begins_with_the_verdict_and_says_what_was_issued(holding: Holding) -> None:
    answer = opened(holding)

    assert answer.status == 200
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert verdict_on(answer) == "Valid"
    assert answer.text.index("Valid") < answer.text.index("<h1>")
    assert f"<h1>{holding.credential.terms.name}</h1>" in answer.text
    for text in (
        holding.credential.terms.issuer,
        "No expiry date",
        "Course completed",
        "5. Status",
        "Verify again",
        f'value="{HOME}/credentials/{holding.id}"',
    ):
        assert text in answer.text
    assert len(answer.text) < 20_000


def test_the_page_has_no_script_and_no_inline_style(holding: Holding) -> None:
    text = opened(holding).text

    assert "<script" not in text
    assert "style=" not in text
    assert "<style" not in text
