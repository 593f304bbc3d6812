"""Claims about users, in ID tokens and at the UserInfo endpoint (OpenID Connect Core §2, §5.3)."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from accounts.domain.access import Principal, UserId
from accounts.domain.identity.entities.users import User
from accounts.domain.identity.repositories.protocols import UserRepository, VerifiedEmailRepository
from accounts.domain.oauth.entities.claims import claims_of
from accounts.domain.oauth.entities.clients import IdentityScope, OAuthClient
from accounts.domain.oauth.entities.id_tokens import IdClaims
from accounts.domain.oauth.errors import IdentityScopeNeeded
from accounts.domain.oauth.ports import IdTokens
from accounts.domain.organizations.repositories.protocols import OrganizationRepository
from authsvc.kernel.clock import Clock


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimsService:
    """Claims that a user has not filled in are left out, as is an address that is not verified."""

    users: UserRepository
    verified_emails: VerifiedEmailRepository
    organizations: OrganizationRepository
    id_tokens: IdTokens
    clock: Clock

    def of(self, by: Principal) -> Mapping[str, Any]:
        """The claims that the caller's token covers. Raises PersonNeeded, IdentityScopeNeeded."""
        if IdentityScope.OPENID not in by.scopes:
            raise IdentityScopeNeeded
        claims = claims_of(by.scopes) | by.claims.userinfo
        return {"sub": str(by.person)} | self._values(by.person, claims)

    def about(self, by: Principal, claims: Collection[str]) -> Mapping[str, Any]:
        """These claims about the caller, for documents of other forms. Raises PersonNeeded."""
        return self._values(by.person, claims)

    def id_token(self, client: OAuthClient, claims: IdClaims, *, access_token: str) -> str:
        """An ID token, signed with the algorithm that the client has registered."""
        requested = claims.requested.id_token
        if client.terms.claims_in_id_token:
            requested |= claims_of(claims.scopes)
        return self.id_tokens.issue(
            claims,
            about_user=self._values(claims.user_id, requested) if requested else {},
            access_token=access_token,
            algorithm=client.terms.id_token_algorithm,
            at=self.clock.now(),
        )

    def of_hint(self, id_token: str) -> IdClaims | None:
        """The claims of an ID token that we issued, expired or not; None for anything else."""
        return self.id_tokens.read_hint(id_token)

    def _values(self, user_id: UserId, claims: Collection[str]) -> dict[str, Any]:
        user = self.users.get(user_id)
        values: dict[str, Any] = user.profile.members | {
            "name": user.name,
            "updated_at": int(user.updated_or_created_at.timestamp()),
            "roles": [role.value for role in user.roles],
        }
        if user.profile.phone_number:
            values["phone_number_verified"] = False
        if user.profile.address:
            values["address"] = {"formatted": user.profile.address}
        if not {"email", "email_verified"}.isdisjoint(claims):
            values |= self._email_of(user)
        if "organizations" in claims:
            values["organizations"] = self._organizations_of(user)
        return {name: value for name, value in values.items() if name in claims and value != ""}

    def _email_of(self, user: User) -> dict[str, Any]:
        """The verified address, or only that there is none: clients take an address for who the user is."""
        if self.verified_emails.find(user.id) == user.email:
            return {"email": user.email, "email_verified": True}
        return {"email_verified": False}

    def _organizations_of(self, user: User) -> list[dict[str, str]]:
        """The active organizations of the user and their role in each."""
        return [
            {
                "id": str(own.organization.id),
                "slug": own.organization.slug,
                "name": own.organization.name,
                "role": own.role.value,
            }
            for own in self.organizations.for_user(user.id)
            if own.organization.is_open and own.role is not None
        ]
