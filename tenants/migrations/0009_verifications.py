import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('tenants', '0008_reserve_what_is_used'),
    ]

    operations = [
        migrations.CreateModel(
            name='KnownDomain',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('domain', models.CharField(max_length=253)),
                ('kind', models.CharField(choices=[('COMMUNE', 'Municipality'), ('INTERCOMMUNALITY', 'Group of municipalities'), ('DEPARTMENT', 'Department'), ('REGION', 'Region')], max_length=20)),
                ('authority_code', models.CharField(max_length=9)),
                ('source', models.CharField(help_text='Where it is written that it is theirs.', max_length=300)),
                ('added_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('added_by', models.BigIntegerField(help_text='The operator.', null=True)),
            ],
            options={
                'ordering': ['domain', 'pk'],
                'constraints': [models.UniqueConstraint(fields=('domain', 'kind', 'authority_code'), name='known_domain_once')],
            },
        ),
        migrations.CreateModel(
            name='VerificationRequest',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('asked_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('asker_email', models.EmailField(blank=True, help_text='Of its administrator; gone once it is decided.', max_length=254)),
                ('vouched_domain', models.CharField(blank=True, help_text='Where a mail was answered.', max_length=253)),
                ('vouched_at', models.DateTimeField(null=True)),
                ('decided_at', models.DateTimeField(null=True)),
                ('decided_by', models.BigIntegerField(help_text='The operator. Empty: the domain was known.', null=True)),
                ('accepted', models.BooleanField(null=True)),
                ('reason', models.CharField(blank=True, max_length=500)),
                ('municipality', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='verifications', to='tenants.municipality')),
            ],
            options={
                'ordering': ['asked_at', 'pk'],
                'constraints': [models.UniqueConstraint(condition=models.Q(('decided_at__isnull', True)), fields=('municipality',), name='verification_waits_once')],
            },
        ),
    ]
