from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0001_squashed_0034_invitation_declined"),
    ]

    operations = [
        migrations.AddField(
            model_name="webhook",
            name="replayed_until",
            field=models.BigIntegerField(db_default=0, default=0),
        ),
    ]
