"""What was done in an organization, over HTTP."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from rest_framework.renderers import BaseRenderer, JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.serializers import AuditEntrySerializer
from accounts.domain.entities import AuditEntry, OrganizationId, Right, Scope
from accounts.domain.errors import NotPermitted, OrganizationNotFound
from authsvc.actors import principal_of
from authsvc.api.operations import Access, Operation, Whose, describes
from authsvc.api.views import ApiView, json_of, page_request_of, page_response
from authsvc.container import services


class AuditEntryListView(ApiView):
    required_scopes = {"GET": Scope.ORGS_READ}

    @describes(
        Operation(
            name="listAuditEntries",
            access=Access(Whose.HELD, Right.READ_AUDIT),
            summary="What was done in an organization, the last thing first; for its owners",
            page_of=AuditEntrySerializer,
            refusals=(NotPermitted, OrganizationNotFound),
        )
    )
    def get(self, request: Request, org_id: UUID) -> Response:
        page = services().audit_reader.page_of(
            OrganizationId(org_id), page_request_of(request), by=principal_of(request)
        )
        return page_response(page, AuditEntrySerializer)


class JsonLinesRenderer(BaseRenderer):
    """Joins lines of JSON that are written already; an answer to OPTIONS has none."""

    media_type = "application/jsonl"
    format = "jsonl"
    charset = None

    def render(
        self,
        data: Iterable[bytes] | None,
        accepted_media_type: str | None = None,
        renderer_context: Mapping[str, Any] | None = None,
    ) -> bytes:
        return b"".join(data or ())


class AuditExportView(ApiView):
    required_scopes = {"GET": Scope.ORGS_READ}
    renderer_classes = (JsonLinesRenderer,)

    @describes(
        Operation(
            name="exportAuditLog",
            access=Access(Whose.HELD, Right.READ_AUDIT),
            summary="All that was done in an organization, an entry a line, the first thing first",
            answer={
                JsonLinesRenderer.media_type: {
                    "type": "string",
                    "description": "Each line is an entry as `listAuditEntries` gives it.",
                }
            },
            refusals=(NotPermitted, OrganizationNotFound),
        )
    )
    def get(self, request: Request, org_id: UUID) -> Response:
        entries = services().audit_reader.export(OrganizationId(org_id), by=principal_of(request))
        # Written here and not as they are sent: an export that breaks off would look like one that is whole.
        lines = [_line_of(entry) for entry in entries]
        name = f"audit-{org_id}.jsonl"
        return Response(lines, headers={"Content-Disposition": f'attachment; filename="{name}"'})


def _line_of(entry: AuditEntry) -> bytes:
    line: bytes = JSONRenderer().render(json_of(entry, AuditEntrySerializer))
    return line + b"\n"
