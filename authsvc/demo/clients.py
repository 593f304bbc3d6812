"""The client of a fresh desk, and the note by which it is found again."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from accounts.public import OPERATOR, ClientTerms, GrantType, IdentityScope, OAuthClient, Scope
from authsvc.composition.container import Services
from authsvc.kernel.paging import PageRequest

NOTE: Final = "demo-client.json"
NAME: Final = "Demo client"
LANDING: Final = "http://127.0.0.1/callback"
SCOPES: Final = (
    IdentityScope.OPENID,
    IdentityScope.PROFILE,
    IdentityScope.EMAIL,
    Scope.COURSES_READ,
    Scope.PROGRESS_READ,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """Where the desk is reached, and as which client."""

    url: str
    client_id: str

    @classmethod
    def at(cls, path: Path) -> "Note":
        """Raises OSError; ValueError and TypeError for a file that is no note."""
        return cls(**json.loads(path.read_text()))

    def keep(self, path: Path) -> None:
        path.write_text(json.dumps(asdict(self)))


def demo_client(services: Services) -> OAuthClient:
    """The public client with which the desk can be tried; made once, and known by its name."""
    request: PageRequest | None = PageRequest(limit=100)
    while request is not None:
        page = services.clients.page_of(request, by=OPERATOR)
        for client in page.items:
            if client.is_active and client.terms.name == NAME:
                return client
        cursor = page.next_cursor
        request = PageRequest(limit=100, cursor=cursor) if cursor else None
    return services.clients.register(_terms(), by=OPERATOR).client


def _terms() -> ClientTerms:
    return ClientTerms(
        name=NAME,
        is_public=True,
        redirect_uris=(LANDING,),
        allowed_scopes=frozenset(SCOPES),
        grant_types=frozenset({GrantType.AUTHORIZATION_CODE, GrantType.REFRESH_TOKEN}),
    )
