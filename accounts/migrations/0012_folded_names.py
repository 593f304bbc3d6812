"""Names as searches compare them."""

from django.db import migrations, models

from authsvc.kernel.text import folded

BATCH = 1000


def fold_names(apps, schema_editor):
    users = apps.get_model("accounts", "User")
    batch = []
    for user in users.objects.exclude(name="").only("pk", "name").iterator(chunk_size=BATCH):
        user.folded_name = folded(user.name)
        batch.append(user)
        if len(batch) == BATCH:
            users.objects.bulk_update(batch, ["folded_name"])
            batch = []
    users.objects.bulk_update(batch, ["folded_name"])


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0011_idempotency_etag"),
    ]

    operations = [
        migrations.AddField(
            model_name="user",
            name="folded_name",
            field=models.TextField(blank=True, db_default="", default="", editable=False),
        ),
        migrations.RunPython(fold_names, migrations.RunPython.noop),
    ]
