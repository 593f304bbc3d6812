"""Verification of any Open Badge: of this service or another, signed or forged."""

from collections.abc import Mapping
from typing import Any, Final

from django.core.files.uploadedfile import UploadedFile

from authsvc.composition.container import services
from authsvc.http.operations import Access, Whose, operation
from authsvc.http.parsers import JsonDocumentParser, UploadParser, documents_in
from authsvc.http.problems import BodyTooLarge
from authsvc.http.rendering import JSON
from authsvc.http.views import ApiView
from authsvc.kernel.errors import FieldError
from credentials.api.badge_serializers import BadgeReportSerializer
from credentials.domain.entities.badges import MOST_BYTES, BadgeReport
from credentials.domain.errors import (
    BadgeNotFetched,
    IssuedCredentialAltered,
    IssuedCredentialNotFound,
    IssuerKeyUnreadable,
    NothingToVerify,
)

DOCUMENTS: Final = (
    "application/vc+ld+json",
    "application/vc",
    "application/ld+json",
    "application/jwt",
    "text/plain",
    "image/png",
    "image/svg+xml",
)
FORM: Final = UploadParser.media_type
_BYTES: Final = {"type": "string", "format": "binary"}
_FORM_SCHEMA: Final = {
    "type": "object",
    "properties": {
        "file": _BYTES | {"description": "A PNG or SVG with a credential, or JSON, or a VC-JWT."},
        "text": {"type": "string", "description": "JSON or a VC-JWT, in place of the file."},
        "address": {
            "type": "string",
            "description": "The address of the credential, in place of the file. From other hosts it is fetched if"
            " the operator allows that.",
        },
        "holder": {
            "type": "string",
            "description": "An e-mail address, which is compared with that of the holder.",
        },
    },
}


class VerifyBadgeView(ApiView):
    parser_classes = (JsonDocumentParser, *documents_in(*DOCUMENTS), UploadParser)

    @operation(
        name="verifyBadge",
        summary="Verify an Open Badge 3.0 of any issuer: JSON, VC-JWT, or a PNG or SVG that contains it",
        access=Access(Whose.ANYBODY),
        body={
            JSON: {"type": "object", "description": "The credential, with its proof."},
            **dict.fromkeys(DOCUMENTS, _BYTES),
            FORM: _FORM_SCHEMA,
        },
        answer=BadgeReportSerializer,
        errors=(
            NothingToVerify,
            BadgeNotFetched,
            IssuedCredentialNotFound,
            IssuedCredentialAltered,
            IssuerKeyUnreadable,
        ),
        is_expensive=True,
    )
    def post(self, *, body: Any) -> BadgeReport:
        content, address, holder = _uploaded(body) if isinstance(body, Mapping) else (body, "", "")
        if address and not content:
            return services().badge_verification.verify_at(address, email=holder)
        if not content:
            raise NothingToVerify(FieldError(path="", detail=NothingToVerify.title))
        if len(content) > MOST_BYTES:
            raise BodyTooLarge
        return services().badge_verification.verify(content, email=holder)


def _uploaded(form: Mapping[str, Any]) -> tuple[bytes | str, str, str]:
    """The credential in the form, or its address, and the e-mail address of its holder; empty if there is none."""
    file = form.get("file")
    content = file.read() if isinstance(file, UploadedFile) else file or form.get("text", "")
    address, holder = (
        value if isinstance(value, str) else ""
        for value in (form.get("address"), form.get("holder"))
    )
    return content, address.strip(), holder
