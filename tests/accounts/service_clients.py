"""Programs of organizations."""

from datetime import timedelta

from django.utils import timezone

from accounts.domain.entities import OPERATOR, OAuthClient, Organization
from tests.support.house import House


def a_service_client(
    house: House, organization: Organization, name: str = "Timetable"
) -> OAuthClient:
    registered = house.services.service_clients.register(
        organization.id,
        name=name,
        scopes=["courses:read"],
        expires_at=timezone.now() + timedelta(days=30),
        by=OPERATOR,
    )
    return registered.client
