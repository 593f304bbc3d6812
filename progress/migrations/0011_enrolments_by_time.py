"""Indexes for the figures of a period on the dashboard of the admin site."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("progress", "0010_grade_proposals"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="courseprogress",
            index=models.Index(fields=["enrolled_at"], name="enrolments_by_time"),
        ),
        migrations.AddIndex(
            model_name="courseprogress",
            index=models.Index(
                condition=models.Q(("completed_at__isnull", False)),
                fields=["completed_at"],
                name="completions_by_time",
            ),
        ),
    ]
