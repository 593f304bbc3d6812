"""One form of each e-mail address. Accounts that share a mailbox are reported, and stay as they are."""

import sys

from django.db import migrations, models

from accounts.adapters.address_rows import normalize_addresses


def normalize(apps, schema_editor):
    for problem in normalize_addresses(apps).problems:
        print(problem, file=sys.stderr)


class Migration(migrations.Migration):
    dependencies = [
        ("account", "0009_emailaddress_unique_primary_email"),
        ("accounts", "0004_anchors"),
    ]

    operations = [
        migrations.AlterField(
            model_name="invitation",
            name="email",
            field=models.CharField(max_length=254),
        ),
        migrations.AlterField(
            model_name="user",
            name="email",
            field=models.CharField(max_length=254, unique=True),
        ),
        migrations.RunPython(normalize, migrations.RunPython.noop),
    ]
