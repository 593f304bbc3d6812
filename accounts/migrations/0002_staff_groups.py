from django.db import migrations

# What each group may do with which rows. Auditors look at everything and touch nothing.
GROUPS = {
    "User managers": {"accounts.user": "add change view", "accounts.session": "view"},
    "Course editors": {
        "courses.course": "add change view",
        "courses.coursedraft": "view",
        "courses.coursemodule": "view",
        "courses.moduleitem": "view",
        "courses.courseversion": "view",
        "progress.courseprogress": "view",
    },
    "Credential officers": {
        "credentials.credential": "add change view",
        "credentials.usercredential": "view",
    },
    "Auditors": {
        "accounts.user": "view",
        "accounts.session": "view",
        "accounts.refreshtoken": "view",
        "accounts.ledgerentry": "view",
        "courses.course": "view",
        "courses.coursedraft": "view",
        "courses.coursemodule": "view",
        "courses.moduleitem": "view",
        "courses.courseversion": "view",
        "progress.progressevent": "view",
        "progress.courseprogress": "view",
        "credentials.credential": "view",
        "credentials.usercredential": "view",
        "admin.logentry": "view",
    },
}
# Rows whose names are of several words.
WORDS = {
    "refreshtoken": "refresh token",
    "ledgerentry": "ledger entry",
    "coursedraft": "course draft",
    "coursemodule": "course module",
    "moduleitem": "module item",
    "courseversion": "course version",
    "progressevent": "progress event",
    "courseprogress": "course progress",
    "usercredential": "user credential",
    "logentry": "log entry",
}


def make_groups(apps, schema_editor):
    """Make the permissions too, as Django does only when all migrations are done; it will find these."""
    for name, rows in GROUPS.items():
        group, _ = apps.get_model("auth", "Group").objects.get_or_create(name=name)
        for row, verbs in rows.items():
            group.permissions.add(*(_permission(apps, row, verb) for verb in verbs.split()))


def remove_groups(apps, schema_editor):
    apps.get_model("auth", "Group").objects.filter(name__in=GROUPS).delete()


def _permission(apps, row, verb):
    app_label, model = row.split(".")
    content_type, _ = apps.get_model("contenttypes", "ContentType").objects.get_or_create(
        app_label=app_label, model=model
    )
    permission, _ = apps.get_model("auth", "Permission").objects.get_or_create(
        content_type=content_type,
        codename=f"{verb}_{model}",
        defaults={"name": f"Can {verb} {WORDS.get(model, model)}"},
    )
    return permission


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0001_initial"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]
    operations = [migrations.RunPython(make_groups, remove_groups)]
