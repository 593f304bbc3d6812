from django.db import migrations, models

ROWS = {"limitstate": "limit state", "familiaraddress": "familiar address"}


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
        content_type__app_label="accounts", content_type__model__in=ROWS
    ).delete()


class Migration(migrations.Migration):
    dependencies = [("accounts", "0003_refresh_token_numbers")]
    operations = [
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
            name="FamiliarAddress",
            fields=[
                ("key", models.CharField(max_length=64, primary_key=True, serialize=False)),
                ("seen_at", models.DateTimeField()),
            ],
            options={"verbose_name_plural": "familiar addresses"},
        ),
        migrations.RunPython(let_auditors_look, let_nobody_look),
    ]
