"""JSON-LD contexts. They ship with the application; no other is ever loaded."""

import json
from collections.abc import Mapping
from importlib.resources import files
from typing import Any, Final

CREDENTIALS: Final = "https://www.w3.org/ns/credentials/v2"
OPEN_BADGES: Final = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"
EXTENSIONS: Final = "https://purl.imsglobal.org/spec/ob/v3p0/extensions.json"
LEARNER_RECORDS: Final = "https://purl.imsglobal.org/spec/clr/v2p0/context-2.0.1.json"
DATA_INTEGRITY: Final = "https://w3id.org/security/data-integrity/v2"
_FILES: Final = {
    CREDENTIALS: "credentials-v2.json",
    "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.2.json": "ob-3.0.2.json",
    OPEN_BADGES: "ob-3.0.3.json",
    EXTENSIONS: "ob-extensions.json",
    LEARNER_RECORDS: "clr-2.0.1.json",
    DATA_INTEGRITY: "data-integrity-v2.json",
}


def shipped(*path: str) -> Any:
    """A JSON file in the folder `data`."""
    return json.loads(files(__package__).joinpath("data", *path).read_bytes())


CONTEXTS: Final[Mapping[str, Any]] = {
    url: shipped("contexts", name) for url, name in _FILES.items()
}
