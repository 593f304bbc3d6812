"""Authorization codes, consents and pushed authorization requests."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from uuid import uuid4

from accounts.domain.access import Authentication, ClientPk, Principal, SessionId, UserId
from accounts.domain.identity.entities.security_log import SecurityEvent
from accounts.domain.identity.entities.sessions import SessionEnd
from accounts.domain.identity.ports import OpaqueTokens
from accounts.domain.identity.repositories.protocols import SessionRepository
from accounts.domain.identity.services.security_log import SecurityLog
from accounts.domain.oauth.entities.authorizations import (
    CODE_LIVES,
    AuthorizationCode,
    Consent,
    Permission,
    PushedRequest,
)
from accounts.domain.oauth.entities.client_documents import is_document_url
from accounts.domain.oauth.entities.clients import OAuthClient
from accounts.domain.oauth.errors import GrantNotFound
from accounts.domain.oauth.repositories.protocols import (
    AuthorizationCodeRepository,
    ClientRepository,
    ConsentRepository,
    DeviceCodeRepository,
    PushedRequestRepository,
)
from accounts.domain.oauth.services.clients import ClientService
from authsvc.kernel.clock import Clock
from authsvc.kernel.paging import Page, PageRequest
from authsvc.kernel.tenancy import TenantScope
from authsvc.kernel.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthorizationService:
    clients: ClientRepository
    registrar: ClientService
    consents: ConsentRepository
    codes: AuthorizationCodeRepository
    devices: DeviceCodeRepository
    sessions: SessionRepository
    opaque_tokens: OpaqueTokens
    security_log: SecurityLog
    unit_of_work: UnitOfWork
    clock: Clock

    def needs_consent(
        self,
        client: OAuthClient,
        *,
        user_id: UserId,
        scopes: Collection[str],
        redirect_uri: str,
    ) -> bool:
        """Whether the user must consent before a response with these scopes is sent to that URI.

        Where others could use the identifier of the client, they are asked each time (RFC 9700 §4.1).
        """
        if is_document_url(client.client_id) or not client.is_certain_at(redirect_uri):
            return True
        if client.terms.is_trusted:
            return False
        consent = self.consents.find(user_id, client.id)
        return consent is None or not consent.covers(scopes)

    def consent(self, client: OAuthClient, *, user_id: UserId, scopes: Collection[str]) -> None:
        """Save that the user grants these scopes to the client, in addition to earlier ones.

        A client with a metadata document is stored now, as its document describes it.
        """
        now = self.clock.now()
        with self.unit_of_work.atomic():
            if is_document_url(client.client_id):
                self.registrar.store_described(client)
            earlier = self.consents.find(user_id, client.id)
            consent = earlier or Consent(
                user_id=user_id, client_pk=client.id, scopes=frozenset(), given_at=now
            )
            self.consents.save(consent.widened(scopes, at=now))
            self.security_log.record(
                SecurityEvent.CONSENT_GIVEN, user_id=user_id, client_id=client.client_id
            )

    def issue_code(
        self,
        client: OAuthClient,
        permission: Permission,
        *,
        authentication: Authentication,
        redirect_uri: str,
        code_challenge: str,
    ) -> str:
        """A code that the client can redeem once, within a minute, with the verifier of the challenge (RFC 7636)."""
        code = self.opaque_tokens.new()
        with self.unit_of_work.atomic():
            self.codes.add(
                AuthorizationCode(
                    hash=self.opaque_tokens.hash(code),
                    client_pk=client.id,
                    permission=permission,
                    authentication=authentication,
                    redirect_uri=redirect_uri,
                    code_challenge=code_challenge,
                    expires_at=self.clock.now() + CODE_LIVES,
                    session_id=SessionId(uuid4()),
                )
            )
        return code

    def page_of_grants(
        self, request: PageRequest, *, by: Principal
    ) -> Page[tuple[Consent, OAuthClient]]:
        """The consents that the caller has given, and their clients, oldest first."""
        return self.consents.page_for_user(by.person, request)

    def revoke(self, client_pk: ClientPk, *, by: Principal) -> None:
        """Revoke the access of the client to the caller's data, and all its tokens.

        Raises Impersonating, GrantNotFound.
        """
        by.require_in_person()
        with self.unit_of_work.atomic():
            if not self.consents.remove(by.person, client_pk):
                raise GrantNotFound
            client_id, because = (
                self.clients.get(client_pk, scope=TenantScope()).client_id,
                SessionEnd.REVOKED,
            )
            # First what is pending: this waits for a request that is exchanging it, whose session then ends below.
            self.codes.remove_pending(by.person, client_pk)
            self.devices.remove_pending(by.person, client_pk)
            self.sessions.end_all_between(
                by.person, client_id, at=self.clock.now(), because=because
            )
            self.security_log.record(
                SecurityEvent.GRANT_TAKEN_BACK, user_id=by.person, client_id=client_id
            )
            self.security_log.record_end_of_all(
                user_id=by.person, client_id=client_id, because=because
            )

    def remove_expired(self) -> int:
        """Delete expired codes. Return how many."""
        with self.unit_of_work.atomic():
            return self.codes.remove_expired(before=self.clock.now() - CODE_LIVES)


PUSHED_REQUEST_LIVES: Final = timedelta(seconds=90)
USER_HAS: Final = timedelta(minutes=10)
"""The time to sign in and to consent, once the browser has brought the reference."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PushedRequestService:
    requests: PushedRequestRepository
    opaque_tokens: OpaqueTokens
    unit_of_work: UnitOfWork
    clock: Clock

    def push(self, client: OAuthClient, parameters: Mapping[str, str]) -> str:
        """Save the request. Return the secret that identifies it."""
        secret = self.opaque_tokens.new()
        request = PushedRequest(
            hash=self.opaque_tokens.hash(secret),
            client_pk=client.id,
            parameters=parameters,
            expires_at=self.clock.now() + PUSHED_REQUEST_LIVES,
        )
        with self.unit_of_work.atomic():
            self.requests.add(request)
        return secret

    def open(self, secret: str, client: OAuthClient) -> Mapping[str, str] | None:
        """The parameters that this client has pushed, if they have not expired."""
        now = self.clock.now()
        with self.unit_of_work.atomic():
            request = self.requests.find(self.opaque_tokens.hash(secret), client.id)
            if request is None or now >= request.expires_at:
                return None
            if not request.is_opened:
                self.requests.save(request.opened(until=now + USER_HAS))
        return request.parameters

    def use_up(self, secret: str) -> bool:
        """Mark the request as used. Return whether it was unused (RFC 9126 §4)."""
        with self.unit_of_work.atomic():
            return self.requests.remove(self.opaque_tokens.hash(secret))

    def remove_expired(self) -> int:
        """Delete expired requests. Return how many."""
        with self.unit_of_work.atomic():
            return self.requests.remove_expired(before=self.clock.now())
