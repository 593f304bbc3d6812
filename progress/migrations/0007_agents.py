"""The agent that acted for the learner, in each event."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('progress', '0006_ai_sessions'),
    ]

    operations = [
        migrations.AddField(
            model_name='progressevent',
            name='agent',
            field=models.CharField(blank=True, max_length=100, null=True),
        ),
    ]
