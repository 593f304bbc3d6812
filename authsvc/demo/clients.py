"""The demo client of a development database, and the file that names it."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from accounts.public import OPERATOR, ClientTerms, GrantType, IdentityScope, OAuthClient, Scope
from authsvc.composition.container import Services
from authsvc.kernel.paging import PageRequest

DEMO_CLIENT_FILE: Final = "demo-client.json"
NAME: Final = "Demo client"
REDIRECT_URI: Final = "http://127.0.0.1/callback"
SCOPES: Final = (
    IdentityScope.OPENID,
    IdentityScope.PROFILE,
    IdentityScope.EMAIL,
    Scope.COURSES_READ,
    Scope.PROGRESS_READ,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoClient:
    """The URL of the development server, and the ID of its demo client."""

    url: str
    client_id: str

    @classmethod
    def read(cls, path: Path) -> "DemoClient":
        """Read the file. Raises OSError; ValueError or TypeError if its content is invalid."""
        return cls(**json.loads(path.read_text()))

    def write(self, path: Path) -> None:
        path.write_text(json.dumps(asdict(self)))


def find_or_register(services: Services) -> OAuthClient:
    """Return the active client named NAME; register it if there is none."""
    request: PageRequest | None = PageRequest(limit=100)
    while request is not None:
        page = services.clients.page_of(request, by=OPERATOR)
        for client in page.items:
            if client.is_active and client.terms.name == NAME:
                return client
        cursor = page.next_cursor
        request = PageRequest(limit=100, cursor=cursor) if cursor else None
    terms = ClientTerms(
        name=NAME,
        is_public=True,
        redirect_uris=(REDIRECT_URI,),
        allowed_scopes=frozenset(SCOPES),
        grant_types=frozenset({GrantType.AUTHORIZATION_CODE, GrantType.REFRESH_TOKEN}),
    )
    return services.clients.register(terms, by=OPERATOR).client
