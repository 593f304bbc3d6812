from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0012_folded_names'),
    ]

    operations = [
        migrations.AddField(
            model_name='idempotencyrecord',
            name='position',
            field=models.CharField(blank=True, db_default='', default='', max_length=20),
        ),
    ]
