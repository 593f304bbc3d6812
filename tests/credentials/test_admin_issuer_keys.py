"""Admin pages of issuer keys."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.domain.access import OPERATOR
from accounts.domain.audit.entities import AuditAction
from credentials.models import IssuerKey
from tests.support.application import Application
from tests.support.organizations import acts_in
from tests.support.staff import credential_officer

pytestmark = pytest.mark.database
KEYS = "credentials/credential/keys/"


def test_keys_are_listed_rotated_and_marked_without_their_private_halves(
    application: Application,
) -> None:
    services, officer = application.services, credential_officer(application)
    assert "No issuer has a key yet." in officer.get(KEYS).text
    services.issuer_keys.rotate(None, reason="The first ones.", by=OPERATOR)
    old = IssuerKey.objects.get(kind="Ed25519")
    secret = old.encrypted_private

    with CaptureQueriesContext(
        connection,
    ) as statements:
        listed = officer.get(KEYS)
    assert "The platform" in listed.text
    assert str(old.id) in listed.text
    assert len(statements) <= 12
    assert not any("encrypted_private" in query["sql"] for query in statements)

    confirmation = officer.get(f"{KEYS}platform/rotate/")
    rotated = officer.post(f"{KEYS}platform/rotate/", reason="Yearly rotation.")
    assert "What the present keys signed verifies as before" in confirmation.text
    assert rotated.messages == ("Rotated the keys of the platform. New ones sign from now on.",)
    old.refresh_from_db()
    assert (old.is_current, IssuerKey.objects.count()) == (False, 4)

    page = f"{KEYS}{old.id}/compromised/"
    now = services.ports.clock.now()
    future = officer.post(page, since=f"{now + timedelta(days=1):%Y-%m-%d %H:%M}", reason="Found.")
    marked = officer.post(page, since=f"{now - timedelta(days=1):%Y-%m-%d %H:%M}", reason="Found.")
    assert "The time is in the future" in future.text
    assert "Compromised" in marked.text
    assert secret not in listed.text + rotated.text + marked.text
    acts = acts_in(services, None)[-2:]
    assert [(act.action, act.reason) for act in acts] == [
        (AuditAction.ISSUER_KEYS_ROTATED, "Yearly rotation."),
        (AuditAction.ISSUER_KEY_COMPROMISED, "Found."),
    ]
    assert officer.get(f"{KEYS}nobody/rotate/").status == 404
