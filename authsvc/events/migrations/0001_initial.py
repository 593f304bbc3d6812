import uuid
from django.db import migrations, models

from authsvc.storage.append_only import AppendOnly


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='OutgoingEvent',
            fields=[
                ('position', models.BigAutoField(primary_key=True, serialize=False)),
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('type', models.CharField(max_length=40)),
                ('occurred_at', models.DateTimeField()),
                ('org_id', models.UUIDField(blank=True, null=True)),
                ('user_id', models.UUIDField(blank=True, null=True)),
                ('data', models.JSONField()),
            ],
            options={
                'indexes': [models.Index(fields=['org_id', 'position'], name='outgoing_by_org'), models.Index(fields=['type', 'position'], name='outgoing_by_type')],
            },
        ),
        AppendOnly('OutgoingEvent'),
    ]
