import django.db.models.functions.comparison
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('credentials', '0002_issued_by_organization'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='usercredential',
            index=models.Index(models.F('org'), django.db.models.functions.comparison.Coalesce('revoked_at', 'issued_at'), name='issued_by_change'),
        ),
    ]
