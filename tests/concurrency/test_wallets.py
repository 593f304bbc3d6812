"""Pre-authorized codes that are redeemed, and PINs that are guessed, at once."""

from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from functools import partial
from typing import Final
from urllib.parse import urlencode

import pytest

from accounts.domain.access import PRE_AUTHORIZED_CODE
from accounts.domain.oauth.entities.authorizations import MOST_WRONG_PINS
from tests.support.application import Answer
from tests.support.forms import WireBrowser
from tests.support.provider import at_a_browser
from tests.support.relying import FORM
from tests.support.school import School
from tests.support.wallets import Offer, offered_to
from tests.support.wire import WireCaller, at_once

pytestmark = pytest.mark.postgres

TIMES: Final = 8


@pytest.fixture
def anna(school: School) -> Iterator[WireBrowser]:
    with closing(at_a_browser(school)) as browser:
        yield browser


def redeem(school: School, code: str, pin: str) -> Answer:
    form = {"grant_type": PRE_AUTHORIZED_CODE, "pre-authorized_code": code, "tx_code": pin}
    body, media_type = urlencode(form).encode(), {"Content-Type": FORM}
    return school.stranger().send("POST", "/oauth/token", body, headers=media_type)


def code_of(school: School, offer: Offer) -> str:
    grants = school.stranger().get(offer.path).json["grants"]
    return str(grants[PRE_AUTHORIZED_CODE]["pre-authorized_code"])


def test_of_eight_redemptions_of_a_code_at_once_one_succeeds_and_its_token_is_dead_by_then(
    school: School, anna: WireBrowser
) -> None:
    offer = offered_to(anna, school)
    code = code_of(school, offer)

    answers = at_once(*[partial(redeem, school, code, offer.pin)] * TIMES)

    assert Counter(answer.status for answer in answers) == {200: 1, 400: TIMES - 1}
    assert {answer.json["error"] for answer in answers if answer.status == 400} == {"invalid_grant"}
    (token,) = (answer.json["access_token"] for answer in answers if answer.status == 200)
    wallet = WireCaller(school.server.port, token)
    collected = wallet.post("/wallets/credential", {"credential_configuration_id": "x"})
    assert (collected.status, collected.json["error"]) == (401, "invalid_token")


def test_of_eight_guesses_of_a_pin_at_once_five_are_checked(
    school: School, anna: WireBrowser
) -> None:
    offer = offered_to(anna, school)
    code = code_of(school, offer)
    wrong = [f"{(int(offer.pin) + step) % 10**6:06}" for step in range(1, TIMES + 1)]

    at_once(*[partial(redeem, school, code, pin) for pin in wrong])

    with school.inside() as services:
        codes = services.repositories.pre_authorized_codes
        stored = codes.find(services.ports.opaque_tokens.hash(code))
        assert stored is not None
        assert stored.wrong_pins == MOST_WRONG_PINS
    assert redeem(school, code, offer.pin).json["error"] == "invalid_grant"
