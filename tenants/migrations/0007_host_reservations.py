import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('tenants', '0006_limits'),
    ]

    operations = [
        migrations.CreateModel(
            name='HostReservation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('host', models.CharField(max_length=253)),
                ('schema_name', models.CharField(help_text='Of the city that had it.', max_length=63)),
                ('kind', models.CharField(choices=[('COMMUNE', 'Municipality'), ('INTERCOMMUNALITY', 'Group of municipalities'), ('DEPARTMENT', 'Department'), ('REGION', 'Region')], max_length=20)),
                ('authority_code', models.CharField(blank=True, max_length=9)),
                ('name', models.CharField(help_text='The authority’s, as it was then.', max_length=120)),
                ('reserved_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('released_at', models.DateTimeField(null=True)),
                ('released_by', models.BigIntegerField(help_text='The operator.', null=True)),
                ('release_reason', models.CharField(blank=True, max_length=500)),
            ],
            options={
                'ordering': ['host', '-reserved_at', '-pk'],
                'constraints': [models.UniqueConstraint(condition=models.Q(('released_at__isnull', True)), fields=('host',), name='host_reserved_once')],
            },
        ),
    ]
