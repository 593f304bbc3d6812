"""The audit log of an organization."""

from accounts.api.serializers import AuditEntrySerializer
from accounts.domain.access import OrganizationId, Principal, Right, Scope
from accounts.domain.audit.entities import AuditEntry
from accounts.domain.organizations.errors import OrganizationNotFound
from authsvc.composition.container import services
from authsvc.http.operations import Access, Whose, operation
from authsvc.http.renderers import JsonLinesRenderer
from authsvc.http.rendering import Download, json_of
from authsvc.http.views import ApiView
from authsvc.kernel.paging import Page, PageRequest

OWNERS = Access(Whose.HELD, Right.READ_AUDIT)


class AuditEntryListView(ApiView):
    @operation(
        name="listAuditEntries",
        summary="List the audit entries of an organization, most recent first; for its owners",
        access=OWNERS,
        scope=Scope.ORGS_READ,
        page_of=AuditEntrySerializer,
        errors=(OrganizationNotFound,),
    )
    def get(self, org_id: OrganizationId, *, page: PageRequest, by: Principal) -> Page[AuditEntry]:
        return services().audit_reader.page_of(org_id, page, by=by)


class AuditExportView(ApiView):
    renderer_classes = (JsonLinesRenderer,)

    @operation(
        name="exportAuditLog",
        summary="Export the audit log of an organization, one entry a line, oldest first",
        access=OWNERS,
        is_expensive=True,
        scope=Scope.ORGS_READ,
        answer={
            JsonLinesRenderer.media_type: {
                "type": "string",
                "description": "Each line is an entry in the shape of `listAuditEntries`.",
            }
        },
        errors=(OrganizationNotFound,),
    )
    def get(self, org_id: OrganizationId, *, by: Principal) -> Download:
        entries = services().audit_reader.export(org_id, by=by)
        # Not streamed: an export that broke off would look complete.
        content = b"".join(json_of(entry, AuditEntrySerializer) + b"\n" for entry in entries)
        return Download(content, filename=f"audit-{org_id}.jsonl")
