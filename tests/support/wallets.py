"""A wallet, which collects credentials as OpenID for Verifiable Credential Issuance describes it."""

import re
from dataclasses import dataclass
from html import unescape
from typing import Any, Final
from urllib.parse import parse_qs, urlencode, urlsplit

from accounts.domain.access import OPERATOR, PRE_AUTHORIZED_CODE
from credentials.domain.entities.definitions import CredentialType
from tests.support.application import Answer, Caller
from tests.support.browsing import Visitor
from tests.support.builders import a_definition_of
from tests.support.forms import WireBrowser
from tests.support.learning import a_credential_for, a_published_course, items_of
from tests.support.relying import post_form
from tests.support.school import School
from tests.support.wire import WireCaller

SCHEME: Final = "openid-credential-offer:"


@dataclass(frozen=True)
class Offer:
    """What the holder sees on the page: the link in the QR code, and the PIN."""

    link: str
    pin: str

    @property
    def path(self) -> str:
        """The path of the offer, with its query."""
        parts = urlsplit(self.link)
        assert f"{parts.scheme}:" == SCHEME
        (url,) = parse_qs(parts.query)["credential_offer_uri"]
        target = urlsplit(url)
        return f"{target.path}?{target.query}"

    def read(self) -> dict[str, Any]:
        answer = Caller().get(self.path)
        assert answer.status == 200, answer.text
        members: dict[str, Any] = answer.json
        return members

    @property
    def code(self) -> str:
        return str(self.read()["grants"][PRE_AUTHORIZED_CODE]["pre-authorized_code"])


def offered_at(browser: Visitor, issued_id: object) -> Offer:
    """The offer on the page that the holder opens."""
    page = browser.post(f"/account/credentials/{issued_id}/wallet")
    assert page.status == 200, page
    return offer_on(page.text)


def offered_to(browser: WireBrowser, school: School) -> Offer:
    """The offer of a credential that the user at the browser has just earned, on the page of a real server."""
    with school.inside() as services:
        course = a_published_course(services, a_definition_of(required=1))
        a_credential_for(services, course, type=CredentialType.CERTIFICATE)
        (item_id,) = items_of(services, course)
    body = {"email": browser.email, "password": browser.password}
    session = school.stranger().post("/v1/auth/login", body)
    learner = WireCaller(school.server.port, session.json["access_token"])
    address = f"/v1/courses/{course.slug}"
    for act in ("enroll", f"items/{item_id}/complete"):
        answer = learner.post(f"{address}/{act}")
        assert answer.status in {200, 201}, answer.text
    with school.inside() as services:  # for other tests of the server, which list its courses
        services.authoring.retire(course.slug, by=OPERATOR)
    return offer_on(browser.fill_in(browser.go_along("/account/credentials"), "wallet").text)


def offer_on(page: str) -> Offer:
    """The offer on the page of an account."""
    link = re.search(rf'href="({SCHEME}[^"]+)"', page)
    pin = re.search(r'class="pin">(\d{6})<', page)
    assert link is not None, page
    assert pin is not None
    return Offer(unescape(link[1]), pin[1])


def redeemed(code: str, pin: str, **more: str) -> Answer:
    form = {"grant_type": PRE_AUTHORIZED_CODE, "pre-authorized_code": code, "tx_code": pin}
    return post_form("/oauth/token", urlencode(form | more))


def token_of(offer: Offer) -> str:
    answer = redeemed(offer.code, offer.pin)
    assert answer.status == 200, answer.text
    return str(answer.json["access_token"])


def collected(token: str, body: Any = None, **members: Any) -> Answer:
    """The answer of the credential endpoint."""
    return Caller(token).post("/wallets/credential", members if body is None else body)
