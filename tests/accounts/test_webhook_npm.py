"""The npm package `standardwebhooks` accepts our messages and refuses others. It is installed for this test."""

import json
import shutil
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final
from uuid import uuid4

import pytest

from accounts.adapters.opaque_tokens import Encryptor
from accounts.adapters.signing_secrets import EncryptedSecrets
from accounts.domain.integrations.entities.messages import WebhookMessage
from authsvc.events.entities import RecordedEvent
from tests.support.patience import PATIENCE
from tests.support.webhooks import learned

pytestmark = [pytest.mark.nightly, pytest.mark.memory]

PACKAGE: Final = "standardwebhooks@1"
SCRIPT: Final = """
const { Webhook } = require("standardwebhooks");
const cases = JSON.parse(require("fs").readFileSync(0, "utf8"));
console.log(JSON.stringify(cases.map(({ secret, headers, body }) => {
  try { return new Webhook(secret).verify(body, headers).type; } catch (error) { return "refused"; }
})));
"""


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the package."""
    npm, folder = shutil.which("npm"), tmp_path_factory.mktemp("node")
    if npm is None or shutil.which("node") is None:
        pytest.skip("node and npm are not installed")
    installed = subprocess.run(
        [npm, "install", "--no-audit", "--no-fund", PACKAGE],
        cwd=folder,
        check=False,
        capture_output=True,
        timeout=PATIENCE,
    )
    if installed.returncode:
        pytest.skip("the npm registry cannot be reached")
    return folder


def test_the_package_accepts_our_messages_and_refuses_others(node: Path) -> None:
    secrets, now = EncryptedSecrets(Encryptor("test")), datetime.now(UTC)
    new, old, other = secrets.new(), secrets.new(), secrets.new()
    message = WebhookMessage.of(RecordedEvent(position=7, event=learned()))
    headers, body = message.headers([new, old], at=now), message.body.decode()
    unsigned = {name: text for name, text in headers.items() if name != "webhook-signature"}
    late, early = (
        message.headers([new], at=now + timedelta(minutes=minutes)) for minutes in (-6, 6)
    )
    cases = [
        (new, headers, body),
        (old, headers, body),
        (other, headers, body),
        (new, headers, f"{body} "),
        (new, headers | {"webhook-id": str(uuid4())}, body),
        (new, unsigned, body),
        (new, late, body),
        (new, early, body),
    ]

    run = subprocess.run(
        ["node", "-e", SCRIPT],  # noqa: S607  # its place differs between systems
        cwd=node,
        input=json.dumps(
            [{"secret": secret, "headers": sent, "body": text} for secret, sent, text in cases]
        ),
        check=True,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )

    assert json.loads(run.stdout) == ["membership.added"] * 2 + ["refused"] * 6
