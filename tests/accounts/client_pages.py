"""Builders and paths for tests of clients in the admin site."""

import re
from typing import Any, Final

from accounts.domain.access import OPERATOR, ClientPk, GrantType
from accounts.domain.oauth.entities.clients import ClientTerms, IdTokenAlgorithm, OAuthClient
from authsvc.kernel.tenancy import ALL_TENANTS
from tests.support.application import Application
from tests.support.builders import some_client_terms
from tests.support.staff import Page, StaffBrowser, staff_managing

CLIENTS: Final = "accounts/oauthclient/"
NEW: Final[dict[str, Any]] = {
    "name": "Notebook",
    "redirect_uris": " https://app.example/callback \r\n\r\nhttp://127.0.0.1/callback\r\n",
    "post_logout_redirect_uris": "https://app.example/bye",
    "backchannel_logout_uri": "https://app.example/logout",
    "allowed_origins": "https://app.example",
    "allowed_scopes": ["openid", "courses:read"],
    "grant_types": ["authorization_code", "refresh_token"],
    "resources": "https://notes.example/api",
    "id_token_algorithm": "ES256",
    "is_trusted": "on",
    "must_push": "on",
}
TERMS: Final = ClientTerms(
    name="Notebook",
    is_public=False,
    redirect_uris=("https://app.example/callback", "http://127.0.0.1/callback"),
    post_logout_redirect_uris=("https://app.example/bye",),
    backchannel_logout_uri="https://app.example/logout",
    allowed_origins=("https://app.example",),
    allowed_scopes=frozenset({"openid", "courses:read"}),
    grant_types=frozenset({GrantType.AUTHORIZATION_CODE, GrantType.REFRESH_TOKEN}),
    resources=("https://notes.example/api",),
    id_token_algorithm=IdTokenAlgorithm.ES256,
    is_trusted=True,
    must_push=True,
)


def page_of(client: OAuthClient) -> str:
    return f"{CLIENTS}{client.id}/change/"


def settings_of(client: OAuthClient) -> str:
    return f"{page_of(client)}?tab=settings"


def secret_page_of(client: OAuthClient) -> str:
    return f"{CLIENTS}{client.id}/secret/"


def pkce_page_of(client: OAuthClient) -> str:
    return f"{CLIENTS}{client.id}/pkce/"


def registered(application: Application, **terms: Any) -> OAuthClient:
    return application.services.clients.register(some_client_terms(**terms), by=OPERATOR).client


def now(application: Application, client: OAuthClient) -> OAuthClient:
    return application.services.repositories.clients.get(ClientPk(client.id), scope=ALL_TENANTS)


def shown_on(page: Page) -> list[str]:
    """The client ID and, of a confidential client, the secret on the page."""
    return re.findall(r'<code(?: id="secret")?>(.*?)</code>', page.text)


def a_keeper(application: Application) -> StaffBrowser:
    """Staff in a group that may manage clients."""
    return staff_managing(application, "oauthclient")
