"""Texts of courses as searches compare them: accents are encoded in one way."""

from django.db import migrations

from authsvc.kernel.text import folded


def fold_texts(apps, schema_editor):
    courses = apps.get_model("courses", "Course")
    for course in courses.objects.only("pk", "title", "summary", "search_text").iterator():
        text = folded(f"{course.title}\n{course.summary}")
        if text != course.search_text:
            courses.objects.filter(pk=course.pk).update(search_text=text)


class Migration(migrations.Migration):
    dependencies = [
        ("courses", "0001_initial"),
    ]

    operations = [
        migrations.RunPython(fold_texts, migrations.RunPython.noop),
    ]
