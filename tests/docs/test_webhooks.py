"""docs/webhooks.md: its example is a message, its function verifies ours, and its numbers are those of the code."""

import json
import shlex
import time
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from accounts.adapters.opaque_tokens import Encryptor
from accounts.adapters.signing_secrets import EncryptedSecrets
from accounts.domain.integrations.entities.deliveries import PAUSES
from accounts.domain.integrations.entities.messages import WebhookMessage
from accounts.domain.integrations.entities.webhooks import LONGEST_OVERLAP, MOST_WEBHOOKS
from accounts.domain.integrations.services.webhook_deliveries import KEPT_FOR
from authsvc.composition.ports import WEBHOOK_SECONDS
from authsvc.events.entities import RecordedEvent
from tests.support.application import Application
from tests.support.documents import fences, page
from tests.support.webhooks import learned

PAGE: Final = page("docs/webhooks.md")
COMMAND, EXAMPLE, FUNCTION = (fence.text for fence in fences(PAGE))


def verifying() -> Any:
    """The function of the page."""
    names: dict[str, Any] = {}
    exec(FUNCTION, names)  # noqa: S102  # the example is what is tested
    return names["is_authentic"]


def test_the_function_accepts_our_messages_and_refuses_others() -> None:
    secrets = EncryptedSecrets(Encryptor("test"))
    old, new, other = secrets.new(), secrets.new(), secrets.new()
    message, now = WebhookMessage.of(RecordedEvent(position=7, event=learned())), datetime.now(UTC)
    headers, is_authentic = message.headers([new, old], at=now), verifying()
    late = message.headers([new], at=now - timedelta(minutes=6))

    assert is_authentic(new, headers, message.body)
    assert is_authentic(old, headers, message.body)
    assert not is_authentic(other, headers, message.body)
    assert not is_authentic(new, headers, message.body + b" ")
    assert not is_authentic(new, late, message.body)
    assert abs(time.time() - now.timestamp()) < 300


def test_the_example_has_the_members_of_a_message() -> None:
    example = json.loads(EXAMPLE)
    sent = json.loads(WebhookMessage.of(RecordedEvent(position=7, event=learned())).body)

    assert example.keys() == sent.keys()
    assert example["data"].keys() == sent["data"].keys()
    assert (example["type"], example["data"]["data"]) == (sent["type"], sent["data"]["data"])


def test_the_command_creates_a_webhook(application: Application) -> None:
    anna = application.signed_in().caller
    org = anna.post("/v1/orgs", {"name": "School of Knots", "slug": "knots"}).json["id"]
    words = shlex.split(COMMAND.replace("\\\n", ""))
    body = words[words.index("-d") + 1]

    answer = anna.post(words[2].removeprefix("$PUBLIC_URL").replace("$ORG", org), json.loads(body))

    assert answer.status == 201
    assert answer.json["secret"].startswith("whsec_")


def test_the_numbers_are_those_of_the_code() -> None:
    text = " ".join(PAGE.split())
    hours = sum(PAUSES, timedelta()).total_seconds() / 3600

    assert "after 30 seconds, 5 and 30 minutes, and 2, 5, 10, 14 and 20 hours" in text
    assert len(PAUSES) + 1 == 9
    assert f"in {round(hours * 0.75)} to {round(hours * 1.25 + 0.5)} hours" in text
    assert f"There can be {MOST_WEBHOOKS} of each." in text
    assert f"at most {LONGEST_OVERLAP.days} days from now" in text
    assert f"for {KEPT_FOR.days} days after they were delivered" in text
    assert f"within {WEBHOOK_SECONDS:.0f} seconds" in text
