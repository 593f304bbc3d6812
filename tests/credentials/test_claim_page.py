"""The page to which the mail with a claim leads."""

import pytest

from credentials.models import UserCredential
from tests.accounts.test_browser_sessions import signed_in
from tests.support.application import Application
from tests.support.browsing import Visitor
from tests.support.claims import stored_claim
from tests.support.learning import a_published_course
from tests.support.staff import a_user_of

pytestmark = pytest.mark.database

PAGE = "/account/claims/a-token"


def test_the_page_asks_before_it_issues_to_the_owner_of_the_address(
    application: Application,
) -> None:
    services = application.services
    credential = application.earns(a_published_course(services))
    anna, eve = a_user_of(application, "Anna"), a_user_of(application, "Eve")
    stored_claim(services, str(credential.id), email=anna.email, token="a-token")

    assert Visitor().get(PAGE).status == 302
    stranger = signed_in(eve).get(PAGE)
    assert (stranger.status, "This link does not work" in stranger.text) == (404, True)

    browser = signed_in(anna)
    assert f"Claim {credential.terms.name}?" in browser.get(PAGE).text
    assert not UserCredential.objects.exists()
    browser.post(PAGE)

    assert UserCredential.objects.get().user_id == anna.id
    assert f"You hold {credential.terms.name} now." in browser.get("/account/credentials").text
    assert browser.get(PAGE).status == 404
