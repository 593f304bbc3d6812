"""The time of the last event of each stream, with its head."""

from django.db import migrations, models
from django.db.models import F, OuterRef, Subquery
from django.db.models.functions import Coalesce


def take_from_last_events(apps, schema_editor):
    events = apps.get_model("progress", "ProgressEvent").objects
    last = events.filter(
        user_id=OuterRef("user_id"),
        course_id=OuterRef("course_id"),
        sequence=OuterRef("sequence"),
    )
    apps.get_model("progress", "CourseProgress").objects.update(
        changed_at=Coalesce(Subquery(last.values("occurred_at")[:1]), F("last_activity_at"))
    )


class Migration(migrations.Migration):

    dependencies = [
        ('progress', '0003_voiding_and_deadlines'),
    ]

    operations = [
        migrations.AddField(
            model_name='courseprogress',
            name='changed_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.RunPython(take_from_last_events, migrations.RunPython.noop),
        migrations.AddIndex(
            model_name='courseprogress',
            index=models.Index(models.F('course'), Coalesce('changed_at', 'last_activity_at'), name='course_progress_by_change'),
        ),
        migrations.AddIndex(
            model_name='courseprogress',
            index=models.Index(models.F('org'), Coalesce('changed_at', 'last_activity_at'), name='org_progress_by_change'),
        ),
    ]
