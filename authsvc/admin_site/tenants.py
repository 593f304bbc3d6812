"""Access of staff to the rows of organizations."""

from typing import Any, ClassVar

from django.http import HttpRequest, HttpResponse

from accounts.public import SubjectType
from authsvc.composition.container import services
from authsvc.http.actors import staff_of
from authsvc.kernel.tenancy import ALL_TENANTS, TenantScope


def sees_organizations(request: HttpRequest) -> bool:
    return bool(request.user.has_perm("accounts.view_organization"))


def scope_of(request: HttpRequest) -> TenantScope:
    """What lists and numbers of the admin site are about: rows of organizations only for those who may view them."""
    return ALL_TENANTS if sees_organizations(request) else TenantScope()


class AuditsTenantAccess:
    """Mixin for rows that organizations own: viewing one is audited as access to its organization."""

    owner: ClassVar[str]
    subject_type: ClassVar[SubjectType]

    def audited_subject(self, row: Any) -> tuple[Any, Any]:
        """Return the id of the owning organization, if there is one, and the id of the subject."""
        organization = row
        for name in (self.owner or "org").split("__"):
            organization = getattr(organization, name)
        return organization and organization.pk, row.pk

    def record_access(self, request: HttpRequest, row: Any) -> None:
        org_id, subject_id = self.audited_subject(row)
        services().tenant_access.record_access(
            org_id, at=self.subject_type, subject_id=subject_id, by=staff_of(request)
        )

    def render_change_form(
        self, request: HttpRequest, context: Any, *args: Any, obj: Any = None, **kwargs: Any
    ) -> HttpResponse:
        if obj is not None:
            self.record_access(request, obj)
        page: Any = super()
        response: HttpResponse = page.render_change_form(request, context, *args, obj=obj, **kwargs)
        return response
