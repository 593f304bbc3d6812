"""Service clients of organizations."""

from datetime import timedelta

from django.utils import timezone

from accounts.domain.access import OPERATOR
from accounts.domain.oauth.entities.clients import OAuthClient
from accounts.domain.organizations.entities import Organization
from tests.support.application import Application


def a_service_client(
    application: Application, organization: Organization, name: str = "Timetable"
) -> OAuthClient:
    registered = application.services.service_clients.register(
        organization.id,
        name=name,
        scopes=["courses:read"],
        expires_at=timezone.now() + timedelta(days=30),
        by=OPERATOR,
    )
    return registered.client
