"""Log-out notices are sent by jobs."""

from datetime import timedelta
from uuid import uuid4

from django.db import migrations
from django.utils import timezone


def enqueue(apps, schema_editor):
    """Give each notice that was not delivered a job."""
    jobs = apps.get_model("jobs", "Job").objects
    for notice in apps.get_model("accounts", "LogoutNotice").objects.iterator():
        jobs.create(
            id=uuid4(),
            kind="logout_notice",
            arguments={
                "client": str(notice.client_id),
                "user": str(notice.user_id),
                "browser": str(notice.browser_id),
            },
            queue="outbound",
            priority=1,
            status="queued",
            attempts=0,
            done=0,
            is_cancelled=False,
            created_at=timezone.now(),
            due_at=notice.due_at,
            expires_at=notice.due_at + timedelta(days=1),
        )


def forget_permissions(apps, schema_editor):
    """Delete the permissions for the admin pages of notices, of which there are none any more."""
    of_notices = {"app_label": "accounts", "model": "logoutnotice"}
    permissions = apps.get_model("auth", "Permission").objects
    permissions.filter(**{f"content_type__{name}": value for name, value in of_notices.items()}).delete()
    apps.get_model("contenttypes", "ContentType").objects.filter(**of_notices).delete()


class Migration(migrations.Migration):
    dependencies = [("accounts", "0013_mail_jobs"), ("jobs", "0001_initial"), ("auth", "0012_alter_user_first_name_max_length"), ("contenttypes", "0002_remove_content_type_name")]

    operations = [
        migrations.RunPython(enqueue, migrations.RunPython.noop),
        migrations.RunPython(forget_permissions, migrations.RunPython.noop),
        # The table stays for servers of the version before, which run until they are replaced.
        migrations.SeparateDatabaseAndState(
            state_operations=[migrations.DeleteModel("LogoutNotice")],
        ),
    ]
