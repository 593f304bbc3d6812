import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0014_changed_at'),
        ('accounts', '0014_logout_notice_jobs'),
    ]

    operations = [
        migrations.AlterField(
            model_name='auditentry',
            name='action',
            field=models.CharField(choices=[('user-created', 'user-created'), ('user-edited', 'user-edited'), ('user-password-set', 'user-password-set'), ('user-password-link-sent', 'user-password-link-sent'), ('organization-created', 'organization-created'), ('organization-edited', 'organization-edited'), ('organization-suspended', 'organization-suspended'), ('organization-reopened', 'organization-reopened'), ('organization-deleted', 'organization-deleted'), ('looked-into', 'looked-into'), ('member-added', 'member-added'), ('member-role-changed', 'member-role-changed'), ('member-removed', 'member-removed'), ('member-left', 'member-left'), ('invitation-sent', 'invitation-sent'), ('invitation-taken-back', 'invitation-taken-back'), ('invitation-accepted', 'invitation-accepted'), ('client-registered', 'client-registered'), ('client-amended', 'client-amended'), ('client-secret-renewed', 'client-secret-renewed'), ('client-removed', 'client-removed'), ('course-created', 'course-created'), ('course-revised', 'course-revised'), ('course-published', 'course-published'), ('course-retired', 'course-retired'), ('pathway-created', 'pathway-created'), ('pathway-revised', 'pathway-revised'), ('pathway-published', 'pathway-published'), ('pathway-retired', 'pathway-retired'), ('credential-defined', 'credential-defined'), ('credential-amended', 'credential-amended'), ('credential-offered', 'credential-offered'), ('credential-withdrawn', 'credential-withdrawn'), ('credential-revoked', 'credential-revoked'), ('credential-reissued', 'credential-reissued'), ('attempt-graded', 'attempt-graded'), ('attempt-voided', 'attempt-voided'), ('record-bound', 'record-bound'), ('webhook-created', 'webhook-created'), ('webhook-amended', 'webhook-amended'), ('webhook-secret-renewed', 'webhook-secret-renewed'), ('webhook-paused', 'webhook-paused'), ('webhook-resumed', 'webhook-resumed'), ('webhook-pinged', 'webhook-pinged'), ('webhook-replayed', 'webhook-replayed'), ('webhook-redelivered', 'webhook-redelivered'), ('webhook-removed', 'webhook-removed')], max_length=32),
        ),
        migrations.AlterField(
            model_name='auditentry',
            name='subject_type',
            field=models.CharField(choices=[('user', 'user'), ('organization', 'organization'), ('member', 'member'), ('invitation', 'invitation'), ('client', 'client'), ('course', 'course'), ('pathway', 'pathway'), ('learners', 'learners'), ('credential', 'credential'), ('user-credential', 'user-credential'), ('attempt', 'attempt'), ('webhook', 'webhook')], max_length=20),
        ),
        migrations.AlterField(
            model_name='outgoingmail',
            name='kind',
            field=models.CharField(choices=[('account_already_exists', 'account_already_exists'), ('account_invitation', 'account_invitation'), ('email_confirmation', 'email_confirmation'), ('email_confirmation_signup', 'email_confirmation_signup'), ('email_token', 'email_token'), ('invitation', 'invitation'), ('member_added', 'member_added'), ('new_address', 'new_address'), ('note', 'note'), ('password_reset_key', 'password_reset_key'), ('unknown_account', 'unknown_account'), ('webhook_paused', 'webhook_paused')], max_length=40),
        ),
        migrations.CreateModel(
            name='Webhook',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('url', models.CharField(max_length=2000)),
                ('description', models.CharField(blank=True, max_length=200)),
                ('types', models.JSONField(blank=True)),
                ('encrypted_secret', models.CharField(max_length=400)),
                ('former_encrypted_secret', models.CharField(blank=True, max_length=400)),
                ('former_secret_expires_at', models.DateTimeField(blank=True, null=True)),
                ('paused_because', models.CharField(blank=True, choices=[('requested', 'requested'), ('failing', 'failing'), ('gone', 'gone')], max_length=10)),
                ('paused_at', models.DateTimeField(blank=True, null=True)),
                ('created_at', models.DateTimeField()),
                ('position', models.BigIntegerField()),
                ('lease', models.UUIDField(blank=True, null=True)),
                ('leased_until', models.DateTimeField(blank=True, null=True)),
                ('resting_until', models.DateTimeField(blank=True, null=True)),
                ('claimed_at', models.DateTimeField(blank=True, null=True)),
                ('created_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('org', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.organization')),
            ],
        ),
        migrations.CreateModel(
            name='WebhookDelivery',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('position', models.BigIntegerField()),
                ('event_id', models.UUIDField()),
                ('type', models.CharField(max_length=40)),
                ('user_id', models.UUIDField(blank=True, null=True)),
                ('status', models.CharField(choices=[('waiting', 'waiting'), ('delivered', 'delivered'), ('failed', 'failed')], max_length=10)),
                ('is_pending', models.BooleanField()),
                ('attempts', models.PositiveSmallIntegerField()),
                ('http_status', models.PositiveSmallIntegerField(blank=True, null=True)),
                ('duration_ms', models.PositiveIntegerField(blank=True, null=True)),
                ('error', models.CharField(blank=True, max_length=200)),
                ('created_at', models.DateTimeField()),
                ('attempted_at', models.DateTimeField(blank=True, null=True)),
                ('due_at', models.DateTimeField(blank=True, null=True)),
                ('webhook', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='deliveries', to='accounts.webhook')),
            ],
            options={
                'verbose_name_plural': 'webhook deliveries',
            },
        ),
        migrations.AddIndex(
            model_name='webhook',
            index=models.Index(fields=['org', 'created_at', 'id'], name='webhooks_by_org'),
        ),
        migrations.AddIndex(
            model_name='webhookdelivery',
            index=models.Index(fields=['webhook', '-created_at', '-id'], name='deliveries_by_webhook'),
        ),
        migrations.AddIndex(
            model_name='webhookdelivery',
            index=models.Index(condition=models.Q(('is_pending', True)), fields=['webhook', 'due_at'], name='deliveries_due'),
        ),
        migrations.AddIndex(
            model_name='webhookdelivery',
            index=models.Index(condition=models.Q(('is_pending', True), _negated=True), fields=['attempted_at'], name='deliveries_delivered'),
        ),
        migrations.AddIndex(
            model_name='webhookdelivery',
            index=models.Index(fields=['-created_at'], name='deliveries_by_time'),
        ),
        migrations.AddConstraint(
            model_name='webhookdelivery',
            constraint=models.UniqueConstraint(condition=models.Q(('is_pending', True)), fields=('webhook', 'position'), name='one_pending_delivery'),
        ),
    ]
