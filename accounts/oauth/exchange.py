"""Exchange state: what authsvc attaches to a request of oauthlib.

oauthlib hands one `Request` from the validator to the grant, the token generators and back. Everything that our code
passes along on that way is in one `Exchange`, and everything that it reads from a `Request` goes through here.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass, field

from oauthlib.common import Request

from accounts.domain.access import Authentication, RequestedClaims, UserId
from accounts.domain.identity.entities.tokens import TokenPair
from accounts.domain.oauth.entities.client_documents import is_document_url
from accounts.domain.oauth.entities.clients import OAuthClient
from accounts.domain.oauth.entities.id_tokens import IdClaims
from accounts.oauth.errors import InvalidTarget
from authsvc.http.protected_resource import AGENTS_PATH, API_PATH, resource_url


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval:
    """The user who approves an authorization request, and how they signed in."""

    user_id: UserId
    authentication: Authentication


@dataclass(frozen=True, slots=True, kw_only=True)
class ValidGrant:
    """A grant that the validator has accepted.

    `redeem` takes the scopes that oauthlib has settled on and issues the tokens. `claims` are those of the ID token, if
    a user is behind the grant.
    """

    scopes: tuple[str, ...]
    redeem: Callable[[Collection[str]], TokenPair]
    claims: IdClaims | None = None


@dataclass(slots=True, kw_only=True)
class Exchange:
    """The state of one request: `resource` is empty for our own API (RFC 8707)."""

    approval: Approval | None = None
    claims: RequestedClaims = field(default_factory=RequestedClaims)
    resource: str = ""
    grant: ValidGrant | None = None
    tokens: TokenPair | None = None

    @property
    def approved_by(self) -> Approval:
        if self.approval is None:
            raise RuntimeError("No user has approved this authorization request.")
        return self.approval

    @property
    def valid_grant(self) -> ValidGrant:
        if self.grant is None:
            raise RuntimeError("The validator has not accepted a grant in this token request.")
        return self.grant

    @property
    def issued(self) -> TokenPair:
        if self.tokens is None:
            raise RuntimeError("The grant of this token request has not been redeemed.")
        return self.tokens

    def redeem(self, scopes: Collection[str]) -> TokenPair:
        """Redeem the accepted grant. Raises what its service raises."""
        self.tokens = self.valid_grant.redeem(scopes)
        return self.tokens


def exchange_of(request: Request) -> Exchange:
    """The exchange of this request, which is attached on first use."""
    exchange: Exchange | None = getattr(request, "exchange", None)
    if exchange is None:
        exchange = request.exchange = Exchange()
    return exchange


def client_of(request: Request) -> OAuthClient:
    """The client of a request, once the validator has identified it."""
    client: OAuthClient = request.client
    return client


def scopes_of(request: Request) -> list[str]:
    """The scopes that apply to a request, as oauthlib has settled on them so far."""
    scopes: list[str] = request.scopes
    return scopes


def accept(request: Request, grant: ValidGrant) -> None:
    """Attach the grant, and tell oauthlib its scopes."""
    exchange_of(request).grant = grant
    request.scopes = list(grant.scopes)


def our_api() -> str:
    """The resource identifier of our own API."""
    return resource_url(API_PATH)


def agents_endpoint() -> str:
    """The resource identifier of our endpoint for agents, for which every client can request tokens."""
    return resource_url(AGENTS_PATH)


def requested_resource(request: Request) -> str:
    """The resource that the client requests a token for; empty for our own API. Raises InvalidTarget.

    Clients with a metadata document can request tokens for the endpoint for agents alone.
    """
    resource: str | None = request.resource
    if resource == agents_endpoint():
        return resource
    if is_document_url(client_of(request).client_id):
        raise InvalidTarget(request=request)
    if not resource or resource == our_api():
        return ""
    if resource not in client_of(request).terms.resources:
        raise InvalidTarget(request=request)
    return resource
