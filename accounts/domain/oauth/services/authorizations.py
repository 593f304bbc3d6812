"""Authorization codes, consents and pushed authorization requests."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from uuid import uuid4

from accounts.domain.access import ClientPk, Principal, SessionId, UserId
from accounts.domain.identity.entities.security_log import SecurityEvent
from accounts.domain.identity.entities.sessions import Authentication, SessionEnd
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
from accounts.domain.oauth.entities.clients import OAuthClient
from accounts.domain.oauth.errors import GrantNotFound
from accounts.domain.oauth.repositories.protocols import (
    AuthorizationCodeRepository,
    ClientRepository,
    ConsentRepository,
    PushedRequestRepository,
)
from authsvc.kernel.clock import Clock
from authsvc.kernel.tenancy import TenantScope
from authsvc.kernel.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthorizationService:
    clients: ClientRepository
    consents: ConsentRepository
    codes: AuthorizationCodeRepository
    sessions: SessionRepository
    opaque_tokens: OpaqueTokens
    security_log: SecurityLog
    unit_of_work: UnitOfWork
    clock: Clock

    def needs_consent(
        self, client: OAuthClient, *, user_id: UserId, scopes: Collection[str]
    ) -> bool:
        """Whether the person has to be asked before the client gets these scopes."""
        if client.terms.is_trusted:
            return False
        consent = self.consents.find(user_id, client.id)
        return consent is None or not consent.covers(scopes)

    def consent(self, client: OAuthClient, *, user_id: UserId, scopes: Collection[str]) -> None:
        """Remember that the person lets the client have these scopes, beside those it had."""
        now = self.clock.now()
        with self.unit_of_work.atomic():
            kept = self.consents.find(user_id, client.id)
            given = kept or Consent(
                user_id=user_id, client_pk=client.id, scopes=frozenset(), given_at=now
            )
            self.consents.keep(given.widened(scopes, at=now))
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
        """A code that the client may exchange once, within a minute, with the verifier of the challenge (RFC 7636)."""
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

    def grants_of(self, by: Principal) -> list[tuple[Consent, OAuthClient]]:
        """What the asker has let clients do, that given first first."""
        return self.consents.for_user(by.person)

    def take_back(self, client_pk: ClientPk, *, by: Principal) -> None:
        """Let the client do nothing more for the asker, with any token it has. Raises GrantNotFound."""
        with self.unit_of_work.atomic():
            if not self.consents.remove(by.person, client_pk):
                raise GrantNotFound
            client_id, because = (
                self.clients.get(client_pk, scope=TenantScope()).client_id,
                SessionEnd.REVOKED,
            )
            self.sessions.end_all_between(
                by.person, client_id, at=self.clock.now(), because=because
            )
            self.security_log.record(
                SecurityEvent.GRANT_TAKEN_BACK, user_id=by.person, client_id=client_id
            )
            self.security_log.record(
                SecurityEvent.SESSIONS_ENDED,
                user_id=by.person,
                client_id=client_id,
                reason=because,
            )

    def remove_expired(self) -> int:
        """Forget codes that nobody can replay any more; answer how many."""
        with self.unit_of_work.atomic():
            return self.codes.remove_expired(before=self.clock.now() - CODE_LIVES)


PUSHED_REQUEST_LIVES: Final = timedelta(seconds=90)
PERSON_TAKES: Final = timedelta(minutes=10)
"""How long somebody may take to sign in and to consent, once his browser has come with the reference."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PushedRequestService:
    requests: PushedRequestRepository
    opaque_tokens: OpaqueTokens
    unit_of_work: UnitOfWork
    clock: Clock

    def push(self, client: OAuthClient, parameters: Mapping[str, str]) -> str:
        """Keep the request, and answer the secret by which it is found."""
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
        """What this client has pushed, if it is not too old."""
        now = self.clock.now()
        with self.unit_of_work.atomic():
            request = self.requests.find(self.opaque_tokens.hash(secret), client.id)
            if request is None or now >= request.expires_at:
                return None
            if not request.is_opened:
                self.requests.save(request.opened(until=now + PERSON_TAKES))
        return request.parameters

    def take(self, secret: str) -> bool:
        """Use the request up; answer whether nobody had (RFC 9126 §4)."""
        with self.unit_of_work.atomic():
            return self.requests.remove(self.opaque_tokens.hash(secret))

    def remove_expired(self) -> int:
        """Forget what no browser can refer to any more; answer how many."""
        with self.unit_of_work.atomic():
            return self.requests.remove_expired(before=self.clock.now())
