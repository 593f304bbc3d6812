"""Say of which organization things are, in the column that has stood there for that."""

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


def refer(model, **options):
    """Make the column `org_id` refer to organizations, where it stands, and call the field `org`."""
    return [
        migrations.AlterField(model, "org_id", owner(db_column="org_id", **options)),
        migrations.RenameField(model, "org_id", "org"),
        migrations.AlterField(model, "org", owner(**options)),
    ]


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0007_organizations"),
        ("courses", "0002_append_only"),
    ]
    operations = [
        *refer("course"),
        *refer("courseversion", db_index=False),
    ]
