"""What courses and learning pathways have in common for their authors: who lists which, and their slugs."""

from accounts.public import OrganizationId, Principal, Right, TenantAccess
from authsvc.kernel.errors import Invalid
from authsvc.kernel.tenancy import TenantScope
from courses.domain.entities.courses import slug_of


def listed_scope(
    org_id: OrganizationId | None, *, is_published: bool, tenant_access: TenantAccess, by: Principal
) -> TenantScope:
    """The scope of a list: the platform and the caller's organizations, or one organization.

    What is not published is listed for authors only, and without an organization only that of the platform.
    Raises OrganizationNotFound, NotPermitted.
    """
    scope = by.member_scope
    if org_id is not None:
        scope = TenantScope.into(tenant_access.organization(org_id, by=by).id)
    if not is_published:
        by.require(Right.AUTHOR_COURSES, of=org_id)
        scope = TenantScope.into(org_id)
    return scope


def slug_for(
    local_slug: str,
    org_id: OrganizationId | None,
    *,
    noun: str,
    error: type[Invalid],
    tenant_access: TenantAccess,
    by: Principal,
) -> str:
    """The full slug of a new course or pathway of this owner, once the right to author is checked.

    Raises NotPermitted, OrganizationNotFound, OrganizationSuspended, and *error* if the slug is too long.
    """
    if org_id is None:
        by.require(Right.AUTHOR_COURSES)
        return local_slug
    organization = tenant_access.organization(org_id, by=by)
    by.require(Right.AUTHOR_COURSES, of=org_id)
    organization.require_open()
    return slug_of(local_slug, org_slug=organization.slug, noun=noun, error=error)
