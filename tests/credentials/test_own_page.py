"""My credentials on the account pages: what was issued, its status, and where others verify it."""

import pytest

from accounts.domain.access import OPERATOR
from accounts.models import PreAuthorizedCode
from credentials.domain.entities.credentials import IssuedCredentialId
from credentials.models import UserCredential
from credentials.pages.qr_codes import QrCode
from tests.accounts.test_browser_sessions import signed_in
from tests.support.application import Application
from tests.support.staff import a_holder, a_user_of
from tests.support.wallets import offer_on

pytestmark = pytest.mark.database

PAGE = "/account/credentials"


def test_a_credential_is_shown_with_its_issuer_and_address(application: Application) -> None:
    anna, _ = a_holder(application)
    issued = UserCredential.objects.get(user_id=anna.id)

    text = signed_in(anna).get(PAGE).text

    assert "Valid" in text
    assert f"/credentials/{issued.pk}" in text
    assert "You have no credentials yet." not in text


def test_a_credential_leads_to_its_certificate_and_downloads(application: Application) -> None:
    anna, _ = a_holder(application)
    issued = UserCredential.objects.get(user_id=anna.id)

    text = signed_in(anna).get(PAGE).text

    for suffix in ("/certificate", "/certificate.pdf", ".json", ".jwt", "/image.png", "/image.svg"):
        assert f'href="/credentials/{issued.pk}{suffix}"' in text
    assert "https://www.linkedin.com/profile/add?" in text


def test_the_transcript_is_downloaded_as_json_and_as_jwt(application: Application) -> None:
    anna, _ = a_holder(application)
    browser = signed_in(anna)
    assert '/account/transcript.json"' in browser.get(PAGE).text

    for form, media_type in (("json", "application/vc+ld+json"), ("jwt", "application/jwt")):
        answer = browser.get(f"/account/transcript.{form}")

        assert answer.headers["Content-Type"] == media_type
        assert answer.headers["Cache-Control"] == "private, no-store"
        assert f'filename="transcript.{form}"' in answer.headers["Content-Disposition"]
        report = application.services.badge_verification.verify(answer.text)
        assert (report.verdict.value, len(report.credentials)) == ("valid", 1)
    assert browser.get("/account/transcript.xml").status == 404


def test_without_credentials_the_transcript_says_why_there_is_none(
    application: Application,
) -> None:
    browser = signed_in(a_user_of(application, "Bo"))
    assert "Transcript" not in browser.get(PAGE).text

    problem = browser.get("/account/transcript.json")
    page = browser.get("/account/transcript.jwt", Accept="text/html,*/*;q=0.8")

    assert (problem.status, problem.headers["Content-Type"]) == (404, "application/problem+json")
    assert '"nothing-to-transcribe"' in problem.text
    assert (page.status, page.headers["Cache-Control"]) == (404, "private, no-store")
    assert "<h1>No credentials for a transcript</h1>" in page.text
    assert f'href="{PAGE}"' in page.text


def test_a_revoked_credential_stays_and_is_marked(application: Application) -> None:
    anna, _ = a_holder(application)
    issued = UserCredential.objects.get(user_id=anna.id)
    application.services.issuing.revoke(
        IssuedCredentialId(issued.pk), reason="Issued in error", by=OPERATOR
    )

    text = signed_in(anna).get(PAGE).text

    assert '<span class="state wrong">Revoked</span>' in text
    assert "/certificate" not in text
    assert ".jwt" not in text.replace("transcript.jwt", "")
    assert "Issued in error" not in text


def test_credentials_of_others_are_not_shown(application: Application) -> None:
    a_holder(application)

    text = signed_in(a_user_of(application, "Bo")).get(PAGE).text

    assert "You have no credentials yet." in text


def test_a_suspended_credential_is_neither_valid_nor_wrong(application: Application) -> None:
    anna, _ = a_holder(application)
    issued = UserCredential.objects.get(user_id=anna.id)
    application.services.issuing.suspend(
        IssuedCredentialId(issued.pk), reason="Under review", by=OPERATOR
    )

    assert '<span class="state ">Suspended</span>' in signed_in(anna).get(PAGE).text


def test_holders_choose_whether_the_page_of_a_credential_names_them(
    application: Application,
) -> None:
    anna, _ = a_holder(application)
    issued = UserCredential.objects.get(user_id=anna.id)
    browser = signed_in(anna)

    for choice, button, message in (
        ("show", "Hide my name", "now shows your name"),
        ("hide", "Show my name", "does not show your name any more"),
    ):
        browser.post(PAGE, credential=issued.pk, name=choice)
        text = browser.get(PAGE).text
        issued.refresh_from_db()

        assert issued.shows_name is (choice == "show")
        assert button in text
        assert message in text


@pytest.mark.parametrize("credential", ["", "1", "00000000-0000-4000-8000-000000000000"])
def test_a_choice_about_no_credential_is_refused(application: Application, credential: str) -> None:
    anna, _ = a_holder(application)

    browser = signed_in(anna)
    browser.post(PAGE, credential=credential, name="show")

    assert "No credential with this id was ever issued." in browser.get(PAGE).text


def test_nobody_chooses_for_another_holder(application: Application) -> None:
    anna, _ = a_holder(application)
    issued = UserCredential.objects.get(user_id=anna.id)

    browser = signed_in(a_user_of(application, "Bo"))
    browser.post(PAGE, credential=issued.pk, name="show")

    issued.refresh_from_db()
    assert "No credential with this id was ever issued." in browser.get(PAGE).text
    assert issued.shows_name is False


def test_a_valid_credential_can_be_added_to_a_wallet(application: Application) -> None:
    anna, _ = a_holder(application)
    issued, browser = UserCredential.objects.get(user_id=anna.id), signed_in(anna)
    assert f'action="{wallet_page(issued)}"' in browser.get(PAGE).text

    page = browser.post(wallet_page(issued))

    offer = offer_on(page.text)
    assert page.heading == "Add to a wallet"
    assert QrCode.of(offer.link).path in page.text
    assert '<a href="/account/credentials" aria-current="page">' in page.text
    assert page.text.count("aria-current") == 1
    assert "no-store" in page.headers["Cache-Control"]
    assert offer.code not in page.text.replace(offer.link, ""), "in the link alone"
    assert browser.get(wallet_page(issued)).leads_to == PAGE, "an offer is shown once"


def test_a_revoked_credential_cannot(application: Application) -> None:
    anna, _ = a_holder(application)
    issued, browser = UserCredential.objects.get(user_id=anna.id), signed_in(anna)
    application.services.issuing.revoke(IssuedCredentialId(issued.pk), reason="Error", by=OPERATOR)

    answer = browser.post(wallet_page(issued))

    assert answer.leads_to == PAGE
    text = browser.get(PAGE).text
    assert "Only a valid credential can be added, and this one is revoked." in text
    assert wallet_page(issued) not in text


def test_nobody_gets_an_offer_of_the_credential_of_another_holder(application: Application) -> None:
    anna, _ = a_holder(application)
    issued = UserCredential.objects.get(user_id=anna.id)
    browser = signed_in(a_user_of(application, "Bo"))

    assert browser.post(wallet_page(issued)).leads_to == PAGE
    assert "No credential with this id was ever issued." in browser.get(PAGE).text
    assert PreAuthorizedCode.objects.count() == 0


def wallet_page(issued: UserCredential) -> str:
    return f"{PAGE}/{issued.pk}/wallet"
