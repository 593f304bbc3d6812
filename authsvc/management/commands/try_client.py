"""Trial run of the authorization code flow with the demo client."""

import json
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from authsvc.composition.container import services
from authsvc.demo import samples
from authsvc.demo.clients import DEMO_CLIENT_FILE, DemoClient
from authsvc.demo.walkthrough import TrialFailed, try_code_flow
from authsvc.kernel.outbound import OutboundFailed


class Command(BaseCommand):
    help = (
        "Sign the sample learner in to the demo client of the development server that `make run` has started, and "
        "print what the client receives."
    )
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        client, login = _client_and_login()
        try:
            tokens = try_code_flow(client, login, services().ports.outbound_http)
        except TrialFailed as error:
            raise CommandError(str(error)) from None
        except OutboundFailed:
            msg = f"There is no response from {client.url}. Start the server with `make run`."
            raise CommandError(msg) from None
        self.stdout.write(f"{login.email} has signed in at {client.url}.")
        for name, claims in (("ID token", tokens.id_token), ("userinfo", tokens.userinfo)):
            self.stdout.write(f"{name}: {json.dumps(claims, indent=2)}")


def _client_and_login() -> tuple[DemoClient, samples.Login]:
    """Read the files of prepare_development. Raises CommandError."""
    folder = settings.ENVIRONMENT.data_dir
    try:
        passwords = json.loads((folder / samples.LOGINS).read_text())
        return DemoClient.read(folder / DEMO_CLIENT_FILE), samples.developer_logins(passwords)[1]
    except (OSError, ValueError, KeyError, TypeError):
        raise CommandError(
            f"There is no sample data in {folder}. Prepare it with `make run`."
        ) from None
