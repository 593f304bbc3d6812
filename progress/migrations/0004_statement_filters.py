"""Columns and indexes by which statements are filtered."""

from uuid import uuid5

from django.db import migrations, models
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast

BATCH = 2000


def add_registrations(apps, schema_editor):
    stored = apps.get_model("progress", "CourseProgress").objects
    batch = []
    for row in stored.only("pk", "user_id", "course_id").iterator(chunk_size=BATCH):
        row.registration = uuid5(row.course_id, str(row.user_id))
        batch.append(row)
        if len(batch) == BATCH:
            stored.bulk_update(batch, ["registration"])
            batch = []
    stored.bulk_update(batch, ["registration"])


class Migration(migrations.Migration):
    dependencies = [
        ("progress", "0003_voiding_and_deadlines"),
    ]

    operations = [
        migrations.AddField(
            model_name="courseprogress",
            name="registration",
            field=models.UUIDField(unique=True, null=True, editable=False),
        ),
        migrations.RunPython(add_registrations, migrations.RunPython.noop),
        migrations.AddIndex(
            model_name="progressevent",
            index=models.Index(fields=["type", "position"], name="events_by_type"),
        ),
        migrations.AddIndex(
            model_name="progressevent",
            index=models.Index(fields=["course", "position"], name="events_by_course"),
        ),
        migrations.AddIndex(
            model_name="progressevent",
            index=models.Index(fields=["entity_id", "position"], name="events_by_entity"),
        ),
        migrations.AddIndex(
            model_name="progressevent",
            index=models.Index(
                Cast(KeyTextTransform("assessment_id", "payload"), models.TextField()),
                "position",
                condition=models.Q(entity_type="attempt"),
                name="events_by_assessment",
            ),
        ),
    ]
