"""Names of what audit entries are about: organizations, clients, invitations and webhooks."""

from accounts import models as rows
from accounts.domain.audit.entities import SubjectType
from authsvc.admin_site.subjects import SubjectKind, register_subject_kind

for kind in (
    SubjectKind(
        types=(SubjectType.ORGANIZATION,),
        rows=rows.Organization.objects.all(),
        name="name",
        permission="accounts.view_organization",
        url_name="admin:accounts_organization_change",
    ),
    SubjectKind(
        types=(SubjectType.CLIENT,),
        rows=rows.OAuthClient.objects.all(),
        name="name",
        permission="accounts.view_oauthclient",
        url_name="admin:accounts_oauthclient_change",
    ),
    SubjectKind(
        types=(SubjectType.INVITATION,),
        rows=rows.Invitation.objects.all(),
        name="email",
        permission="accounts.view_invitation",
        url_name="admin:accounts_invitation_change",
    ),
    SubjectKind(
        types=(SubjectType.WEBHOOK,),
        rows=rows.Webhook.objects.all(),
        name="url",
        permission="accounts.view_webhook",
        url_name="admin:accounts_webhook_change",
    ),
):
    register_subject_kind(kind)
