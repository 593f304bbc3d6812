"""Claims about users: those of each scope, and those that clients request one by one (OpenID Connect Core §5)."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from accounts.domain.access import RequestedClaims
from accounts.domain.identity.entities.profiles import PROFILE_MEMBERS
from accounts.domain.oauth.entities.clients import IdentityScope

CLAIMS_OF_SCOPE: Final[Mapping[str, tuple[str, ...]]] = {
    IdentityScope.PROFILE: (
        "name",
        *(member for member in PROFILE_MEMBERS if member not in {"phone_number", "address"}),
        "updated_at",
    ),
    IdentityScope.EMAIL: ("email", "email_verified"),
    IdentityScope.PHONE: ("phone_number", "phone_number_verified"),
    IdentityScope.ADDRESS: ("address",),
    IdentityScope.ORGANIZATIONS: ("organizations", "roles"),
}
SCOPE_OF_CLAIM: Final[Mapping[str, str]] = {
    claim: scope for scope, claims in CLAIMS_OF_SCOPE.items() for claim in claims
}


def claims_of(scopes: Collection[str]) -> frozenset[str]:
    """The claims about a user that these scopes cover."""
    return frozenset(claim for scope in scopes for claim in CLAIMS_OF_SCOPE.get(scope, ()))


def scopes_covering(claims: Collection[str]) -> frozenset[str]:
    """The scopes that cover these claims, which is what the user is asked to consent to."""
    return frozenset(SCOPE_OF_CLAIM[claim] for claim in claims)


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimsRequest:
    """The parameter `claims` of an authorization request (§5.5).

    `subject` is the user that the client wants, None for anyone. `contexts` are the values of `acr` in order of
    preference; the sign-in must have one of them if `needs_context`. Other claims are given if the user has them,
    whether or not they are requested as essential, and whatever values are requested.
    """

    requested: RequestedClaims = field(default_factory=RequestedClaims)
    subject: str | None = None
    contexts: tuple[str, ...] = ()
    needs_context: bool = False

    @classmethod
    def of(cls, members: Any, *, allowed_scopes: Collection[str]) -> "ClaimsRequest":
        """The request, without unknown claims and those of scopes that the client may not request.

        Raises ValueError, with a sentence that says what is wrong with the members.
        """
        parts = {name: _part_of(members, name) for name in ("userinfo", "id_token")}
        known = claims_of(allowed_scopes)
        context = _member_of(parts["id_token"], "acr")
        subjects = {
            subject
            for part in parts.values()
            for subject in _values_of(_member_of(part, "sub"), "sub")
        }
        if len(subjects) > 1:
            msg = "The claims request names more than one user."
            raise ValueError(msg)
        contexts = _values_of(context, "acr")
        return cls(
            requested=RequestedClaims(
                userinfo=known.intersection(parts["userinfo"]),
                id_token=known.intersection(parts["id_token"]),
            ),
            subject=next(iter(subjects), None),
            contexts=contexts,
            needs_context=bool(contexts) and context.get("essential") is True,
        )


def _part_of(members: Any, name: str) -> Mapping[str, Any]:
    if not isinstance(members, dict):
        msg = "The parameter claims must be a JSON object."
        raise ValueError(msg)  # noqa: TRY004  # an invalid value, which the caller reports as such
    part = members.get(name)
    if part is not None and not isinstance(part, dict):
        msg = f"The member {name} of claims must be a JSON object."
        raise ValueError(msg)
    for claim, wish in (part or {}).items():
        if wish is not None and not isinstance(wish, dict):
            msg = f"The request for the claim {claim} must be null or a JSON object."
            raise ValueError(msg)
    return part or {}


def _member_of(part: Mapping[str, Any], claim: str) -> Mapping[str, Any]:
    return part.get(claim) or {}


def _values_of(wish: Mapping[str, Any], claim: str) -> tuple[str, ...]:
    """The values of `value` and `values`. Raises ValueError unless they are texts."""
    values = wish.get("values", [])
    if "value" in wish:
        values = [wish["value"]]
    if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
        msg = f"The values of the claim {claim} must be texts."
        raise ValueError(msg)
    return tuple(values)
