"""Mail is sent by jobs."""

from datetime import timedelta
from uuid import uuid4

from django.db import migrations, models
from django.utils import timezone


def enqueue(apps, schema_editor):
    """Give each message that waits to be sent a job of its own, due when it was due; the others are given up."""
    mails = apps.get_model("accounts", "OutgoingMail").objects
    jobs = apps.get_model("jobs", "Job").objects
    mails.filter(status="failed", due_at=None).update(status="given_up")
    for mail in mails.exclude(due_at=None).iterator():
        job = jobs.create(
            id=uuid4(),
            kind="mail",
            arguments={"mails": [str(mail.pk)]},
            queue="outbound",
            priority=0,
            status="queued",
            attempts=0,
            done=0,
            is_cancelled=False,
            created_at=timezone.now(),
            due_at=mail.due_at,
            expires_at=max(mail.expires_at, mail.due_at + timedelta(minutes=1)),
        )
        mails.filter(pk=mail.pk).update(job_id=job.pk)


class Migration(migrations.Migration):
    dependencies = [("accounts", "0012_folded_names"), ("jobs", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="outgoingmail",
            name="job_id",
            field=models.UUIDField(blank=True, null=True),
        ),
        migrations.AlterField(
            model_name="outgoingmail",
            name="status",
            field=models.CharField(
                choices=[
                    ("queued", "queued"),
                    ("sent", "sent"),
                    ("failed", "failed"),
                    ("given_up", "given_up"),
                ],
                max_length=10,
            ),
        ),
        migrations.RunPython(enqueue, migrations.RunPython.noop),
        # The column stays for servers of the version before, which run until they are replaced.
        migrations.SeparateDatabaseAndState(
            state_operations=[migrations.RemoveField(model_name="outgoingmail", name="due_at")],
        ),
    ]
