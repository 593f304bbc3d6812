"""Claims about users, in ID tokens and at the UserInfo endpoint (OpenID Connect Core §2, §5.3)."""

from dataclasses import dataclass

from accounts.domain.access import Principal
from accounts.domain.identity.repositories.protocols import UserRepository, VerifiedEmailRepository
from accounts.domain.oauth.entities.clients import IdentityScope, OAuthClient
from accounts.domain.oauth.entities.id_tokens import IdClaims, PersonClaims
from accounts.domain.oauth.errors import IdentityScopeNeeded
from accounts.domain.oauth.ports import IdTokens
from authsvc.kernel.clock import Clock


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimsService:
    users: UserRepository
    verified_emails: VerifiedEmailRepository
    id_tokens: IdTokens
    clock: Clock

    def of(self, by: Principal) -> PersonClaims:
        """The claims that the scopes of the caller's token cover. Raises PersonNeeded, IdentityScopeNeeded."""
        if IdentityScope.OPENID not in by.scopes:
            raise IdentityScopeNeeded
        user = self.users.get(by.person)
        claims = PersonClaims(user_id=user.id)
        if IdentityScope.PROFILE in by.scopes:
            claims = claims.with_name(user.name)
        if IdentityScope.EMAIL in by.scopes:
            verified = self.verified_emails.find(user.id)
            claims = claims.with_email(user.email if verified == user.email else None)
        return claims

    def id_token(self, client: OAuthClient, claims: IdClaims, *, access_token: str) -> str:
        """An ID token, signed with the algorithm that the client has registered."""
        return self.id_tokens.issue(
            claims,
            access_token=access_token,
            algorithm=client.terms.id_token_algorithm,
            at=self.clock.now(),
        )

    def of_hint(self, id_token: str) -> IdClaims | None:
        """The claims of an ID token that we issued, expired or not; None for anything else."""
        return self.id_tokens.read_hint(id_token)
