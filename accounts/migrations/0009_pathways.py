from django.db import migrations, models

PERMISSIONS = {
    "add_learningpathway": ("learningpathway", "Can add learning pathway"),
    "change_learningpathway": ("learningpathway", "Can change learning pathway"),
    "view_learningpathway": ("learningpathway", "Can view learning pathway"),
    "view_pathwaycourse": ("pathwaycourse", "Can view pathway course"),
}
EDITORS, AUDITORS = "Course editors", "Auditors"


def let_editors_write(apps, schema_editor):
    """Make the permissions too, as Django does only when all migrations are done; it will find these."""
    groups = apps.get_model("auth", "Group").objects
    editors, auditors = groups.get(name=EDITORS), groups.get(name=AUDITORS)
    for codename, (model, words) in PERMISSIONS.items():
        content_type, _ = apps.get_model("contenttypes", "ContentType").objects.get_or_create(
            app_label="courses", model=model
        )
        permission, _ = apps.get_model("auth", "Permission").objects.get_or_create(
            content_type=content_type, codename=codename, defaults={"name": words}
        )
        editors.permissions.add(permission)
        if codename.startswith("view_"):
            auditors.permissions.add(permission)


def let_nobody_write(apps, schema_editor):
    apps.get_model("auth", "Permission").objects.filter(
        content_type__app_label="courses", codename__in=PERMISSIONS
    ).delete()


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0008_attempts'),
    ]

    operations = [
        migrations.AlterField(
            model_name='auditentry',
            name='action',
            field=models.CharField(choices=[('user-created', 'user-created'), ('user-edited', 'user-edited'), ('user-password-set', 'user-password-set'), ('organization-created', 'organization-created'), ('organization-edited', 'organization-edited'), ('organization-suspended', 'organization-suspended'), ('organization-reopened', 'organization-reopened'), ('organization-deleted', 'organization-deleted'), ('looked-into', 'looked-into'), ('member-added', 'member-added'), ('member-role-changed', 'member-role-changed'), ('member-removed', 'member-removed'), ('member-left', 'member-left'), ('invitation-sent', 'invitation-sent'), ('invitation-taken-back', 'invitation-taken-back'), ('invitation-accepted', 'invitation-accepted'), ('client-registered', 'client-registered'), ('client-amended', 'client-amended'), ('client-secret-renewed', 'client-secret-renewed'), ('client-removed', 'client-removed'), ('course-created', 'course-created'), ('course-revised', 'course-revised'), ('course-published', 'course-published'), ('course-retired', 'course-retired'), ('pathway-created', 'pathway-created'), ('pathway-revised', 'pathway-revised'), ('pathway-published', 'pathway-published'), ('pathway-retired', 'pathway-retired'), ('credential-defined', 'credential-defined'), ('credential-amended', 'credential-amended'), ('credential-offered', 'credential-offered'), ('credential-withdrawn', 'credential-withdrawn'), ('credential-revoked', 'credential-revoked'), ('credential-reissued', 'credential-reissued'), ('attempt-graded', 'attempt-graded'), ('attempt-voided', 'attempt-voided')], max_length=32),
        ),
        migrations.AlterField(
            model_name='auditentry',
            name='subject_type',
            field=models.CharField(choices=[('user', 'user'), ('organization', 'organization'), ('member', 'member'), ('invitation', 'invitation'), ('client', 'client'), ('course', 'course'), ('pathway', 'pathway'), ('learners', 'learners'), ('credential', 'credential'), ('user-credential', 'user-credential'), ('attempt', 'attempt')], max_length=20),
        ),
        migrations.RunPython(let_editors_write, let_nobody_write),
    ]
