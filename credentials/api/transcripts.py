"""The caller's transcript (Comprehensive Learner Record 2.0)."""

from typing import Final

from rest_framework import serializers

from accounts.public import Principal, Scope
from authsvc.composition.container import services
from authsvc.http.operations import Access, Forms, Whose, operation
from authsvc.http.rendering import JSON, Encoded
from authsvc.http.views import ApiView
from credentials.api.credentials import DOCUMENTS, RENDERERS, TOKENS
from credentials.api.serializers import HeldCredentialSerializer
from credentials.domain.entities.transcripts import TranscriptContents
from credentials.domain.errors import IssuerKeyUnreadable, NothingToTranscribe

TRANSCRIPT: Final = {
    "type": "object",
    "description": "A ClrCredential (Comprehensive Learner Record 2.0) with its proof.",
}
TRANSCRIPT_TOKEN: Final = {"type": "string", "description": "The transcript as VC-JWT."}


class TranscriptContentsSerializer(serializers.Serializer[TranscriptContents]):
    """What a transcript made now contains, the latest credential first. It is signed in the other media types."""

    made_at = serializers.DateTimeField()
    credentials = HeldCredentialSerializer(many=True)
    left_out = serializers.IntegerField(
        help_text="Credentials that did not fit, or whose record was altered."
    )
    revoked = serializers.IntegerField(help_text="Revoked credentials, which are left out.")


TRANSCRIPT_FORMS: "Final[Forms[TranscriptContents]]" = {
    JSON: TranscriptContentsSerializer,
    **dict.fromkeys(sorted(DOCUMENTS), TRANSCRIPT),
    **dict.fromkeys(sorted(TOKENS), TRANSCRIPT_TOKEN),
}


class MyTranscriptView(ApiView):
    renderer_classes = RENDERERS

    @operation(
        name="getMyTranscript",
        summary="Get all credentials of the caller in one signed transcript (CLR 2.0)",
        access=Access(Whose.ONESELF),
        scope=Scope.CREDENTIALS_READ,
        answer=TRANSCRIPT_FORMS,
        errors=(NothingToTranscribe, IssuerKeyUnreadable),
        is_expensive=True,
    )
    def get(self, *, media_type: str, by: Principal) -> TranscriptContents | Encoded:
        if media_type in DOCUMENTS:
            return Encoded(services().transcripts.document(by).encode())
        if media_type in TOKENS:
            return Encoded(services().transcripts.token(by).encode())
        return services().transcripts.contents(by)
