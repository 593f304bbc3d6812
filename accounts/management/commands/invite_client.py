"""Let the makers of a client register it."""

from typing import Any

from django.conf import settings
from django.urls import reverse

from accounts.public import OPERATOR
from authsvc.composition.container import services
from authsvc.management.base import OperatorCommand


class Command(OperatorCommand):
    help = (
        "Print an initial access token. For a day, whoever has it can register clients at /oauth/register, so hand it "
        "to nobody but the makers of the client."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        resource = f"{settings.ENVIRONMENT.public_url}{reverse('oauth_register')}"
        self.stdout.write(services().registrations.invite(resource=resource, by=OPERATOR))
