"""An index for the usage of AI and the results of prompts in a period."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("progress", "0013_suspended_credentials"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="aiinteraction",
            index=models.Index(fields=["occurred_at"], name="ai_interactions_by_time"),
        ),
    ]
