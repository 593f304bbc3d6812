from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('jobs', '0004_callers'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='jobfile',
            name='one_file_per_role',
        ),
        migrations.AddField(
            model_name='jobfile',
            name='number',
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AddConstraint(
            model_name='jobfile',
            constraint=models.UniqueConstraint(fields=('job', 'role', 'number'), name='one_file_per_role'),
        ),
    ]
