"""Keys of issuers, signed credentials with their places in status lists, and suspensions."""

import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models

from authsvc.storage.append_only import AppendOnly


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0028_credential_actions'),
        ('courses', '0003_saved_drafts'),
        ('credentials', '0006_credential_versions'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='IssuerKey',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('issuer', models.CharField(max_length=36)),
                ('kind', models.CharField(choices=[('Ed25519', 'Ed25519'), ('RSA', 'RSA')], max_length=16)),
                ('public_jwk', models.JSONField()),
                ('encrypted_private', models.TextField(editable=False)),
                ('valid_from', models.DateTimeField()),
                ('is_current', models.BooleanField(default=True)),
                ('retired_at', models.DateTimeField(blank=True, null=True)),
                ('compromised_from', models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.CreateModel(
            name='SignedCredential',
            fields=[
                ('issued', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='signed', serialize=False, to='credentials.usercredential')),
                ('document', models.TextField()),
                ('token', models.TextField()),
                ('status_index', models.PositiveIntegerField()),
                ('signed_at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='StatusList',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('issuer', models.CharField(max_length=36)),
                ('number', models.PositiveIntegerField()),
                ('version', models.PositiveBigIntegerField()),
                ('changed_at', models.DateTimeField()),
            ],
        ),
        migrations.AddField(
            model_name='usercredential',
            name='suspended_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='usercredential',
            name='suspended_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='usercredential',
            name='suspension_reason',
            field=models.TextField(blank=True, db_default='', default=''),
        ),
        migrations.AddConstraint(
            model_name='usercredential',
            constraint=models.CheckConstraint(condition=models.Q(('suspended_at', None), models.Q(('suspension_reason', ''), _negated=True), _connector='OR'), name='suspension_has_a_reason'),
        ),
        migrations.AddField(
            model_name='issuerkey',
            name='org',
            field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.organization'),
        ),
        migrations.AddField(
            model_name='signedcredential',
            name='org',
            field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.organization'),
        ),
        migrations.AddField(
            model_name='signedcredential',
            name='proof_key',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='credentials.issuerkey'),
        ),
        migrations.AddField(
            model_name='signedcredential',
            name='token_key',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='credentials.issuerkey'),
        ),
        migrations.AddField(
            model_name='statuslist',
            name='org',
            field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.organization'),
        ),
        migrations.AddField(
            model_name='signedcredential',
            name='status_list',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='entries', to='credentials.statuslist'),
        ),
        migrations.AddIndex(
            model_name='issuerkey',
            index=models.Index(fields=['issuer', 'valid_from', 'id'], name='keys_by_issuer'),
        ),
        migrations.AddConstraint(
            model_name='issuerkey',
            constraint=models.UniqueConstraint(condition=models.Q(('is_current', True)), fields=('issuer', 'kind'), name='one_current_key_per_kind'),
        ),
        migrations.AddConstraint(
            model_name='statuslist',
            constraint=models.UniqueConstraint(fields=('issuer', 'number'), name='one_list_per_number'),
        ),
        migrations.AddConstraint(
            model_name='signedcredential',
            constraint=models.UniqueConstraint(fields=('status_list', 'status_index'), name='one_credential_per_status'),
        ),
        AppendOnly('SignedCredential', is_erasable=True),
    ]
