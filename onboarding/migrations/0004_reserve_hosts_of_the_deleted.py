from django.conf import settings
from django.db import migrations


def reserve(apps, schema_editor):
    """The host that a city had when it was made, where it opened and is deleted: its run remembers it, nothing else."""
    ProvisioningRun = apps.get_model("onboarding", "ProvisioningRun")
    HostReservation = apps.get_model("tenants", "HostReservation")
    gone = ProvisioningRun.objects.filter(municipality__state="DELETED", municipality__opened_at__isnull=False)
    HostReservation.objects.bulk_create(
        [
            HostReservation(
                host=f"{run.slug}.{settings.PUBLIC_HOST}",
                schema_name=run.municipality.schema_name,
                kind=run.kind,
                authority_code=run.authority_code,
                name=run.authority_name,
            )
            for run in gone.select_related("municipality").order_by("pk")
        ],
        ignore_conflicts=True,
    )


class Migration(migrations.Migration):
    dependencies = [("onboarding", "0003_sign_up_in_steps"), ("tenants", "0008_reserve_what_is_used")]

    operations = [migrations.RunPython(reserve, migrations.RunPython.noop)]
