from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('credentials', '0008_public_pages'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='usercredential',
            index=models.Index(fields=['credential', 'issued_at', 'id'], name='issued_by_definition'),
        ),
    ]
