"""Names of what audit entries are about: credentials and issued ones."""

from accounts.public import SubjectType
from authsvc.admin_site.subjects import SubjectKind, register_subject_kind
from credentials import models as rows

for kind in (
    SubjectKind(
        types=(SubjectType.CREDENTIAL,),
        rows=rows.Credential.objects.all(),
        name="name",
        permission="credentials.view_credential",
        url_name="admin:credentials_credential_change",
    ),
    SubjectKind(
        types=(SubjectType.CLAIM,),
        rows=rows.CredentialClaim.objects.all(),
        name="credential__name",
        permission="credentials.view_credentialclaim",
        url_name="admin:credentials_credentialclaim_change",
    ),
    SubjectKind(
        types=(SubjectType.USER_CREDENTIAL,),
        rows=rows.UserCredential.objects.all(),
        name="credential__name",
        permission="credentials.view_usercredential",
        url_name="admin:credentials_usercredential_change",
        person="user_id",
    ),
):
    register_subject_kind(kind)
