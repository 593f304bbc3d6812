"""Letting a client do something for a person: consent, and the code that stands for it."""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import uuid4

from accounts.domain.entities import (
    CODE_LIVES,
    AuditEvent,
    Authentication,
    AuthorizationCode,
    ClientPk,
    Consent,
    OAuthClient,
    Permission,
    Principal,
    SessionEnd,
    SessionId,
    UserId,
)
from accounts.domain.errors import GrantNotFound
from accounts.domain.ports import OpaqueTokens
from accounts.domain.repositories.protocols import (
    AuthorizationCodeRepository,
    ClientRepository,
    ConsentRepository,
    SessionRepository,
)
from accounts.domain.services.audit import Audit
from authsvc.kernel.clock import Clock
from authsvc.kernel.reach import Reach
from authsvc.kernel.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthorizationService:
    clients: ClientRepository
    consents: ConsentRepository
    codes: AuthorizationCodeRepository
    sessions: SessionRepository
    opaque_tokens: OpaqueTokens
    audit: Audit
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
            self.audit.note(AuditEvent.CONSENT_GIVEN, user_id=user_id, client_id=client.client_id)

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
                self.clients.get(client_pk, within=Reach()).client_id,
                SessionEnd.REVOKED,
            )
            self.sessions.end_all_between(
                by.person, client_id, at=self.clock.now(), because=because
            )
            self.audit.note(AuditEvent.GRANT_TAKEN_BACK, user_id=by.person, client_id=client_id)
            self.audit.note(
                AuditEvent.SESSIONS_ENDED,
                user_id=by.person,
                client_id=client_id,
                reason=because,
            )

    def remove_expired(self) -> int:
        """Forget codes that nobody can replay any more; answer how many."""
        with self.unit_of_work.atomic():
            return self.codes.remove_expired(before=self.clock.now() - CODE_LIVES)
