"""Names of what audit entries are about: organizations, clients, invitations and webhooks."""

from accounts import models as rows
from accounts.domain.audit.entities import SubjectType
from authsvc.admin_site.subjects import SubjectKind, register_subject_kind

for kind in (
    SubjectKind(
        types=(SubjectType.ORGANIZATION,),
        rows=rows.Organization,
        name="name",
        permission="accounts.view_organization",
        url_name="admin:accounts_organization_change",
    ),
    SubjectKind(
        types=(SubjectType.CLIENT,),
        rows=rows.OAuthClient,
        name="name",
        permission="accounts.view_oauthclient",
        url_name="admin:accounts_oauthclient_change",
    ),
    SubjectKind(
        types=(SubjectType.INVITATION,),
        rows=rows.Invitation,
        name="email",
        permission="accounts.view_invitation",
        url_name="admin:accounts_invitation_change",
    ),
    SubjectKind(
        types=(SubjectType.WEBHOOK,),
        rows=rows.Webhook,
        name="url",
        permission="accounts.view_webhook",
        url_name="admin:accounts_webhook_change",
    ),
):
    register_subject_kind(kind)
