"""Keys in documents that issuers publish: of did:web, and at web addresses (Controlled Identifiers 1.0)."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final
from urllib.parse import urldefrag

from credentials.openbadges.errors import InvalidKey
from credentials.openbadges.keys import IssuerKey, did_url

_STEPS: Final = re.compile(r"(/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)+")
"""A path without dot segments and encoded characters, which servers may read as another one."""
_DID: Final = "did:"
_METHODS: Final = "verificationMethod"
_ASSERTIONS: Final = "assertionMethod"


def document_url(issuer_id: str) -> str:
    """The address of the document of an issuer: that of did:web, or its own. Raises ValueError if it has none."""
    if issuer_id.startswith(_DID):
        return did_url(issuer_id)
    if not issuer_id.startswith(("https://", "http://")):
        raise ValueError("is neither a web address nor did:web")
    return urldefrag(issuer_id).url


def is_below(url: str, issuer_id: str) -> bool:
    """Whether the address is one of the issuer's own: in the folder that its web address is."""
    folder = issuer_id.rstrip("/")
    is_folder = folder.startswith(("https://", "http://")) and not set(folder) & set("?#")
    return is_folder and url.startswith(folder) and bool(_STEPS.fullmatch(url, len(folder)))


def published_key(document: Mapping[str, Any], *, issuer_id: str, url: str) -> IssuerKey | None:
    """The key with this id in the document of its issuer; None if the document has no keys at all.

    Raises InvalidKey if it has others, does not let this one sign credentials, or is the document of somebody else.
    """
    if document.get("id") != issuer_id:
        raise InvalidKey("The document at the address of the issuer is about somebody else.")
    methods = {
        _absolute(method["id"], issuer_id): method
        for name in (_METHODS, _ASSERTIONS)
        for method in _listed(document, name)
        if isinstance(method, Mapping) and isinstance(method.get("id"), str)
    }
    if not methods:
        return None
    if url not in methods or url not in _assertion_methods(document, issuer_id):
        raise InvalidKey("The issuer does not publish the key that the credential names.")
    return IssuerKey.of_method({**methods[url], "id": url})


def _assertion_methods(document: Mapping[str, Any], issuer_id: str) -> Iterator[str]:
    """The ids of the keys that may sign credentials."""
    for method in _listed(document, _ASSERTIONS):
        identifier = method.get("id") if isinstance(method, Mapping) else method
        if isinstance(identifier, str):
            yield _absolute(identifier, issuer_id)


def _listed(document: Mapping[str, Any], name: str) -> list[Any]:
    value = document.get(name, [])
    return value if isinstance(value, list) else [value]


def _absolute(identifier: str, issuer_id: str) -> str:
    """The id of a key, which may be relative to that of the document."""
    return issuer_id + identifier if identifier.startswith("#") else identifier
