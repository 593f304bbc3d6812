"""Batches of awards, and claims by e-mail."""

from http import HTTPStatus
from typing import Any

from rest_framework import serializers

from accounts.public import (
    OrganizationId,
    OrganizationNotFound,
    OrganizationSuspended,
    Principal,
    Scope,
    TooManyTasks,
    VerifiedEmailNeeded,
)
from authsvc.composition.container import services
from authsvc.http.fields import TextField
from authsvc.http.operations import Access, Whose, operation
from authsvc.http.parsers import CsvParser, JsonParser
from authsvc.http.reading import Members
from authsvc.http.rendering import Accepted
from authsvc.http.tasks import TaskSerializer, accepted
from authsvc.http.views import ApiView
from authsvc.kernel.paging import Page, PageRequest
from authsvc.kernel.sheets import MOST_ROWS
from credentials.api.credentials import AWARDERS
from credentials.api.serializers import HeldCredentialSerializer
from credentials.domain.entities.batches import BatchTerms
from credentials.domain.entities.claims import ClaimId, CredentialClaim
from credentials.domain.entities.credentials import Verification
from credentials.domain.entities.definitions import CredentialId
from credentials.domain.errors import (
    AlreadyIssued,
    AlreadyRevoked,
    ClaimNotFound,
    CredentialNotFound,
    InvalidAwardList,
    NotEligible,
    NothingToRecordOn,
    ReasonMissing,
)

_ROW = {
    "type": "object",
    "description": "One person, by either of these.",
    "properties": {
        "email": {"type": "string"},
        "user_id": {"type": "string", "format": "uuid"},
    },
}
ROWS = {
    "type": "object",
    "required": ["rows"],
    "properties": {"rows": {"type": "array", "maxItems": MOST_ROWS, "items": _ROW}},
}


class AwardQuerySerializer(serializers.Serializer[Any]):
    reason = TextField(
        default="",
        allow_blank=True,
        max_length=1000,
        help_text="Required; stored in the audit log.",
    )
    even_if_not_eligible = serializers.BooleanField(
        default=False, help_text="Also award it to those who do not meet its rule."
    )
    claims = serializers.BooleanField(
        default=False,
        help_text="Mail a claim to each address that is not that of a member, whether it has an account or not.",
    )
    dry_run = serializers.BooleanField(
        default=False, help_text="Only write what the outcomes would be."
    )


class ClaimSerializer(serializers.Serializer[CredentialClaim]):
    """A credential that waits for the owner of an e-mail address."""

    id = serializers.UUIDField()
    credential_id = serializers.UUIDField()
    credential_version = serializers.IntegerField()
    email = serializers.CharField()
    created_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField()


class RedeemRequestSerializer(serializers.Serializer[Any]):
    token = TextField(max_length=200, help_text="The last part of the link in the mail.")


class AwardBatchView(ApiView):
    parser_classes = (CsvParser, JsonParser)

    @operation(
        name="awardCredentialToList",
        summary="Start to award a credential to up to 10,000 people, listed by e-mail address or user id",
        access=AWARDERS,
        is_expensive=True,
        scope=Scope.CREDENTIALS_WRITE,
        query=AwardQuerySerializer,
        body={CsvParser.media_type: {"type": "string"}, JsonParser.media_type: ROWS},
        status=HTTPStatus.ACCEPTED,
        answer=TaskSerializer,
        errors=(
            OrganizationNotFound,
            OrganizationSuspended,
            CredentialNotFound,
            ReasonMissing,
            InvalidAwardList,
            TooManyTasks,
        ),
        is_idempotent=True,
        needs_recent_sign_in=True,
    )
    def post(
        self,
        org_id: OrganizationId,
        credential_id: CredentialId,
        *,
        query: Members,
        body: Any,
        by: Principal,
    ) -> Accepted:
        terms = BatchTerms(
            reason=query["reason"],
            even_if_not_eligible=query["even_if_not_eligible"],
            makes_claims=query["claims"],
        )
        task = services().award_tasks.start_in(
            org_id, credential_id, body, terms, is_dry_run=query["dry_run"], by=by
        )
        return accepted(task)


class ClaimListView(ApiView):
    @operation(
        name="listClaims",
        summary="List the open claims of an organization's credentials, oldest first",
        access=AWARDERS,
        scope=Scope.CREDENTIALS_READ,
        page_of=ClaimSerializer,
        errors=(OrganizationNotFound,),
    )
    def get(
        self, org_id: OrganizationId, *, page: PageRequest, by: Principal
    ) -> Page[CredentialClaim]:
        return services().credential_claims.page_of(org_id, page, by=by)


class OrganizationClaimView(ApiView):
    @operation(
        name="cancelClaim",
        summary="Cancel an open claim; its link works no longer",
        access=AWARDERS,
        scope=Scope.CREDENTIALS_WRITE,
        status=HTTPStatus.NO_CONTENT,
        errors=(OrganizationNotFound, OrganizationSuspended, ClaimNotFound),
        is_idempotent=True,
        needs_recent_sign_in=True,
    )
    def delete(self, org_id: OrganizationId, claim_id: ClaimId, *, by: Principal) -> None:
        services().credential_claims.cancel(claim_id, org_id=org_id, by=by)


class RedeemClaimView(ApiView):
    @operation(
        name="redeemClaim",
        summary="Claim the credential that a mail offers to your verified e-mail address",
        access=Access(Whose.ONESELF),
        scope=Scope.CREDENTIALS_WRITE,
        body=RedeemRequestSerializer,
        status=HTTPStatus.CREATED,
        answer=HeldCredentialSerializer,
        errors=(
            ClaimNotFound,
            VerifiedEmailNeeded,
            AlreadyIssued,
            AlreadyRevoked,
            NotEligible,
            NothingToRecordOn,
        ),
        is_idempotent=True,
    )
    def post(self, *, body: Members, by: Principal) -> Verification:
        return services().credential_claims.redeem(body["token"], by=by)
