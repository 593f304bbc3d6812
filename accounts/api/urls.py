"""The URLs of the accounts API.

Paths with a common prefix are included together, because Django tries patterns one after another.
"""

from django.urls import URLPattern, URLResolver, include, path

from accounts.api import (
    audit,
    events,
    members,
    organizations,
    service_clients,
    sessions,
    tasks,
    users,
    webhooks,
)

auth = [
    path("register", sessions.RegisterView.as_view()),
    path("login", sessions.LogInView.as_view()),
    path("login/verify", sessions.VerifyLogInView.as_view()),
    path("refresh", sessions.RefreshView.as_view()),
    path("logout", sessions.LogOutView.as_view()),
]
me = [
    path("password", users.MyPasswordView.as_view()),
    path("email/verification", users.EmailVerificationView.as_view()),
    path("email/verify", users.VerifyEmailView.as_view()),
    path("sessions", sessions.MySessionListView.as_view()),
    path("sessions/<id:session_id>", sessions.MySessionView.as_view()),
    path("grants", sessions.MyGrantListView.as_view()),
    path("grants/<id:grant_id>", sessions.MyGrantView.as_view()),
]
webhook = [
    path("rotate-secret", webhooks.RotateWebhookSecretView.as_view()),
    path("ping", webhooks.PingWebhookView.as_view()),
    path("pause", webhooks.PauseWebhookView.as_view()),
    path("resume", webhooks.ResumeWebhookView.as_view()),
    path("replay", webhooks.ReplayWebhookView.as_view()),
    path("deliveries", webhooks.WebhookDeliveryListView.as_view()),
    path("deliveries/<id:delivery_id>/redeliver", webhooks.RedeliverView.as_view()),
]
platform_webhook = [
    path("rotate-secret", webhooks.PlatformRotateWebhookSecretView.as_view()),
    path("ping", webhooks.PlatformPingWebhookView.as_view()),
    path("pause", webhooks.PlatformPauseWebhookView.as_view()),
    path("resume", webhooks.PlatformResumeWebhookView.as_view()),
    path("replay", webhooks.PlatformReplayWebhookView.as_view()),
    path("deliveries", webhooks.PlatformWebhookDeliveryListView.as_view()),
    path("deliveries/<id:delivery_id>/redeliver", webhooks.PlatformRedeliverView.as_view()),
]
organization: list[URLPattern | URLResolver] = [
    path("suspend", organizations.SuspendOrganizationView.as_view()),
    path("reopen", organizations.ReopenOrganizationView.as_view()),
    path("members", members.MemberListView.as_view()),
    path("members/import", members.MemberImportView.as_view()),
    path("members/<id:user_id>", members.MemberView.as_view()),
    path("invitations", members.InvitationListView.as_view()),
    path("invitations/<id:invitation_id>", members.InvitationView.as_view()),
    path("clients", service_clients.ServiceClientListView.as_view()),
    path("clients/<id:client_id>", service_clients.ServiceClientView.as_view()),
    path("clients/<id:client_id>/renew-secret", service_clients.RenewSecretView.as_view()),
    path("webhooks", webhooks.WebhookListView.as_view()),
    path("webhooks/<id:webhook_id>", webhooks.WebhookView.as_view()),
    path("webhooks/<id:webhook_id>/", include(webhook)),
    path("audit", audit.AuditEntryListView.as_view()),
    path("audit/export", audit.AuditExportView.as_view()),
]
urlpatterns = [
    path("v1/auth/", include(auth)),
    path("v1/me", users.MeView.as_view()),
    path("v1/me/", include(me)),
    path("v1/verifications", tasks.VerificationView.as_view()),
    path("v1/tasks", tasks.TaskListView.as_view()),
    path("v1/tasks/<id:task_id>", tasks.TaskView.as_view()),
    path("v1/tasks/<id:task_id>/cancel", tasks.CancelTaskView.as_view()),
    path("v1/tasks/<id:task_id>/result", tasks.TaskResultView.as_view()),
    path("v1/users", users.UserListView.as_view()),
    path("v1/users/<id:user_id>", users.UserView.as_view()),
    path("v1/orgs", organizations.OrganizationListView.as_view()),
    path("v1/orgs/<id:org_id>", organizations.OrganizationView.as_view()),
    path("v1/orgs/<id:org_id>/", include(organization)),
    path("v1/events", events.EventFeedView.as_view()),
    path("v1/webhooks", webhooks.PlatformWebhookListView.as_view()),
    path("v1/webhooks/<id:webhook_id>", webhooks.PlatformWebhookView.as_view()),
    path("v1/webhooks/<id:webhook_id>/", include(platform_webhook)),
    path("v1/invitations/accept", members.AcceptInvitationView.as_view()),
    path(".well-known/jwks.json", sessions.KeySetView.as_view(), name="jwks"),
]
