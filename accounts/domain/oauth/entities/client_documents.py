"""Client ID metadata documents: clients whose identifier is the URL of their description.

draft-ietf-oauth-client-id-metadata-document. Nobody here has registered such a client, so its name is a claim, and the
host of its URL is all that is known about it.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Final
from urllib.parse import urlsplit
from uuid import NAMESPACE_URL, uuid5

from accounts.domain.access import ClientPk, GrantType, Scope
from accounts.domain.oauth.entities.clients import ClientTerms, IdentityScope, OAuthClient
from accounts.domain.oauth.errors import UnsuitableClient
from authsvc.kernel.errors import FieldError
from authsvc.kernel.urls import is_safe_url

LONGEST_CLIENT_ID: Final = 100
SCOPES: Final[frozenset[str]] = frozenset(
    {
        IdentityScope.OPENID,
        IdentityScope.OFFLINE_ACCESS,
        Scope.COURSES_READ,
        Scope.PROGRESS_READ,
        Scope.PROGRESS_WRITE,
        Scope.CREDENTIALS_READ,
    }
)
"""The most that a client that nobody has registered can be granted: what agents need."""
_GRANTS: Final = frozenset({GrantType.AUTHORIZATION_CODE, GrantType.REFRESH_TOKEN})
_DOT_SEGMENT: Final = re.compile(r"/\.{1,2}(?:/|$)|%2e", re.IGNORECASE)


def is_document_url(client_id: str) -> bool:
    """Whether the identifier is the URL of a metadata document: HTTPS, with a path and without query (§3)."""
    if not client_id.startswith("https://") or len(client_id) > LONGEST_CLIENT_ID:
        return False
    if not is_safe_url(client_id) or "?" in client_id:
        return False
    path = urlsplit(client_id).path
    return path not in ("", "/") and not _DOT_SEGMENT.search(path)


def host_of(client_id: str) -> str:
    """The host by which users recognize the client, with its port unless that is 443; empty for registered clients."""
    return urlsplit(client_id).netloc.lower() if is_document_url(client_id) else ""


def pk_of(client_id: str) -> ClientPk:
    """The id of the client, which follows from its URL, so that it is the same before and after it is stored."""
    return ClientPk(uuid5(NAMESPACE_URL, client_id))


def described_client(client_id: str, terms: ClientTerms, *, at: datetime) -> OAuthClient:
    """The client that the document at this URL describes."""
    return OAuthClient(
        id=pk_of(client_id),
        client_id=client_id,
        secret_hash="",
        terms=terms,
        is_active=True,
        created_at=at,
    )


def terms_in(document: object, *, client_id: str) -> ClientTerms:
    """The terms that the document at this URL asks for, as far as such a client can have them (§4).

    Raises UnsuitableClient if it is not the client's, or needs what such a client cannot have.
    """
    members = document if isinstance(document, Mapping) else {}
    if errors := list(_errors_in(members, client_id)):
        raise UnsuitableClient(*errors)
    scopes = members.get("scope")
    grants = members.get("grant_types", [GrantType.AUTHORIZATION_CODE])
    return ClientTerms(
        name=members.get("client_name") or host_of(client_id),
        is_public=True,
        redirect_uris=tuple(members["redirect_uris"]),
        allowed_scopes=SCOPES if scopes is None else SCOPES & frozenset(scopes.split()),
        grant_types=_GRANTS & frozenset(grants),
    )


def _errors_in(members: Mapping[str, Any], client_id: str) -> Iterator[FieldError]:
    if members.get("client_id") != client_id:
        yield FieldError(path="client_id", detail="Must be the URL of the document.")
    if members.get("token_endpoint_auth_method", "none") != "none" or "client_secret" in members:
        detail = "Must be none: a client with a public document has no secret."
        yield FieldError(path="token_endpoint_auth_method", detail=detail)
    for name in ("client_name", "scope"):
        if not isinstance(members.get(name, ""), str):
            yield FieldError(path=name, detail="Must be a string.")
    for name, default in (("redirect_uris", None), ("grant_types", [])):
        if not _are_strings(members.get(name, default)):
            yield FieldError(path=name, detail="Must be an array of strings.")


def _are_strings(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)
