"""Indexes for the figures of a period on the dashboard of the admin site."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("credentials", "0004_assisted_grades"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="usercredential",
            index=models.Index(fields=["issued_at"], name="issued_by_time"),
        ),
        migrations.AddIndex(
            model_name="usercredential",
            index=models.Index(
                condition=models.Q(("revoked_at__isnull", False)),
                fields=["revoked_at"],
                name="revoked_by_time",
            ),
        ),
    ]
