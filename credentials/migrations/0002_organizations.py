"""Say of which organization things are."""

import django.db.models.deletion
from django.db import migrations, models


def owner(**options):
    return models.ForeignKey(
        blank=True,
        null=True,
        on_delete=django.db.models.deletion.PROTECT,
        related_name="+",
        to="accounts.organization",
        **options,
    )


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0007_organizations"),
        ("credentials", "0001_initial"),
    ]
    operations = [
        migrations.AddField("credential", "org", owner()),
        migrations.AddField("usercredential", "org", owner()),
    ]
