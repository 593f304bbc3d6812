
import django.db.models.functions.comparison
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0013_idempotency_position'),
        ('auth', '0012_alter_user_first_name_max_length'),
    ]

    operations = [
        migrations.AddField(
            model_name='orgmembership',
            name='changed_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='user',
            name='changed_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddIndex(
            model_name='orgmembership',
            index=models.Index(models.F('org'), django.db.models.functions.comparison.Coalesce('changed_at', 'joined_at'), name='members_by_change'),
        ),
        migrations.AddIndex(
            model_name='user',
            index=models.Index(django.db.models.functions.comparison.Coalesce('changed_at', 'created_at'), name='users_by_change'),
        ),
    ]
