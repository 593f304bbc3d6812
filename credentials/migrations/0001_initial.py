import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('accounts', '0001_initial'),
        ('courses', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Credential',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('version', models.PositiveIntegerField(default=1, editable=False)),
                ('name', models.CharField(max_length=200)),
                ('type', models.CharField(choices=[('certificate', 'certificate'), ('badge', 'badge'), ('microcredential', 'microcredential')], max_length=20)),
                ('description', models.TextField(blank=True)),
                ('criteria', models.TextField(help_text='What a holder had to do to earn it; third parties read this.')),
                ('issuer', models.CharField(max_length=200)),
                ('image_url', models.URLField(blank=True, max_length=2000)),
                ('valid_for_days', models.PositiveIntegerField(blank=True, help_text='Leave empty if it never expires.', null=True)),
                ('rule', models.JSONField(blank=True, editable=False, null=True)),
                ('is_offered', models.BooleanField(default=True)),
                ('created_at', models.DateTimeField(editable=False)),
                ('course', models.ForeignKey(help_text='Completing this course earns the credential.', on_delete=django.db.models.deletion.PROTECT, related_name='+', to='courses.course')),
                ('org', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.organization')),
            ],
        ),
        migrations.CreateModel(
            name='CredentialTrigger',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('kind', models.CharField(choices=[('course', 'course'), ('assessment', 'assessment'), ('pathway', 'pathway')], max_length=16)),
                ('subject_id', models.UUIDField()),
                ('credential', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='triggers', to='credentials.credential')),
            ],
            options={
                'indexes': [models.Index(fields=['subject_id', 'kind'], name='triggers_by_subject')],
                'constraints': [models.UniqueConstraint(fields=('credential', 'kind', 'subject_id'), name='one_trigger_per_thing')],
            },
        ),
        migrations.CreateModel(
            name='UserCredential',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('credential_version', models.PositiveIntegerField()),
                ('terms', models.JSONField()),
                ('course_version', models.PositiveIntegerField()),
                ('completed_at', models.DateTimeField()),
                ('met_by', models.JSONField(blank=True, null=True)),
                ('issued_at', models.DateTimeField()),
                ('expires_at', models.DateTimeField(blank=True, null=True)),
                ('revoked_at', models.DateTimeField(blank=True, null=True)),
                ('revocation_reason', models.TextField(blank=True)),
                ('is_current', models.BooleanField(default=True)),
                ('course', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='courses.course')),
                ('credential', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='credentials.credential')),
                ('org', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.organization')),
                ('revoked_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('supersedes', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='credentials.usercredential')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('is_current', True)), fields=('user', 'credential'), name='one_current_copy_per_holder'), models.CheckConstraint(condition=models.Q(('revoked_at', None), models.Q(('revocation_reason', ''), _negated=True), _connector='OR'), name='revocation_has_a_reason')],
            },
        ),
    ]
