from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0014_logout_notice_jobs'),
    ]

    operations = [
        migrations.AddField(
            model_name='idempotencyrecord',
            name='position',
            field=models.CharField(blank=True, db_default='', default='', max_length=20),
        ),
    ]
