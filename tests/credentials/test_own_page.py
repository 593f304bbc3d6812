"""My credentials on the account pages: what was issued, its status, and where others verify it."""

import pytest

from accounts.domain.access import OPERATOR
from credentials.domain.entities.credentials import IssuedCredentialId
from credentials.models import UserCredential
from tests.accounts.test_browser_sessions import signed_in
from tests.support.application import Application
from tests.support.staff import a_holder, a_user_of

pytestmark = pytest.mark.database

PAGE = "/account/credentials"


def test_a_credential_is_shown_with_its_issuer_and_address(application: Application) -> None:
    anna, _ = a_holder(application)
    issued = UserCredential.objects.get(user_id=anna.id)

    text = signed_in(anna).get(PAGE).text

    assert "Valid" in text
    assert f"/v1/issued/{issued.pk}/verify" in text
    assert "You have no credentials yet." not in text


def test_a_revoked_credential_stays_and_is_marked(application: Application) -> None:
    anna, _ = a_holder(application)
    issued = UserCredential.objects.get(user_id=anna.id)
    application.services.issuing.revoke(
        IssuedCredentialId(issued.pk), reason="Issued in error", by=OPERATOR
    )

    text = signed_in(anna).get(PAGE).text

    assert '<span class="state wrong">Revoked</span>' in text
    assert "Issued in error" not in text


def test_credentials_of_others_are_not_shown(application: Application) -> None:
    a_holder(application)

    text = signed_in(a_user_of(application, "Bo")).get(PAGE).text

    assert "You have no credentials yet." in text
