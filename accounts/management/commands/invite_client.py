"""Initial access tokens for client registration (RFC 7591 §3)."""

from typing import Any

from django.conf import settings
from django.urls import reverse

from accounts.public import OPERATOR
from authsvc.composition.container import services
from authsvc.management.base import OperatorCommand


class Command(OperatorCommand):
    help = (
        "Print an initial access token, which allows registering clients at /oauth/register for a day. Give it only "
        "to the developers of the client."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        resource = f"{settings.ENVIRONMENT.public_url}{reverse('oauth_register')}"
        self.stdout.write(services().registrations.invite(resource=resource, by=OPERATOR))
