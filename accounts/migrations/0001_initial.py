import django.db.models.deletion
import django.db.models.functions.text
import uuid
from django.conf import settings
from django.db import migrations, models

from authsvc.storage.append_only import AppendOnly


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
        "accounts.logoutnotice": "view",
        "accounts.oauthclient": "view",
        "accounts.organization": "view",
        "accounts.orgmembership": "view",
        "accounts.pushedrequest": "view",
        "accounts.refreshtoken": "view",
        "accounts.session": "view",
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
        "progress.assessmentattempt": "view",
        "progress.attemptgrade": "view",
        "progress.courseprogress": "view",
        "progress.progressevent": "view",
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
        "progress.assessmentattempt": "change view",
        "progress.attemptgrade": "view",
        "progress.courseprogress": "view",
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
        "accounts.user": "add change view",
    },
}
# Verbose names of several words.
NAMES = {
    "accounts.auditentry": "audit entry",
    "accounts.authorizationcode": "authorization code",
    "accounts.devicecode": "device code",
    "accounts.idempotencyrecord": "idempotency record",
    "accounts.knownaddress": "known address",
    "accounts.limitstate": "limit state",
    "accounts.logoutnotice": "logout notice",
    "accounts.oauthclient": "client",
    "accounts.orgmembership": "membership",
    "accounts.pushedrequest": "pushed request",
    "accounts.refreshtoken": "refresh token",
    "admin.logentry": "log entry",
    "courses.coursedraft": "course draft",
    "courses.coursemodule": "course module",
    "courses.courseversion": "course version",
    "courses.learningpathway": "learning pathway",
    "courses.moduleitem": "module item",
    "courses.pathwaycourse": "pathway course",
    "credentials.usercredential": "user credential",
    "progress.assessmentattempt": "attempt",
    "progress.attemptgrade": "grade",
    "progress.courseprogress": "course progress",
    "progress.progressevent": "progress event",
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

    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    operations = [
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
                ("is_active", models.BooleanField(default=True)),
                ("created_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField(blank=True, null=True)),
                ("last_used_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "verbose_name": "client",
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
                ("email", models.EmailField(max_length=254, unique=True)),
                ("name", models.CharField(blank=True, max_length=200)),
                ("roles", models.JSONField(default=list)),
                ("is_active", models.BooleanField(default=True)),
                ("is_staff", models.BooleanField(default=False)),
                ("created_at", models.DateTimeField()),
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
        ),
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
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "client",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.OAUTH2_PROVIDER_APPLICATION_MODEL,
                    ),
                ),
            ],
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
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "client",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.OAUTH2_PROVIDER_APPLICATION_MODEL,
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
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
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "client",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.OAUTH2_PROVIDER_APPLICATION_MODEL,
                    ),
                ),
            ],
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
                ("redirect_uri", models.CharField(max_length=2000)),
                ("code_challenge", models.CharField(max_length=128)),
                ("session_id", models.UUIDField()),
                ("expires_at", models.DateTimeField(db_index=True)),
                ("used_at", models.DateTimeField(blank=True, null=True)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "client",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.OAUTH2_PROVIDER_APPLICATION_MODEL,
                    ),
                ),
            ],
            options={
                "abstract": False,
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
            ],
            options={
                "indexes": [models.Index(fields=["created_at", "id"], name="organizations_by_age")],
            },
        ),
        migrations.AddField(
            model_name="oauthclient",
            name="org",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="accounts.organization",
            ),
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
                ("email", models.EmailField(max_length=254)),
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
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organization",
                    ),
                ),
            ],
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
                        choices=[
                            ("user-created", "user-created"),
                            ("user-edited", "user-edited"),
                            ("user-password-set", "user-password-set"),
                            ("organization-created", "organization-created"),
                            ("organization-edited", "organization-edited"),
                            ("organization-suspended", "organization-suspended"),
                            ("organization-reopened", "organization-reopened"),
                            ("organization-deleted", "organization-deleted"),
                            ("looked-into", "looked-into"),
                            ("member-added", "member-added"),
                            ("member-role-changed", "member-role-changed"),
                            ("member-removed", "member-removed"),
                            ("member-left", "member-left"),
                            ("invitation-sent", "invitation-sent"),
                            ("invitation-taken-back", "invitation-taken-back"),
                            ("invitation-accepted", "invitation-accepted"),
                            ("client-registered", "client-registered"),
                            ("client-amended", "client-amended"),
                            ("client-secret-renewed", "client-secret-renewed"),
                            ("client-removed", "client-removed"),
                            ("course-created", "course-created"),
                            ("course-revised", "course-revised"),
                            ("course-published", "course-published"),
                            ("course-retired", "course-retired"),
                            ("pathway-created", "pathway-created"),
                            ("pathway-revised", "pathway-revised"),
                            ("pathway-published", "pathway-published"),
                            ("pathway-retired", "pathway-retired"),
                            ("credential-defined", "credential-defined"),
                            ("credential-amended", "credential-amended"),
                            ("credential-offered", "credential-offered"),
                            ("credential-withdrawn", "credential-withdrawn"),
                            ("credential-revoked", "credential-revoked"),
                            ("credential-reissued", "credential-reissued"),
                            ("attempt-graded", "attempt-graded"),
                            ("attempt-voided", "attempt-voided"),
                        ],
                        max_length=32,
                    ),
                ),
                (
                    "subject_type",
                    models.CharField(
                        choices=[
                            ("user", "user"),
                            ("organization", "organization"),
                            ("member", "member"),
                            ("invitation", "invitation"),
                            ("client", "client"),
                            ("course", "course"),
                            ("pathway", "pathway"),
                            ("learners", "learners"),
                            ("credential", "credential"),
                            ("user-credential", "user-credential"),
                            ("attempt", "attempt"),
                        ],
                        max_length=20,
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
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organization",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "audit entries",
            },
        ),
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
                (
                    "org",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organization",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="memberships",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "membership",
            },
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
                        on_delete=django.db.models.deletion.CASCADE,
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
                        choices=[
                            ("logged-out", "logged-out"),
                            ("password-changed", "password-changed"),
                            ("deactivated", "deactivated"),
                            ("token-reused", "token-reused"),
                            ("code-reused", "code-reused"),
                            ("revoked", "revoked"),
                            ("client-removed", "client-removed"),
                        ],
                        max_length=20,
                    ),
                ),
                (
                    "org",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organization",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "abstract": False,
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
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.OAUTH2_PROVIDER_ACCESS_TOKEN_MODEL,
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="user",
            index=models.Index(fields=["created_at", "id"], name="users_by_age"),
        ),
        migrations.AddConstraint(
            model_name="user",
            constraint=models.CheckConstraint(
                condition=models.Q(("email", django.db.models.functions.text.Lower("email"))),
                name="email_is_lower_case",
            ),
        ),
        migrations.AddConstraint(
            model_name="consent",
            constraint=models.UniqueConstraint(
                fields=("user", "client"), name="one_consent_per_client"
            ),
        ),
        migrations.AddIndex(
            model_name="oauthclient",
            index=models.Index(fields=["created_at", "id"], name="clients_by_age"),
        ),
        migrations.AddConstraint(
            model_name="invitation",
            constraint=models.UniqueConstraint(
                fields=("org", "email"), name="one_invitation_per_address"
            ),
        ),
        migrations.AddConstraint(
            model_name="auditentry",
            constraint=models.UniqueConstraint(
                fields=("org", "sequence"), name="one_entry_per_sequence"
            ),
        ),
        migrations.AddConstraint(
            model_name="auditentry",
            constraint=models.UniqueConstraint(
                condition=models.Q(("org", None)),
                fields=("sequence",),
                name="one_platform_entry_per_sequence",
            ),
        ),
        migrations.AddConstraint(
            model_name="orgmembership",
            constraint=models.UniqueConstraint(
                fields=("user", "org"), name="one_membership_per_organization"
            ),
        ),
        migrations.AddConstraint(
            model_name="orgmembership",
            constraint=models.CheckConstraint(
                condition=models.Q(("role__in", ["owner", "admin", "instructor", "learner"])),
                name="org_role_is_known",
            ),
        ),
        AppendOnly("AuditEntry"),
        migrations.RunPython(create_groups, remove_groups),
    ]
