"""Badges of other issuers, and forms with which strangers send them."""

from dataclasses import dataclass, replace
from typing import Any, Final

from credentials.openbadges.documents import Award, credential_document
from credentials.openbadges.integrity import with_proof
from credentials.openbadges.json_texts import json_text
from credentials.openbadges.keys import IssuerKey
from credentials.openbadges.tokens import as_jwt
from tests.credentials.openbadges.awards import AWARD, ISSUED, ed25519
from tests.support.application import Answer, Application

BOUNDARY: Final = "knots"
MULTIPART: Final = f"multipart/form-data; boundary={BOUNDARY}"
DID: Final = f"did:key:{ed25519().public_multikey}"
DID_KEY: Final = replace(ed25519(), id=f"{DID}#{ed25519().public_multikey}", controller=DID)
"""The key of an issuer that is identified by its key."""
FOREIGN: Final = replace(AWARD, issuer=replace(AWARD.issuer, id=DID), status=None, valid_until=None)
"""An award of that issuer, which nobody can revoke."""


def document(award: Award = FOREIGN, **members: Any) -> dict[str, Any]:
    return credential_document(award) | members


def signed(award: Award = FOREIGN, key: IssuerKey = DID_KEY, **members: Any) -> str:
    return json_text(with_proof(document(award, **members), key, ISSUED))


def token(award: Award = FOREIGN, key: IssuerKey = DID_KEY, **members: Any) -> str:
    return as_jwt(document(award, **members), key)


@dataclass(frozen=True)
class Upload:
    """A file in a form."""

    content: bytes
    filename: str = "badge.png"


def form(**fields: str | bytes | Upload) -> bytes:
    """The fields as multipart/form-data with MULTIPART."""
    parts = []
    for name, value in fields.items():
        upload = value if isinstance(value, Upload) else None
        filename = f'; filename="{upload.filename}"' if upload else ""
        content = upload.content if upload else value
        content = content.encode() if isinstance(content, str) else content
        assert isinstance(content, bytes)
        head = f'Content-Disposition: form-data; name="{name}"{filename}'.encode()
        parts.append(b"--knots\r\n" + head + b"\r\n\r\n" + content + b"\r\n")
    return b"".join([*parts, b"--knots--\r\n"])


def sent(application: Application, content: bytes | str, media_type: str) -> Answer:
    """The answer of the API to a stranger who sends this content."""
    body = content.encode() if isinstance(content, str) else content
    return application.stranger.send(
        "POST", "/v1/verify", body, headers={"Content-Type": media_type}
    )


def report_on(application: Application, **fields: str | bytes | Upload) -> dict[str, Any]:
    """The report on what a form contains."""
    answer = sent(application, form(**fields), MULTIPART)
    assert answer.status == 200, answer.text
    return dict(answer.json)
