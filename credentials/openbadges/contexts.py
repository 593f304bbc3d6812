"""JSON-LD contexts. They ship with the application; no other is ever loaded."""

import json
from collections.abc import Mapping
from importlib.resources import files
from typing import Any, Final

from pyld.jsonld import JsonLdError

CREDENTIALS: Final = "https://www.w3.org/ns/credentials/v2"
OPEN_BADGES: Final = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"
EXTENSIONS: Final = "https://purl.imsglobal.org/spec/ob/v3p0/extensions.json"
DATA_INTEGRITY: Final = "https://w3id.org/security/data-integrity/v2"
_FILES: Final = {
    CREDENTIALS: "credentials-v2.json",
    "https://purl.imsglobal.org/spec/ob/v3p0/context.json": "ob-3.0.json",
    "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.1.json": "ob-3.0.1.json",
    "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.2.json": "ob-3.0.2.json",
    OPEN_BADGES: "ob-3.0.3.json",
    EXTENSIONS: "ob-extensions.json",
    DATA_INTEGRITY: "data-integrity-v2.json",
}


def shipped(*path: str) -> Any:
    """A JSON file in the folder `data`."""
    return json.loads(files(__package__).joinpath("data", *path).read_bytes())


CONTEXTS: Final[Mapping[str, Any]] = {
    url: shipped("contexts", name) for url, name in _FILES.items()
}


def load_context(url: str, options: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Document loader for pyld. Raises JsonLdError for any context that does not ship with the application."""
    if url not in CONTEXTS:
        raise JsonLdError(
            f"The context {url} is unknown.",
            "jsonld.LoadDocumentError",
            code="loading document failed",
        )
    return {
        "contentType": "application/ld+json",
        "contextUrl": None,
        "documentUrl": url,
        "document": CONTEXTS[url],
    }
