"""All tables and groups in their final form: what a new database gets in place of the migrations 0001 to 0034."""

import uuid

from django.conf import settings
from django.db import migrations, models
from django.db.models.functions import Coalesce, Lower

from authsvc.storage.append_only import AppendOnly
from authsvc.storage.new_tables import tables_first

MAIL_KINDS = [
    "account_already_exists", "account_invitation", "credential_claim", "email_confirmation",
    "email_confirmation_signup", "email_token", "impersonation", "invitation", "member_added",
    "new_address", "note", "password_reset_key", "unknown_account", "webhook_paused",
]
AUDIT_ACTIONS = [
    "user-created", "user-edited", "user-password-set", "user-password-link-sent",
    "user-actions-required", "user-email-link-sent", "user-second-factor-reset",
    "user-session-ended", "user-sessions-ended", "all-sessions-ended", "impersonation-started",
    "impersonation-used", "impersonation-ended", "people-imported", "people-exported",
    "audit-exported", "organization-created", "organization-edited", "organization-suspended",
    "organization-reopened", "organization-deleted", "looked-into", "member-added",
    "member-role-changed", "member-removed", "member-left", "invitation-sent",
    "invitation-taken-back", "invitation-accepted", "invitation-declined", "client-registered",
    "client-amended", "client-secret-renewed", "client-removed", "client-invited", "course-created",
    "course-revised", "course-published", "course-retired", "pathway-created", "pathway-revised",
    "pathway-published", "pathway-retired", "credential-defined", "credential-amended",
    "credential-offered", "credential-withdrawn", "credential-awarded", "credential-revoked",
    "credential-reissued", "credential-suspended", "credential-resumed", "credential-name-shown",
    "credential-name-hidden", "claim-made", "claim-cancelled", "issuer-keys-rotated",
    "issuer-key-compromised", "attempt-graded", "attempt-voided", "attempt-reopened",
    "attempt-extended", "record-bound", "task-cancelled", "task-retried", "webhook-created",
    "webhook-amended", "webhook-secret-renewed", "webhook-paused", "webhook-resumed",
    "webhook-pinged", "webhook-replayed", "webhook-redelivered", "webhook-removed",
    "ai-settings-changed", "ai-texts-removed", "ai-flag-decided", "prompt-created",
    "prompt-activated", "prompt-trial-started", "prompt-trial-ended", "prompt-retired",
]
AUDIT_SUBJECTS = [
    "user", "platform", "organization", "member", "invitation", "client", "course", "pathway",
    "learners", "credential", "user-credential", "claim", "issuer-key", "attempt", "task",
    "webhook", "ai-session", "prompt",
]
SESSION_ENDS = [
    "logged-out", "password-changed", "deactivated", "token-reused", "code-reused", "revoked",
    "client-removed", "ended-by-staff", "secret-renewed",
]
SIGN_IN_WAYS = [
    "password", "second-factor", "passkey", "api", "api-second-factor", "device",
]
SIGN_IN_FAILURES = [
    "unknown-account", "wrong-password", "wrong-second-factor", "wrong-passkey", "inactive",
    "changed-meanwhile", "too-many-attempts",
]
# What the members of each group may do with which rows. Auditors see everything and change nothing.
GROUPS = {
    "Auditors": {
        "accounts.auditentry": "view",
        "accounts.authorizationcode": "view",
        "accounts.consent": "view",
        "accounts.devicecode": "view",
        "accounts.idempotencyrecord": "view",
        "accounts.invitation": "view",
        "accounts.knownaddress": "view",
        "accounts.limitstate": "view",
        "accounts.oauthclient": "view",
        "accounts.organization": "view",
        "accounts.orgmembership": "view",
        "accounts.outgoingmail": "view",
        "accounts.preauthorizedcode": "view",
        "accounts.pushedrequest": "view",
        "accounts.refreshtoken": "view",
        "accounts.session": "view",
        "accounts.signinrecord": "view",
        "accounts.user": "view",
        "admin.logentry": "view",
        "courses.assessment": "view",
        "courses.course": "view",
        "courses.coursedraft": "view",
        "courses.coursemodule": "view",
        "courses.courseversion": "view",
        "courses.learningpathway": "view",
        "courses.moduleitem": "view",
        "courses.pathwaycourse": "view",
        "credentials.credential": "view",
        "credentials.usercredential": "view",
        "jobs.job": "view",
        "progress.aibudgetcounter": "view",
        "progress.aifeedback": "view",
        "progress.aiflag": "view",
        "progress.aiinteraction": "view",
        "progress.aireservation": "view",
        "progress.aisession": "view",
        "progress.aisettings": "view",
        "progress.assessmentattempt": "view",
        "progress.attemptgrade": "view",
        "progress.courseprogress": "view",
        "progress.progressevent": "view",
        "progress.prompttemplate": "view",
    },
    "Course editors": {
        "courses.assessment": "view",
        "courses.course": "add change view",
        "courses.coursedraft": "view",
        "courses.coursemodule": "view",
        "courses.courseversion": "view",
        "courses.learningpathway": "add change view",
        "courses.moduleitem": "view",
        "courses.pathwaycourse": "view",
        "progress.aiflag": "view",
        "progress.aisession": "view",
        "progress.assessmentattempt": "change view",
        "progress.attemptgrade": "view",
        "progress.courseprogress": "view",
        "progress.prompttemplate": "view",
    },
    "Credential officers": {
        "credentials.credential": "add change view",
        "credentials.usercredential": "view",
    },
    "User managers": {
        "accounts.invitation": "view",
        "accounts.organization": "view",
        "accounts.orgmembership": "view",
        "accounts.session": "view",
        "accounts.signinrecord": "view",
        "accounts.user": "add change view",
    },
}
# Verbose names other than the name of the class in lower case.
NAMES = {
    "accounts.auditentry": "audit entry",
    "accounts.authorizationcode": "authorization code",
    "accounts.devicecode": "device code",
    "accounts.idempotencyrecord": "idempotency record",
    "accounts.knownaddress": "known address",
    "accounts.limitstate": "limit state",
    "accounts.oauthclient": "client",
    "accounts.orgmembership": "membership",
    "accounts.outgoingmail": "outgoing mail",
    "accounts.preauthorizedcode": "pre authorized code",
    "accounts.pushedrequest": "pushed request",
    "accounts.refreshtoken": "refresh token",
    "accounts.signinrecord": "sign-in",
    "admin.logentry": "log entry",
    "courses.coursedraft": "course draft",
    "courses.coursemodule": "course module",
    "courses.courseversion": "course version",
    "courses.learningpathway": "learning pathway",
    "courses.moduleitem": "module item",
    "courses.pathwaycourse": "pathway course",
    "credentials.usercredential": "user credential",
    "progress.aibudgetcounter": "AI budget",
    "progress.aifeedback": "AI feedback",
    "progress.aiflag": "AI flag",
    "progress.aiinteraction": "AI interaction",
    "progress.aireservation": "AI reservation",
    "progress.aisession": "AI session",
    "progress.aisettings": "AI settings",
    "progress.assessmentattempt": "attempt",
    "progress.attemptgrade": "grade",
    "progress.courseprogress": "course progress",
    "progress.progressevent": "progress event",
    "progress.prompttemplate": "prompt template",
}


def create_groups(apps, schema_editor):
    """Create the permissions, too: Django creates them after all migrations, and finds these."""
    for name, rows in GROUPS.items():
        group, _ = apps.get_model("auth", "Group").objects.get_or_create(name=name)
        for row, verbs in rows.items():
            group.permissions.add(*(_permission(apps, row, verb) for verb in verbs.split()))


def remove_groups(apps, schema_editor):
    apps.get_model("auth", "Group").objects.filter(name__in=GROUPS).delete()


def _permission(apps, row, verb):
    app_label, model = row.split(".")
    content_type, _ = apps.get_model("contenttypes", "ContentType").objects.get_or_create(
        app_label=app_label, model=model
    )
    permission, _ = apps.get_model("auth", "Permission").objects.get_or_create(
        content_type=content_type,
        codename=f"{verb}_{model}",
        defaults={"name": f"Can {verb} {NAMES.get(row, model)}"},
    )
    return permission


class Migration(migrations.Migration):
    initial = True

    replaces = [
        ("accounts", "0001_initial"),
        ("accounts", "0002_sign_in_challenges"),
        ("accounts", "0003_idempotency_standing"),
        ("accounts", "0004_anchors"),
        ("accounts", "0005_normalized_addresses"),
        ("accounts", "0006_outgoing_mail"),
        ("accounts", "0007_audit_actions"),
        ("accounts", "0008_profile"),
        ("accounts", "0009_claims"),
        ("accounts", "0010_client_management"),
        ("accounts", "0011_idempotency_etag"),
        ("accounts", "0012_folded_names"),
        ("accounts", "0013_mail_jobs"),
        ("accounts", "0014_logout_notice_jobs"),
        ("accounts", "0015_idempotency_position"),
        ("accounts", "0016_changed_at"),
        ("accounts", "0017_task_actions"),
        ("accounts", "0018_webhooks"),
        ("accounts", "0019_ai_sessions"),
        ("accounts", "0020_prompts"),
        ("accounts", "0021_people"),
        ("accounts", "0022_required_actions"),
        ("accounts", "0023_audit_indexes"),
        ("accounts", "0024_attempt_decisions"),
        ("accounts", "0025_client_pages"),
        ("accounts", "0026_impersonation"),
        ("accounts", "0027_audit_search"),
        ("accounts", "0028_credential_actions"),
        ("accounts", "0029_credential_name_actions"),
        ("accounts", "0030_pre_authorized_codes"),
        ("accounts", "0031_claim_actions"),
        ("accounts", "0032_organization_profiles"),
        ("accounts", "0033_sign_in_records"),
        ("accounts", "0034_invitation_declined"),
    ]

    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    operations = tables_first([
        migrations.CreateModel(
            name="Anchor",
            fields=[
                ("sequence", models.PositiveIntegerField(primary_key=True, serialize=False)),
                ("token", models.TextField()),
                ("public_key", models.JSONField()),
            ],
        ),
        AppendOnly("Anchor"),
        migrations.CreateModel(
            name="AuditHead",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("sequence", models.PositiveIntegerField()),
                ("hash", models.CharField(max_length=64)),
            ],
        ),
        migrations.CreateModel(
            name="IdempotencyRecord",
            fields=[
                ("id", models.CharField(max_length=64, primary_key=True, serialize=False)),
                ("fingerprint", models.CharField(max_length=64)),
                ("status", models.PositiveSmallIntegerField()),
                ("body", models.TextField()),
                ("content_type", models.CharField(max_length=100)),
                ("etag", models.CharField(blank=True, db_default="", default="", max_length=64)),
                (
                    "position",
                    models.CharField(blank=True, db_default="", default="", max_length=20),
                ),
                (
                    "location",
                    models.CharField(blank=True, db_default="", default="", max_length=200),
                ),
                ("standing", models.JSONField(blank=True, null=True)),
                ("kept_at", models.DateTimeField(db_index=True)),
            ],
            options={
                "db_table": "accounts_ledgerentry",
            },
        ),
        migrations.CreateModel(
            name="KnownAddress",
            fields=[
                ("key", models.CharField(max_length=64, primary_key=True, serialize=False)),
                ("seen_at", models.DateTimeField()),
            ],
            options={
                "verbose_name_plural": "known addresses",
                "db_table": "accounts_familiaraddress",
            },
        ),
        migrations.CreateModel(
            name="LimitState",
            fields=[
                ("key", models.CharField(max_length=64, primary_key=True, serialize=False)),
                ("limit", models.CharField(max_length=30)),
                ("count", models.PositiveIntegerField()),
                ("refusals", models.PositiveIntegerField()),
                ("forgotten_at", models.DateTimeField()),
                ("waits_until", models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.CreateModel(
            name="OutgoingMail",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[(value, value) for value in MAIL_KINDS], max_length=40
                    ),
                ),
                ("recipient", models.EmailField(max_length=254)),
                ("subject", models.CharField(max_length=300)),
                ("body", models.TextField(blank=True)),
                ("due_at", models.DateTimeField(blank=True, db_index=True, null=True)),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("queued", "queued"),
                            ("sent", "sent"),
                            ("failed", "failed"),
                            ("given_up", "given_up"),
                        ],
                        max_length=10,
                    ),
                ),
                ("attempts", models.PositiveSmallIntegerField()),
                ("error", models.CharField(blank=True, max_length=100)),
                ("created_at", models.DateTimeField(db_index=True)),
                ("expires_at", models.DateTimeField()),
                ("sent_at", models.DateTimeField(blank=True, null=True)),
                ("job_id", models.UUIDField(blank=True, null=True)),
            ],
            options={
                "verbose_name_plural": "outgoing mail",
            },
        ),
        migrations.CreateModel(
            name="User",
            fields=[
                ("password", models.CharField(max_length=128, verbose_name="password")),
                (
                    "last_login",
                    models.DateTimeField(blank=True, null=True, verbose_name="last login"),
                ),
                (
                    "is_superuser",
                    models.BooleanField(
                        default=False,
                        help_text="Designates that this user has all permissions without explicitly assigning them.",
                        verbose_name="superuser status",
                    ),
                ),
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("email", models.CharField(max_length=254, unique=True)),
                ("name", models.CharField(blank=True, max_length=200)),
                (
                    "folded_name",
                    models.TextField(blank=True, db_default="", default="", editable=False),
                ),
                ("roles", models.JSONField(default=list)),
                ("is_active", models.BooleanField(default=True)),
                ("is_staff", models.BooleanField(default=False)),
                ("created_at", models.DateTimeField()),
                ("profile_members", models.JSONField(blank=True, db_default={}, default=dict)),
                ("updated_at", models.DateTimeField(blank=True, null=True)),
                ("changed_at", models.DateTimeField(blank=True, null=True)),
                ("required_actions", models.JSONField(blank=True, db_default=[], default=list)),
                ("actions_required_at", models.DateTimeField(blank=True, null=True)),
                (
                    "groups",
                    models.ManyToManyField(
                        blank=True,
                        help_text="The groups this user belongs to. A user will get all permissions granted to each of their groups.",
                        related_name="user_set",
                        related_query_name="user",
                        to="auth.group",
                        verbose_name="groups",
                    ),
                ),
                (
                    "user_permissions",
                    models.ManyToManyField(
                        blank=True,
                        help_text="Specific permissions for this user.",
                        related_name="user_set",
                        related_query_name="user",
                        to="auth.permission",
                        verbose_name="user permissions",
                    ),
                ),
            ],
            options={
                "permissions": [
                    ("impersonate_user", "Can sign in as a user, to read"),
                    ("act_as_user", "Can also change things while signed in as a user"),
                ],
                "indexes": [
                    models.Index(fields=["created_at", "id"], name="users_by_age"),
                    models.Index(Coalesce("changed_at", "created_at"), name="users_by_change"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("email", Lower("email"))), name="email_is_lower_case"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="BrowserSession",
            fields=[
                (
                    "session_key",
                    models.CharField(
                        max_length=40, primary_key=True, serialize=False, verbose_name="session key"
                    ),
                ),
                ("session_data", models.TextField(verbose_name="session data")),
                ("expire_date", models.DateTimeField(db_index=True, verbose_name="expire date")),
                ("browser_id", models.UUIDField(blank=True, db_index=True, null=True)),
                ("began_at", models.DateTimeField(blank=True, null=True)),
                ("seen_at", models.DateTimeField(blank=True, null=True)),
                ("user_agent", models.CharField(blank=True, db_default="", max_length=300)),
                ("client_ip", models.CharField(blank=True, db_default="", max_length=50)),
                (
                    "user",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=models.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "browser session",
            },
        ),
        migrations.CreateModel(
            name="Organization",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("name", models.CharField(max_length=200)),
                (
                    "slug",
                    models.SlugField(
                        help_text="The addresses of its courses begin with it. It never changes.",
                        max_length=40,
                        unique=True,
                    ),
                ),
                (
                    "plan",
                    models.CharField(
                        choices=[("free", "free"), ("team", "team"), ("enterprise", "enterprise")],
                        max_length=16,
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("active", "active"),
                            ("suspended", "suspended"),
                            ("deleted", "deleted"),
                        ],
                        max_length=16,
                    ),
                ),
                ("created_at", models.DateTimeField()),
                ("url", models.CharField(blank=True, db_default="", default="", max_length=2000)),
                (
                    "description",
                    models.CharField(blank=True, db_default="", default="", max_length=500),
                ),
                (
                    "image_url",
                    models.CharField(blank=True, db_default="", default="", max_length=2000),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["created_at", "id"], name="organizations_by_age")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("url", ""), ("url__startswith", "https://"), _connector="OR"
                        ),
                        name="organization_url_is_https",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("image_url", ""),
                            ("image_url__startswith", "https://"),
                            _connector="OR",
                        ),
                        name="organization_image_url_is_https",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="OAuthClient",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("client_id", models.CharField(max_length=100, unique=True)),
                ("secret_hash", models.CharField(blank=True, max_length=64)),
                ("secret_hint", models.CharField(blank=True, db_default="", max_length=4)),
                ("name", models.CharField(max_length=200)),
                ("is_public", models.BooleanField()),
                ("redirect_uris", models.JSONField(blank=True)),
                ("post_logout_redirect_uris", models.JSONField(blank=True)),
                ("backchannel_logout_uri", models.CharField(blank=True, max_length=2000)),
                ("allowed_origins", models.JSONField(blank=True)),
                ("allowed_scopes", models.JSONField(blank=True)),
                ("grant_types", models.JSONField()),
                ("resources", models.JSONField(blank=True)),
                (
                    "id_token_algorithm",
                    models.CharField(
                        choices=[("RS256", "RS256"), ("ES256", "ES256")], max_length=10
                    ),
                ),
                ("is_trusted", models.BooleanField(default=False)),
                ("must_push", models.BooleanField(default=False)),
                ("claims_in_id_token", models.BooleanField(db_default=False, default=False)),
                ("is_active", models.BooleanField(default=True)),
                ("created_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField(blank=True, null=True)),
                ("last_used_at", models.DateTimeField(blank=True, null=True)),
                ("former_secret_hash", models.CharField(blank=True, db_default="", max_length=64)),
                ("former_secret_expires_at", models.DateTimeField(blank=True, null=True)),
                ("registration_hash", models.CharField(blank=True, db_default="", max_length=64)),
                (
                    "pkce_waived_because",
                    models.CharField(blank=True, db_default="", max_length=1000),
                ),
                (
                    "org",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=models.PROTECT,
                        related_name="+",
                        to="accounts.organization",
                    ),
                ),
            ],
            options={
                "verbose_name": "client",
                "indexes": [models.Index(fields=["created_at", "id"], name="clients_by_age")],
            },
        ),
        migrations.CreateModel(
            name="DeviceCode",
            fields=[
                ("authenticated_at", models.DateTimeField(blank=True, null=True)),
                ("methods", models.JSONField(blank=True, null=True)),
                ("browser_id", models.UUIDField(blank=True, db_index=True, null=True)),
                ("hash", models.CharField(max_length=64, primary_key=True, serialize=False)),
                ("user_code_hash", models.CharField(max_length=64, unique=True)),
                ("scopes", models.JSONField()),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("pending", "pending"),
                            ("allowed", "allowed"),
                            ("denied", "denied"),
                        ],
                        max_length=10,
                    ),
                ),
                ("interval_seconds", models.PositiveIntegerField()),
                ("polled_at", models.DateTimeField(blank=True, null=True)),
                ("session_id", models.UUIDField()),
                ("expires_at", models.DateTimeField(db_index=True)),
                (
                    "user",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=models.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "client",
                    models.ForeignKey(
                        on_delete=models.CASCADE,
                        related_name="+",
                        to=settings.OAUTH2_PROVIDER_APPLICATION_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Consent",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("scopes", models.JSONField()),
                ("given_at", models.DateTimeField()),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=models.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "client",
                    models.ForeignKey(
                        on_delete=models.CASCADE,
                        related_name="+",
                        to=settings.OAUTH2_PROVIDER_APPLICATION_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("user", "client"), name="one_consent_per_client"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="AuthorizationCode",
            fields=[
                ("authenticated_at", models.DateTimeField(blank=True, null=True)),
                ("methods", models.JSONField(blank=True, null=True)),
                ("browser_id", models.UUIDField(blank=True, db_index=True, null=True)),
                ("hash", models.CharField(max_length=64, primary_key=True, serialize=False)),
                ("scopes", models.JSONField()),
                ("resource", models.CharField(blank=True, max_length=2000)),
                ("nonce", models.TextField(blank=True)),
                ("claims", models.JSONField(blank=True, db_default={}, default=dict)),
                ("redirect_uri", models.CharField(max_length=2000)),
                ("code_challenge", models.CharField(max_length=128)),
                ("session_id", models.UUIDField()),
                ("expires_at", models.DateTimeField(db_index=True)),
                ("used_at", models.DateTimeField(blank=True, null=True)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=models.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "client",
                    models.ForeignKey(
                        on_delete=models.CASCADE,
                        related_name="+",
                        to=settings.OAUTH2_PROVIDER_APPLICATION_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Invitation",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("email", models.CharField(max_length=254)),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("owner", "owner"),
                            ("admin", "admin"),
                            ("instructor", "instructor"),
                            ("learner", "learner"),
                        ],
                        max_length=16,
                    ),
                ),
                ("token_hash", models.CharField(max_length=64, unique=True)),
                ("invited_by", models.UUIDField(blank=True, null=True)),
                ("created_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField(db_index=True)),
                (
                    "org",
                    models.ForeignKey(
                        on_delete=models.PROTECT, related_name="+", to="accounts.organization"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("org", "email"), name="one_invitation_per_address"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="AuditEntry",
            fields=[
                ("position", models.BigAutoField(primary_key=True, serialize=False)),
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("sequence", models.PositiveIntegerField()),
                (
                    "action",
                    models.CharField(
                        choices=[(value, value) for value in AUDIT_ACTIONS], max_length=32
                    ),
                ),
                (
                    "subject_type",
                    models.CharField(
                        choices=[(value, value) for value in AUDIT_SUBJECTS], max_length=20
                    ),
                ),
                ("subject_id", models.CharField(max_length=100)),
                ("before", models.JSONField()),
                ("after", models.JSONField()),
                ("reason", models.TextField(blank=True)),
                ("actor_id", models.UUIDField(blank=True, null=True)),
                ("client_id", models.CharField(max_length=100)),
                ("request_id", models.CharField(blank=True, max_length=64)),
                ("occurred_at", models.DateTimeField()),
                ("previous_hash", models.CharField(max_length=64)),
                ("hash", models.CharField(max_length=64)),
                (
                    "org",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=models.PROTECT,
                        related_name="+",
                        to="accounts.organization",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "audit entries",
                "indexes": [
                    models.Index(fields=["subject_id", "-position"], name="audit_by_subject"),
                    models.Index(fields=["actor_id", "-position"], name="audit_by_actor"),
                    models.Index(fields=["occurred_at", "id"], name="audit_by_time"),
                    models.Index(fields=["action", "occurred_at", "id"], name="audit_by_action"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("org", "sequence"), name="one_entry_per_sequence"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("org", None)),
                        fields=("sequence",),
                        name="one_platform_entry_per_sequence",
                    ),
                ],
            },
        ),
        AppendOnly("AuditEntry"),
        migrations.CreateModel(
            name="OrgMembership",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("owner", "owner"),
                            ("admin", "admin"),
                            ("instructor", "instructor"),
                            ("learner", "learner"),
                        ],
                        max_length=16,
                    ),
                ),
                ("joined_at", models.DateTimeField()),
                ("changed_at", models.DateTimeField(blank=True, null=True)),
                (
                    "org",
                    models.ForeignKey(
                        on_delete=models.PROTECT, related_name="+", to="accounts.organization"
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=models.PROTECT,
                        related_name="memberships",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "membership",
                "indexes": [
                    models.Index(
                        models.F("org"),
                        Coalesce("changed_at", "joined_at"),
                        name="members_by_change",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("user", "org"), name="one_membership_per_organization"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("role__in", ["owner", "admin", "instructor", "learner"])
                        ),
                        name="org_role_is_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PreAuthorizedCode",
            fields=[
                ("hash", models.CharField(max_length=64, primary_key=True, serialize=False)),
                ("pin_hash", models.CharField(max_length=64)),
                ("credential_id", models.UUIDField()),
                ("configuration_id", models.CharField(max_length=50)),
                ("session_id", models.UUIDField()),
                ("expires_at", models.DateTimeField(db_index=True)),
                ("wrong_pins", models.PositiveSmallIntegerField(default=0)),
                ("used_at", models.DateTimeField(blank=True, null=True)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=models.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="PushedRequest",
            fields=[
                ("hash", models.CharField(max_length=64, primary_key=True, serialize=False)),
                ("parameters", models.JSONField()),
                ("expires_at", models.DateTimeField(db_index=True)),
                ("is_opened", models.BooleanField(default=False)),
                (
                    "client",
                    models.ForeignKey(
                        on_delete=models.CASCADE,
                        related_name="+",
                        to=settings.OAUTH2_PROVIDER_APPLICATION_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Session",
            fields=[
                ("authenticated_at", models.DateTimeField(blank=True, null=True)),
                ("methods", models.JSONField(blank=True, null=True)),
                ("browser_id", models.UUIDField(blank=True, db_index=True, null=True)),
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("client_id", models.CharField(max_length=100)),
                ("scopes", models.JSONField()),
                ("resource", models.CharField(blank=True, db_default="", max_length=2000)),
                ("started_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField(db_index=True)),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                (
                    "ended_because",
                    models.CharField(
                        blank=True,
                        choices=[(value, value) for value in SESSION_ENDS],
                        max_length=20,
                    ),
                ),
                ("claims", models.JSONField(blank=True, db_default={}, default=dict)),
                (
                    "org",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=models.PROTECT,
                        related_name="+",
                        to="accounts.organization",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=models.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["client_id", "-started_at"], name="sessions_by_client")
                ],
            },
        ),
        migrations.CreateModel(
            name="RefreshToken",
            fields=[
                ("hash", models.CharField(max_length=64, primary_key=True, serialize=False)),
                ("number", models.PositiveIntegerField(db_default=1)),
                ("issued_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("used_at", models.DateTimeField(blank=True, null=True)),
                (
                    "session",
                    models.ForeignKey(
                        on_delete=models.CASCADE,
                        related_name="+",
                        to=settings.OAUTH2_PROVIDER_ACCESS_TOKEN_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="SignInChallenge",
            fields=[
                ("hash", models.CharField(max_length=64, primary_key=True, serialize=False)),
                ("expires_at", models.DateTimeField(db_index=True)),
                ("passkey_state", models.JSONField(blank=True, null=True)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=models.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="SignInRecord",
            fields=[
                ("id", models.UUIDField(editable=False, primary_key=True, serialize=False)),
                (
                    "client_ip",
                    models.CharField(blank=True, max_length=50, verbose_name="client IP"),
                ),
                (
                    "way",
                    models.CharField(
                        choices=[(value, value) for value in SIGN_IN_WAYS], max_length=20
                    ),
                ),
                (
                    "failure",
                    models.CharField(
                        blank=True,
                        choices=[(value, value) for value in SIGN_IN_FAILURES],
                        max_length=30,
                    ),
                ),
                ("attempts", models.PositiveIntegerField()),
                ("at", models.DateTimeField(verbose_name="time")),
                (
                    "user",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=models.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "sign-in",
                "indexes": [
                    models.Index(fields=["-at"], name="sign_ins_by_time"),
                    models.Index(fields=["user", "-at"], name="sign_ins_by_user"),
                    models.Index(fields=["client_ip", "-at"], name="sign_ins_by_address"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("attempts__gte", 1)), name="sign_ins_have_attempts"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("failure", ""), ("user", None), _negated=True),
                        name="sign_ins_have_a_user",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Webhook",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("url", models.CharField(max_length=2000)),
                ("description", models.CharField(blank=True, max_length=200)),
                ("types", models.JSONField(blank=True)),
                ("encrypted_secret", models.CharField(max_length=400)),
                ("former_encrypted_secret", models.CharField(blank=True, max_length=400)),
                ("former_secret_expires_at", models.DateTimeField(blank=True, null=True)),
                (
                    "paused_because",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("requested", "requested"),
                            ("failing", "failing"),
                            ("gone", "gone"),
                        ],
                        max_length=10,
                    ),
                ),
                ("paused_at", models.DateTimeField(blank=True, null=True)),
                ("created_at", models.DateTimeField()),
                ("position", models.BigIntegerField()),
                ("lease", models.UUIDField(blank=True, null=True)),
                ("leased_until", models.DateTimeField(blank=True, null=True)),
                ("resting_until", models.DateTimeField(blank=True, null=True)),
                ("claimed_at", models.DateTimeField(blank=True, null=True)),
                (
                    "created_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=models.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "org",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=models.PROTECT,
                        related_name="+",
                        to="accounts.organization",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["org", "created_at", "id"], name="webhooks_by_org")
                ],
            },
        ),
        migrations.CreateModel(
            name="WebhookDelivery",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("position", models.BigIntegerField()),
                ("event_id", models.UUIDField()),
                ("type", models.CharField(max_length=40)),
                ("user_id", models.UUIDField(blank=True, null=True)),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("waiting", "waiting"),
                            ("delivered", "delivered"),
                            ("failed", "failed"),
                        ],
                        max_length=10,
                    ),
                ),
                ("is_pending", models.BooleanField()),
                ("attempts", models.PositiveSmallIntegerField()),
                ("http_status", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("duration_ms", models.PositiveIntegerField(blank=True, null=True)),
                ("error", models.CharField(blank=True, max_length=200)),
                ("created_at", models.DateTimeField()),
                ("attempted_at", models.DateTimeField(blank=True, null=True)),
                ("due_at", models.DateTimeField(blank=True, null=True)),
                (
                    "webhook",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=models.CASCADE,
                        related_name="deliveries",
                        to="accounts.webhook",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "webhook deliveries",
                "indexes": [
                    models.Index(
                        fields=["webhook", "-created_at", "-id"], name="deliveries_by_webhook"
                    ),
                    models.Index(
                        condition=models.Q(("is_pending", True)),
                        fields=["webhook", "due_at"],
                        name="deliveries_due",
                    ),
                    models.Index(
                        condition=models.Q(("is_pending", True), _negated=True),
                        fields=["attempted_at"],
                        name="deliveries_delivered",
                    ),
                    models.Index(fields=["-created_at"], name="deliveries_by_time"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("is_pending", True)),
                        fields=("webhook", "position"),
                        name="one_pending_delivery",
                    )
                ],
            },
        ),
        # Version 0.1.0 reads this column and this table. A later migration can drop both from every database.
        migrations.CreateModel(
            name="LogoutNotice",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("browser_id", models.UUIDField()),
                ("due_at", models.DateTimeField(db_index=True)),
                ("failures", models.PositiveSmallIntegerField()),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=models.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "client",
                    models.ForeignKey(
                        on_delete=models.CASCADE,
                        related_name="+",
                        to=settings.OAUTH2_PROVIDER_APPLICATION_MODEL,
                    ),
                ),
            ],
        ),
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.DeleteModel("LogoutNotice"),
                migrations.RemoveField(model_name="outgoingmail", name="due_at"),
            ],
        ),
        migrations.RunPython(create_groups, remove_groups),
    ])
