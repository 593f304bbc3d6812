import django.db.models.deletion
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
        migrations.AlterField(
            model_name='usercredential',
            name='credential',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='credentials.credential'),
        ),
    ]
