from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('jobs', '0002_failing'),
    ]

    operations = [
        migrations.AlterField(
            model_name='job',
            name='queue',
            field=models.CharField(choices=[('outbound', 'outbound'), ('long', 'long'), ('webhooks', 'webhooks')], max_length=10),
        ),
    ]
