"""Let credentials be earned by more than a course."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("credentials", "0002_organizations")]
    operations = [
        migrations.AddField(
            "credential", "rule", models.JSONField(blank=True, editable=False, null=True)
        ),
        migrations.AddField("usercredential", "met_by", models.JSONField(blank=True, null=True)),
        migrations.CreateModel(
            name="CredentialTrigger",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("course", "course"),
                            ("assessment", "assessment"),
                            ("pathway", "pathway"),
                        ],
                        max_length=16,
                    ),
                ),
                ("subject_id", models.UUIDField()),
                (
                    "credential",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="triggers",
                        to="credentials.credential",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["subject_id", "kind"], name="triggers_by_subject")
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("credential", "kind", "subject_id"), name="one_trigger_per_thing"
                    )
                ],
            },
        ),
    ]
