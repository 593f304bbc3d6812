"""What a client may learn of the person whose token it has (OpenID Connect Core §5.3)."""

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
        """The claims that the scopes of the asker's token open. Raises PersonNeeded, IdentityScopeNeeded."""
        if IdentityScope.OPENID not in by.scopes:
            raise IdentityScopeNeeded
        user = self.users.get(by.person)
        claims = PersonClaims(user_id=user.id)
        if IdentityScope.PROFILE in by.scopes:
            claims = claims.named(user.name)
        if IdentityScope.EMAIL in by.scopes:
            is_verified = self.verified_emails.find(user.id) == user.email
            claims = claims.reached_at(user.email, is_verified=is_verified)
        return claims

    def id_token(self, client: OAuthClient, claims: IdClaims, *, access_token: str) -> str:
        """What the client is told of the sign-in, in the form that it has asked for."""
        return self.id_tokens.issue(
            claims,
            access_token=access_token,
            algorithm=client.terms.id_token_algorithm,
            at=self.clock.now(),
        )

    def hinted(self, id_token: str) -> IdClaims | None:
        """Whom an ID token of ours is about, however old it is; None for anything else."""
        return self.id_tokens.read_hint(id_token)
