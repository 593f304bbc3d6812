
import django.db.models.functions.comparison
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0014_changed_at'),
        ('courses', '0002_folded_search_text'),
        ('credentials', '0002_issued_by_organization'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddIndex(
            model_name='usercredential',
            index=models.Index(models.F('org'), django.db.models.functions.comparison.Coalesce('revoked_at', 'issued_at'), name='issued_by_change'),
        ),
    ]
