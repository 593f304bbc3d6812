"""Access tokens of people, clients and devices, each by the grant that issues them."""

from collections.abc import Collection
from datetime import datetime, timedelta
from functools import cached_property
from uuid import UUID

from accounts.domain.access import (
    OPERATOR,
    PASSWORD,
    Authentication,
    GrantType,
    OrganizationId,
    Scope,
    UserId,
)
from accounts.domain.identity.entities.tokens import TokenPair
from accounts.domain.oauth.entities.authorizations import DeviceStatus, Permission
from accounts.domain.oauth.entities.clients import SERVICE_SCOPES, OAuthClient
from accounts.domain.oauth.services.grants import ApprovedDevice
from tests.support.application import Application, Caller, Person
from tests.support.relying import CALLBACK, challenge_of, registered


class Tokens:
    """Issues tokens through the services of the token endpoint, which needs a database itself."""

    def __init__(self, application: Application) -> None:
        self._services = application.services
        self._application = application

    @cached_property
    def _client(self) -> OAuthClient:
        grant_types = frozenset({GrantType.AUTHORIZATION_CODE, GrantType.DEVICE_CODE})
        return registered(self._application, grant_types=grant_types).client

    @property
    def _now(self) -> datetime:
        return self._services.ports.clock.now()

    def of_service_client(self, org_id: str) -> Caller:
        """A new service client of the organization, with every scope that one can have."""
        client = self._services.service_clients.register(
            OrganizationId(UUID(org_id)),
            name="Timetable",
            scopes=SERVICE_SCOPES,
            expires_at=self._now + timedelta(days=30),
            by=OPERATOR,
        ).client
        pair = self._services.grants.redeem_client_credentials(
            client, scopes=SERVICE_SCOPES, resource=""
        )
        return Caller(pair.access_token)

    def by_code(
        self,
        person: Person,
        scopes: Collection[Scope],
        *,
        age: timedelta = timedelta(),
        resource: str = "",
    ) -> Caller:
        """The person through a client that they granted these scopes, after a sign-in of this age.

        Without a resource, the token is for the API.
        """
        grants = self._services.grants
        code = self._services.authorizations.issue_code(
            self._client,
            Permission(
                user_id=UserId(UUID(person.id)), scopes=frozenset(scopes), resource=resource
            ),
            authentication=Authentication(at=self._now - age, methods=(PASSWORD,)),
            redirect_uri=CALLBACK,
            code_challenge=challenge_of("verifier"),
        )

        def exchange() -> TokenPair:
            redemption = grants.find_code(code, self._client)
            assert redemption is not None
            return grants.redeem_code(redemption, self._client)

        return Caller(grants.atomically(exchange).access_token)

    def by_device(self, person: Person, scopes: Collection[Scope]) -> Caller:
        """The person through a device that they allowed with these scopes (RFC 8628)."""
        grants, devices = self._services.grants, self._services.devices
        started = devices.start(self._client, scopes=scopes)
        devices.decide(
            started.user_code,
            DeviceStatus.ALLOWED,
            user_id=UserId(UUID(person.id)),
            authentication=Authentication(at=self._now, methods=(PASSWORD,)),
        )

        def exchange() -> TokenPair:
            approved = grants.find_device(started.device_code, self._client)
            assert isinstance(approved, ApprovedDevice)
            return grants.redeem_device(approved, self._client)

        return Caller(grants.atomically(exchange).access_token)
