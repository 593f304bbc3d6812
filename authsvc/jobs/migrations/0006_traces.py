from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('jobs', '0005_file_pieces'),
    ]

    operations = [
        migrations.AddField(
            model_name='job',
            name='trace',
            field=models.JSONField(blank=True, default=dict),
        ),
    ]
