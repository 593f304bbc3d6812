from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("progress", "0005_staff_see_attempts")]
    operations = [
        migrations.AddIndex(
            model_name="assessmentattempt",
            index=models.Index(
                fields=["course", "assessment", "user", "score", "max_score"],
                condition=models.Q(status="graded"),
                name="graded_by_learner",
            ),
        ),
        migrations.AddIndex(
            model_name="courseprogress",
            index=models.Index(fields=["course", "status"], name="learners_by_status"),
        ),
        migrations.AddIndex(
            model_name="courseprogress",
            index=models.Index(
                fields=["course", "completed_at"],
                condition=models.Q(completed_at__isnull=False),
                name="completions_by_day",
            ),
        ),
    ]
