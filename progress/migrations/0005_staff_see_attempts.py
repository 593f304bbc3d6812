from django.db import migrations

SEEN = {
    ("courses", "assessment"): "assessment",
    ("progress", "assessmentattempt"): "attempt",
    ("progress", "attemptgrade"): "grade",
}
GROUPS = ("Auditors", "Course editors")


def let_staff_look(apps, schema_editor):
    """Make the permissions too, as Django does only when all migrations are done; it will find these."""
    groups = apps.get_model("auth", "Group").objects
    for (app_label, model), words in SEEN.items():
        permission = _permission(apps, app_label, model, "view", words)
        for name in GROUPS:
            groups.get(name=name).permissions.add(permission)
    may_grade = _permission(apps, "progress", "assessmentattempt", "change", "attempt")
    groups.get(name="Course editors").permissions.add(may_grade)


def let_nobody_look(apps, schema_editor):
    for app_label, model in SEEN:
        apps.get_model("auth", "Permission").objects.filter(
            content_type__app_label=app_label, content_type__model=model
        ).delete()


def _permission(apps, app_label, model, verb, words):
    content_type, _ = apps.get_model("contenttypes", "ContentType").objects.get_or_create(
        app_label=app_label, model=model
    )
    permission, _ = apps.get_model("auth", "Permission").objects.get_or_create(
        content_type=content_type,
        codename=f"{verb}_{model}",
        defaults={"name": f"Can {verb} {words}"},
    )
    return permission


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0007_organizations"),
        ("courses", "0004_assessments"),
        ("progress", "0004_attempts"),
    ]
    operations = [migrations.RunPython(let_staff_look, let_nobody_look)]
