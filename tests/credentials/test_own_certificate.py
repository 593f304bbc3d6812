"""Certificates of holders who are signed in, and hide their name from others."""

import pytest

from credentials.models import UserCredential
from tests.accounts.test_browser_sessions import signed_in
from tests.support.application import Application
from tests.support.staff import a_holder, a_user_of

pytestmark = pytest.mark.database


def test_holders_get_their_certificate_though_their_name_is_hidden(
    application: Application,
) -> None:
    anna, _ = a_holder(application)
    path = f"/credentials/{UserCredential.objects.get(user_id=anna.id).pk}/certificate"

    answer = signed_in(anna).get(path)

    assert answer.status == 200
    assert f"<bdi>{anna.name}</bdi>" in answer.text
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert "ETag" not in answer.headers
    assert signed_in(a_user_of(application, "Bo")).get(path).status == 404
