import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models

from authsvc.storage.append_only import AppendOnly


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('accounts', '0001_initial'),
        ('courses', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='AssessmentAttempt',
            fields=[
                ('id', models.UUIDField(editable=False, primary_key=True, serialize=False)),
                ('course_version', models.PositiveIntegerField()),
                ('item_id', models.UUIDField()),
                ('number', models.PositiveIntegerField()),
                ('max_score', models.PositiveIntegerField()),
                ('pass_score', models.PositiveIntegerField()),
                ('started_at', models.DateTimeField()),
                ('expires_at', models.DateTimeField(blank=True, null=True)),
                ('status', models.CharField(choices=[('started', 'started'), ('submitted', 'submitted'), ('graded', 'graded'), ('expired', 'expired'), ('voided', 'voided')], max_length=16)),
                ('is_open', models.BooleanField()),
                ('submitted_at', models.DateTimeField(blank=True, null=True)),
                ('is_late', models.BooleanField()),
                ('responses', models.JSONField()),
                ('score', models.PositiveIntegerField(blank=True, null=True)),
                ('void_reason', models.TextField(blank=True)),
                ('assessment', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='courses.assessment')),
                ('course', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='courses.course')),
                ('org', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.organization')),
                ('user', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'attempt',
            },
        ),
        migrations.CreateModel(
            name='AttemptGrade',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('number', models.PositiveIntegerField()),
                ('marks', models.JSONField()),
                ('graded_at', models.DateTimeField()),
                ('graded_by', models.UUIDField(blank=True, null=True)),
                ('reason', models.TextField(blank=True)),
                ('attempt', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='grades', to='progress.assessmentattempt')),
            ],
            options={
                'verbose_name': 'grade',
            },
        ),
        migrations.CreateModel(
            name='CourseProgress',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('course_slug', models.SlugField(db_index=False, max_length=80)),
                ('status', models.CharField(choices=[('not_started', 'not_started'), ('in_progress', 'in_progress'), ('completed', 'completed'), ('withdrawn', 'withdrawn')], max_length=16)),
                ('course_version', models.PositiveIntegerField()),
                ('percent_complete', models.PositiveSmallIntegerField()),
                ('enrolled_at', models.DateTimeField()),
                ('last_activity_at', models.DateTimeField()),
                ('completed_at', models.DateTimeField(blank=True, null=True)),
                ('completed_items', models.JSONField()),
                ('started_modules', models.JSONField()),
                ('sequence', models.PositiveIntegerField()),
                ('hash', models.CharField(max_length=64)),
                ('course', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='courses.course')),
                ('org', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.organization')),
                ('user', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name_plural': 'course progress',
            },
        ),
        migrations.CreateModel(
            name='ProgressEvent',
            fields=[
                ('position', models.BigAutoField(primary_key=True, serialize=False)),
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('sequence', models.PositiveIntegerField()),
                ('type', models.CharField(choices=[('enrolled', 'enrolled'), ('module_started', 'module_started'), ('item_completed', 'item_completed'), ('assessment_submitted', 'assessment_submitted'), ('assessment_passed', 'assessment_passed'), ('assessment_failed', 'assessment_failed'), ('course_completed', 'course_completed'), ('credential_issued', 'credential_issued'), ('credential_revoked', 'credential_revoked'), ('version_upgraded', 'version_upgraded'), ('withdrawn', 'withdrawn')], max_length=32)),
                ('entity_type', models.CharField(choices=[('course', 'course'), ('module', 'module'), ('item', 'item'), ('attempt', 'attempt'), ('credential', 'credential')], max_length=16)),
                ('entity_id', models.UUIDField()),
                ('payload', models.JSONField()),
                ('occurred_at', models.DateTimeField()),
                ('recorded_by', models.UUIDField(blank=True, null=True)),
                ('idempotency_key', models.CharField(blank=True, max_length=64)),
                ('previous_hash', models.CharField(max_length=64)),
                ('hash', models.CharField(max_length=64)),
                ('course', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='courses.course')),
                ('org', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.organization')),
                ('user', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.AddIndex(
            model_name='assessmentattempt',
            index=models.Index(condition=models.Q(('status', 'submitted')), fields=['course', 'submitted_at', 'id'], name='attempts_to_be_graded'),
        ),
        migrations.AddIndex(
            model_name='assessmentattempt',
            index=models.Index(fields=['assessment', 'score'], name='attempts_by_score'),
        ),
        migrations.AddIndex(
            model_name='assessmentattempt',
            index=models.Index(condition=models.Q(('status', 'graded')), fields=['course', 'assessment', 'user', 'score', 'max_score'], name='graded_by_learner'),
        ),
        migrations.AddConstraint(
            model_name='assessmentattempt',
            constraint=models.UniqueConstraint(fields=('user', 'assessment', 'number'), name='one_attempt_per_number'),
        ),
        migrations.AddConstraint(
            model_name='assessmentattempt',
            constraint=models.UniqueConstraint(condition=models.Q(('is_open', True)), fields=('user', 'assessment'), name='one_open_attempt_per_assessment'),
        ),
        migrations.AddConstraint(
            model_name='attemptgrade',
            constraint=models.UniqueConstraint(fields=('attempt', 'number'), name='one_grade_per_number'),
        ),
        migrations.AddIndex(
            model_name='courseprogress',
            index=models.Index(fields=['course', 'status'], name='learners_by_status'),
        ),
        migrations.AddIndex(
            model_name='courseprogress',
            index=models.Index(condition=models.Q(('completed_at__isnull', False)), fields=['course', 'completed_at'], name='completions_by_day'),
        ),
        migrations.AddConstraint(
            model_name='courseprogress',
            constraint=models.UniqueConstraint(fields=('user', 'course'), name='one_progress_per_course'),
        ),
        migrations.AddConstraint(
            model_name='courseprogress',
            constraint=models.CheckConstraint(condition=models.Q(('percent_complete__lte', 100)), name='percent_is_at_most_100'),
        ),
        migrations.AddConstraint(
            model_name='courseprogress',
            constraint=models.CheckConstraint(condition=models.Q(('percent_complete__lt', 100), ('completed_at__isnull', False), _connector='OR'), name='complete_means_completed'),
        ),
        migrations.AddIndex(
            model_name='progressevent',
            index=models.Index(condition=models.Q(('sequence', 1)), fields=['position'], name='streams_by_beginning'),
        ),
        migrations.AddIndex(
            model_name='progressevent',
            index=models.Index(fields=['user', 'position'], name='events_by_user'),
        ),
        migrations.AddIndex(
            model_name='progressevent',
            index=models.Index(fields=['org', 'position'], name='events_by_org'),
        ),
        migrations.AddConstraint(
            model_name='progressevent',
            constraint=models.UniqueConstraint(fields=('user', 'course', 'sequence'), name='one_event_per_sequence'),
        ),
        migrations.AddConstraint(
            model_name='progressevent',
            constraint=models.CheckConstraint(condition=models.Q(('type__in', ['enrolled', 'module_started', 'item_completed', 'assessment_submitted', 'assessment_passed', 'assessment_failed', 'course_completed', 'credential_issued', 'credential_revoked', 'version_upgraded', 'withdrawn'])), name='event_type_is_known'),
        ),
        AppendOnly('ProgressEvent'),
        AppendOnly('AttemptGrade'),
    ]
