"""One form of each e-mail address. Accounts that share a mailbox are reported, and stay as they are."""

import sys

from django.db import migrations, models

from accounts.adapters.address_rows import normalize_addresses


def normalize(apps, schema_editor):
    # The tables of `account` exist: `migrate` creates them before. This migration cannot depend on them, because they
    # depend on users, and so on the squashed migration that replaces this one.
    for problem in normalize_addresses(apps).problems:
        print(problem, file=sys.stderr)


class Migration(migrations.Migration):
    dependencies = [
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
