"""Access tokens, refresh tokens and token pairs: issue, verify, rotate, revoke."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import uuid5

from accounts.domain.access import (
    PASSWORD,
    SECOND_FACTOR,
    Authentication,
    InsufficientAuthentication,
    Principal,
    Role,
    SessionId,
)
from accounts.domain.identity.entities.security_log import SecurityEvent
from accounts.domain.identity.entities.sessions import (
    RefreshToken,
    Session,
    SessionEnd,
    SessionPolicy,
    SignInPolicy,
)
from accounts.domain.identity.entities.tokens import AccessClaims, TokenFacts, TokenPair
from accounts.domain.identity.entities.users import User
from accounts.domain.identity.errors import InvalidRefreshToken, InvalidToken
from accounts.domain.identity.ports import AccessTokens, OpaqueTokens
from accounts.domain.identity.repositories.protocols import (
    RefreshTokenRepository,
    SessionRepository,
    UserRepository,
)
from accounts.domain.identity.services.security_log import SecurityLog
from authsvc.kernel.clock import Clock
from authsvc.kernel.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessService:
    """The callers behind access tokens, and how they signed in.

    Admins whose sign-in lacks the second factor that staff need keep no right of their role until they sign in with it.
    """

    sessions: SessionRepository
    access_tokens: AccessTokens
    policy: SignInPolicy
    clock: Clock

    def principal_of(self, access_token: str) -> Principal:
        """The caller with this token, with the rights of their current roles. Raises InvalidToken."""
        return self._principal_of(access_token)

    def agent_of(self, access_token: str, *, resource: str) -> Principal:
        """Like `principal_of`, for a token of the endpoint for agents at *resource*. Raises InvalidToken."""
        return self._principal_of(access_token, resource=resource)

    def leaving(self, access_token: str) -> Principal:
        """Like `principal_of`, and of a session that has ended, too. Raises InvalidToken."""
        return self._principal_of(access_token, is_end_accepted=True)

    def _principal_of(
        self, access_token: str, *, resource: str = "", is_end_accepted: bool = False
    ) -> Principal:
        now = self.clock.now()
        claims = self.access_tokens.verify(access_token, resource=resource, at=now)
        state = self.sessions.state_of(claims.session_id)
        if state is None or state.user_id != claims.user_id:
            raise InvalidToken
        if not (state.accepts_tokens(at=now) or (is_end_accepted and state.ended_at is not None)):
            raise InvalidToken
        rights = state.rights
        is_withheld = self._lacks_second_factor(state.roles, claims.authentication)
        return Principal(
            user_id=claims.user_id,
            roles=state.roles,
            rights=frozenset() if is_withheld else rights,
            withheld=rights if is_withheld else frozenset(),
            scopes=claims.scopes,
            client_id=claims.client_id,
            session_id=claims.session_id,
            memberships=state.standing,
            authentication=claims.authentication,
            claims=state.claims,
            is_agent=bool(resource),
        )

    def require_fresh(self, by: Principal) -> None:
        """Raise InsufficientAuthentication unless the caller signed in recently, or is a client itself."""
        if by.user_id is None or self.policy.is_fresh(by.authentication, at=self.clock.now()):
            return
        needs_second_factor = self.policy.requires_second_factor(is_staff=Role.ADMIN in by.roles)
        raise InsufficientAuthentication(
            acr_values=SECOND_FACTOR if needs_second_factor else PASSWORD,
            max_age=int(self.policy.fresh_for.total_seconds()),
        )

    def public_keys(self) -> Mapping[str, object]:
        """The JSON Web Key Set (RFC 7517) that verifies access tokens."""
        return self.access_tokens.public_keys(at=self.clock.now())

    def _lacks_second_factor(
        self, roles: tuple[Role, ...], authentication: Authentication | None
    ) -> bool:
        has_second_factor = authentication is not None and authentication.has_second_factor
        is_staff = Role.ADMIN in roles
        return self.policy.requires_second_factor(is_staff=is_staff) and not has_second_factor


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenPairs:
    """Issues pairs of tokens, inside the unit of work of the calling service.

    Each refresh token of a session but the first is derived from the one before. So a client that redeems one twice
    within the grace period, because a response was lost or two tabs refresh at once, gets the same pair, although only
    hashes are stored. *scopes* narrow those of the session.
    """

    refresh_tokens: RefreshTokenRepository
    access_tokens: AccessTokens
    opaque_tokens: OpaqueTokens
    policy: SessionPolicy

    def access_only(self, session: Session, user: User | None, *, at: datetime) -> TokenPair:
        """An access token and no refresh token."""
        return self._pair(session, user, secret="", number=0, issued_at=at, at=at)

    def initial(self, session: Session, user: User, *, at: datetime) -> TokenPair:
        secret = self.opaque_tokens.new()
        self._save(session, secret=secret, number=1, at=at)
        return self._pair(session, user, secret=secret, number=1, issued_at=at, at=at)

    def may_repeat(self, token: RefreshToken, secret: str, *, at: datetime) -> bool:
        """Whether the token was redeemed within the grace period and its successor is unused."""
        if token.used_at is None or at >= token.used_at + self.policy.repeats_within:
            return False
        successor = self.refresh_tokens.find(
            self.opaque_tokens.hash(self._successor(token, secret))
        )
        return successor is not None and successor.used_at is None

    def rotated(
        self,
        token: RefreshToken,
        secret: str,
        session: Session,
        user: User,
        *,
        scopes: Collection[str] | None = None,
        at: datetime,
    ) -> TokenPair:
        """The pair that replaces the token, which the caller has locked."""
        successor, number = self._successor(token, secret), token.number + 1
        if token.used_at is None:
            self.refresh_tokens.save(replace(token, used_at=at))
            self._save(session, secret=successor, number=number, at=at)
        return self._pair(
            session if scopes is None else replace(session, scopes=session.scopes & set(scopes)),
            user,
            secret=successor,
            number=number,
            issued_at=token.used_at or at,
            at=at,
        )

    def _successor(self, token: RefreshToken, secret: str) -> str:
        return self.opaque_tokens.successor(
            secret, family=str(token.session_id), number=token.number + 1
        )

    def _save(self, session: Session, *, secret: str, number: int, at: datetime) -> None:
        self.refresh_tokens.add(
            RefreshToken(
                hash=self.opaque_tokens.hash(secret),
                session_id=session.id,
                number=number,
                issued_at=at,
                expires_at=min(at + self.policy.refresh_within, session.expires_at),
            )
        )

    def _pair(
        self,
        session: Session,
        user: User | None,
        *,
        secret: str,
        number: int,
        issued_at: datetime,
        at: datetime,
    ) -> TokenPair:
        claims = AccessClaims(
            token_id=uuid5(session.id, f"access token {number}"),
            user_id=user.id if user else None,
            session_id=session.id,
            client_id=session.client_id,
            scopes=session.scopes,
            audience=session.resource,
            authentication=session.authentication,
        )
        roles = user.roles if user else ()
        remaining = issued_at + self.access_tokens.lifetime - at
        return TokenPair(
            access_token=self.access_tokens.issue(claims, roles=roles, at=issued_at),
            refresh_token=secret,
            expires_in_seconds=int(remaining.total_seconds()),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Renewal:
    """A verified refresh token that has not been redeemed yet, with its session and user."""

    token: RefreshToken
    secret: str = field(repr=False)
    session: Session
    user: User


@dataclass(frozen=True, slots=True, kw_only=True)
class Renewals:
    """Verifies and redeems refresh tokens, inside the unit of work of the calling service."""

    users: UserRepository
    sessions: SessionRepository
    refresh_tokens: RefreshTokenRepository
    pairs: TokenPairs
    opaque_tokens: OpaqueTokens
    security_log: SecurityLog

    def find(self, secret: str, *, client_id: str, at: datetime) -> Renewal | None:
        """Verify the client's token; None if it was reused, which ends its session.

        Raises InvalidRefreshToken, also for the token of another client.
        """
        token = self.refresh_tokens.find_for_update(self.opaque_tokens.hash(secret))
        if token is None:
            raise InvalidRefreshToken
        session = self.sessions.get_for_update(token.session_id)
        if session.client_id != client_id or session.user_id is None:
            raise InvalidRefreshToken
        user = self.users.get(session.user_id)
        is_accepted = session.is_live(at=at) and user.is_active
        if token.used_at is None and not (is_accepted and at < token.expires_at):
            raise InvalidRefreshToken
        if token.used_at is None or (is_accepted and self.pairs.may_repeat(token, secret, at=at)):
            return Renewal(token=token, secret=secret, session=session, user=user)
        self._end(session, at=at)
        return None

    def redeem(
        self, renewal: Renewal, *, scopes: Collection[str] | None = None, at: datetime
    ) -> TokenPair:
        self.security_log.record_session(SecurityEvent.TOKENS_REFRESHED, renewal.session)
        return self.pairs.rotated(
            renewal.token, renewal.secret, renewal.session, renewal.user, scopes=scopes, at=at
        )

    def _end(self, session: Session, *, at: datetime) -> None:
        because = SessionEnd.TOKEN_REUSED
        self.sessions.save(session.ended(at=at, because=because))
        self.security_log.record_session(SecurityEvent.REFRESH_TOKEN_REUSED, session)
        self.security_log.record_ends(session, because=because)


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenService:
    """Token introspection (RFC 7662) and revocation (RFC 7009) for clients."""

    sessions: SessionRepository
    refresh_tokens: RefreshTokenRepository
    access_tokens: AccessTokens
    opaque_tokens: OpaqueTokens
    security_log: SecurityLog
    unit_of_work: UnitOfWork
    clock: Clock

    def introspect(self, token: str, *, client_id: str) -> TokenFacts | None:
        """The facts of an active token of this client; None if it is inactive or another client's."""
        now = self.clock.now()
        facts = self._facts_of_access_token(token, at=now) or self._facts_of_refresh_token(
            token, at=now
        )
        return facts if facts is not None and facts.client_id == client_id else None

    def revoke(self, token: str, *, client_id: str) -> bool:
        """End the session of a token of this client; return whether there was one (RFC 7009 §2.1)."""
        session_id = self._session_of(token)
        if session_id is None:
            return False
        with self.unit_of_work.atomic():
            session = self.sessions.get_for_update(session_id)
            if session.client_id != client_id:
                return False
            self.sessions.save(session.ended(at=self.clock.now(), because=SessionEnd.REVOKED))
            self.security_log.record_session(SecurityEvent.TOKEN_REVOKED, session)
            self.security_log.record_ends(session, because=SessionEnd.REVOKED)
        return True

    def _session_of(self, token: str) -> SessionId | None:
        try:
            claims = self.access_tokens.inspect(token, at=self.clock.now()).claims
        except InvalidToken:
            refresh_token = self.refresh_tokens.find(self.opaque_tokens.hash(token))
            return refresh_token.session_id if refresh_token else None
        return claims.session_id if self.sessions.state_of(claims.session_id) else None

    def _facts_of_access_token(self, token: str, *, at: datetime) -> TokenFacts | None:
        try:
            signed = self.access_tokens.inspect(token, at=at)
        except InvalidToken:
            return None
        claims = signed.claims
        state = self.sessions.state_of(claims.session_id)
        if state is None or not state.accepts_tokens(at=at):
            return None
        return TokenFacts(
            is_access_token=True,
            token_id=claims.token_id,
            client_id=claims.client_id,
            user_id=claims.user_id,
            scopes=claims.scopes,
            resource=claims.audience,
            authentication=claims.authentication,
            issued_at=signed.issued_at,
            expires_at=min(signed.expires_at, state.expires_at),
        )

    def _facts_of_refresh_token(self, token: str, *, at: datetime) -> TokenFacts | None:
        row = self.refresh_tokens.find_with_session(self.opaque_tokens.hash(token))
        if row is None:
            return None
        refresh_token, session = row
        state = self.sessions.state_of(session.id)
        is_accepted = state is not None and state.accepts_tokens(at=at)
        is_redeemable = refresh_token.used_at is None and at < refresh_token.expires_at
        if not is_redeemable or not is_accepted:
            return None
        return TokenFacts(
            is_access_token=False,
            token_id=None,
            client_id=session.client_id,
            user_id=session.user_id,
            scopes=session.scopes,
            resource=session.resource,
            authentication=session.authentication,
            issued_at=refresh_token.issued_at,
            expires_at=refresh_token.expires_at,
        )
