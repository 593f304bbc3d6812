"""Where accounts answers."""

from django.urls import path

from accounts.api import audit, members, organizations, own, service_clients, views

urlpatterns = [
    path("v1/auth/register", views.RegisterView.as_view()),
    path("v1/auth/login", views.LogInView.as_view()),
    path("v1/auth/refresh", views.RefreshView.as_view()),
    path("v1/auth/logout", views.LogOutView.as_view()),
    path("v1/me", views.MeView.as_view()),
    path("v1/me/password", views.MyPasswordView.as_view()),
    path("v1/me/sessions", own.MySessionListView.as_view()),
    path("v1/me/sessions/<uuid:session_id>", own.MySessionView.as_view()),
    path("v1/me/grants", own.MyGrantListView.as_view()),
    path("v1/me/grants/<uuid:grant_id>", own.MyGrantView.as_view()),
    path("v1/users", views.UserListView.as_view()),
    path("v1/users/<uuid:user_id>", views.UserView.as_view()),
    path("v1/orgs", organizations.OrganizationListView.as_view()),
    path("v1/orgs/<uuid:org_id>", organizations.OrganizationView.as_view()),
    path("v1/orgs/<uuid:org_id>/suspend", organizations.SuspendOrganizationView.as_view()),
    path("v1/orgs/<uuid:org_id>/reopen", organizations.ReopenOrganizationView.as_view()),
    path("v1/orgs/<uuid:org_id>/members", members.MemberListView.as_view()),
    path("v1/orgs/<uuid:org_id>/members/import", members.MemberImportView.as_view()),
    path("v1/orgs/<uuid:org_id>/members/<uuid:user_id>", members.MemberView.as_view()),
    path("v1/orgs/<uuid:org_id>/invitations", members.InvitationListView.as_view()),
    path(
        "v1/orgs/<uuid:org_id>/invitations/<uuid:invitation_id>", members.InvitationView.as_view()
    ),
    path("v1/invitations/accept", members.AcceptInvitationView.as_view()),
    path("v1/orgs/<uuid:org_id>/clients", service_clients.ServiceClientListView.as_view()),
    path(
        "v1/orgs/<uuid:org_id>/clients/<uuid:client_id>",
        service_clients.ServiceClientView.as_view(),
    ),
    path(
        "v1/orgs/<uuid:org_id>/clients/<uuid:client_id>/renew-secret",
        service_clients.RenewSecretView.as_view(),
    ),
    path("v1/orgs/<uuid:org_id>/audit", audit.AuditEntryListView.as_view()),
    path("v1/orgs/<uuid:org_id>/audit/export", audit.AuditExportView.as_view()),
    path(".well-known/jwks.json", views.KeySetView.as_view(), name="jwks"),
]
