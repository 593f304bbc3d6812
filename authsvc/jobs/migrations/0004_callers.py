from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('jobs', '0003_webhooks_queue'),
    ]

    operations = [
        migrations.AddField(
            model_name='job',
            name='caller',
            field=models.CharField(blank=True, default='', max_length=255),
        ),
        migrations.AddIndex(
            model_name='job',
            index=models.Index(condition=models.Q(('due_at__isnull', False), models.Q(('caller', ''), _negated=True)), fields=['caller'], name='jobs_by_caller'),
        ),
    ]
