from django.db import migrations

ROWS = {
    "oauthclient": "client",
    "authorizationcode": "authorization code",
    "devicecode": "device code",
    "pushedrequest": "pushed request",
    "consent": "consent",
    "logoutnotice": "logout notice",
}


def let_auditors_look(apps, schema_editor):
    """Make the permissions too, as Django does only when all migrations are done; it will find these."""
    auditors = apps.get_model("auth", "Group").objects.get(name="Auditors")
    for model, words in ROWS.items():
        content_type, _ = apps.get_model("contenttypes", "ContentType").objects.get_or_create(
            app_label="accounts", model=model
        )
        permission, _ = apps.get_model("auth", "Permission").objects.get_or_create(
            content_type=content_type,
            codename=f"view_{model}",
            defaults={"name": f"Can view {words}"},
        )
        auditors.permissions.add(permission)


def let_nobody_look(apps, schema_editor):
    apps.get_model("auth", "Permission").objects.filter(
        content_type__app_label="accounts",
        content_type__model__in=ROWS,
        codename__startswith="view_",
    ).delete()


class Migration(migrations.Migration):
    dependencies = [("accounts", "0005_clients")]
    operations = [migrations.RunPython(let_auditors_look, let_nobody_look)]
