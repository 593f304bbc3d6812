"""Webhook messages: signatures, headers and bodies of Standard Webhooks."""

import json
from base64 import b64decode, b64encode
from datetime import UTC, datetime, timedelta, timezone
from hashlib import sha256
from hmac import digest
from typing import Final
from uuid import UUID, uuid4

import pytest

from accounts.adapters.opaque_tokens import Encryptor
from accounts.adapters.signing_secrets import PURPOSE, EncryptedSecrets
from accounts.domain.integrations.entities.messages import WebhookMessage, secret_of
from accounts.domain.integrations.errors import UnreadableSecret
from authsvc.events.entities import RecordedEvent
from tests.support.builders import NOON
from tests.support.webhooks import learned

SECRETS: Final = EncryptedSecrets(Encryptor("test", purpose=PURPOSE))
AT: Final = datetime(2026, 3, 1, 12, 0, 0, 999_999, tzinfo=UTC)


def test_a_signature_is_that_of_the_specification() -> None:
    """The example of Standard Webhooks, §Symmetric."""
    message = WebhookMessage(id=UUID(int=1), body=b'{"event_type":"ping","data":{"success":true}}')
    secret = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"

    headers = message.headers([secret], at=AT)

    signed = b"%s.%d.%s" % (str(message.id).encode(), int(AT.timestamp()), message.body)
    key = b64decode("C2FVsBQIhrscChlQIMV+b5sSYspob7oD")
    assert headers == {
        "content-type": "application/json",
        "webhook-id": str(message.id),
        "webhook-timestamp": str(int(AT.timestamp())),
        "webhook-signature": f"v1,{b64encode(digest(key, signed, sha256)).decode()}",
    }


def test_each_secret_adds_a_signature() -> None:
    message, secrets = WebhookMessage.ping(uuid4(), at=AT), [SECRETS.new(), SECRETS.new()]

    both = message.headers(secrets, at=AT)["webhook-signature"].split(" ")

    assert both == [message.headers([secret], at=AT)["webhook-signature"] for secret in secrets]
    assert len(set(both)) == 2


def test_the_body_has_the_event_as_the_feed_shows_it() -> None:
    event = learned(uuid4(), occurred_at=NOON.astimezone(timezone(timedelta(hours=2))))
    recorded = RecordedEvent(position=7, event=event)

    message = WebhookMessage.of(recorded)

    assert message.id == event.id
    assert json.loads(message.body) == {
        "type": "membership.added",
        "timestamp": "2026-03-01T12:00:00Z",
        "data": {
            "id": str(event.id),
            "position": 7,
            "type": "membership.added",
            "occurred_at": "2026-03-01T12:00:00Z",
            "org_id": None,
            "user_id": str(event.user_id),
            "data": {"role": "learner"},
        },
    }


def test_a_secret_has_a_random_key_of_32_bytes() -> None:
    first, second = SECRETS.new(), SECRETS.new()

    assert first != second
    assert first.startswith("whsec_")
    assert len(b64decode(first.removeprefix("whsec_"))) == 32
    assert secret_of(bytes(24)) == "whsec_" + "A" * 32


def test_a_stored_secret_is_encrypted_with_a_key_of_its_own_purpose() -> None:
    secret = SECRETS.new()
    encrypted = SECRETS.encrypt(secret)

    assert secret.removeprefix("whsec_") not in encrypted
    assert SECRETS.decrypt(encrypted) == secret
    for other in (Encryptor("test"), Encryptor("other", purpose=PURPOSE)):
        with pytest.raises(UnreadableSecret):
            EncryptedSecrets(other).decrypt(encrypted)
    assert "test" not in repr(SECRETS)
