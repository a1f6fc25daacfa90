from django.db import migrations, models


def ask(apps, schema_editor):
    """Cities that wait to be verified already: they stand on the operators' list as the new ones do."""
    VerificationRequest = apps.get_model("tenants", "VerificationRequest")
    ProvisioningRun = apps.get_model("onboarding", "ProvisioningRun")
    waiting = ProvisioningRun.objects.filter(
        municipality__ready_at__isnull=False, municipality__verified_at__isnull=True
    ).exclude(municipality__state="DELETED")
    for run in waiting.select_related("municipality").order_by("pk"):
        VerificationRequest.objects.get_or_create(
            municipality=run.municipality,
            decided_at=None,
            defaults={"asker_email": run.admin_email, "asked_at": run.municipality.ready_at},
        )


class Migration(migrations.Migration):

    dependencies = [
        ('onboarding', '0004_reserve_hosts_of_the_deleted'),
        ('tenants', '0009_verifications'),
    ]

    operations = [
        migrations.AlterField(
            model_name='signup',
            name='to_verify',
            field=models.CharField(blank=True, choices=[('LIKELY', 'address that bears its name'), ('WEBMAIL', 'personal mailbox'), ('OTHER_DOMAIN', 'address of another domain'), ('NOT_LISTED', 'not in the directory')], max_length=20),
        ),
        migrations.RunPython(ask, migrations.RunPython.noop),
    ]
