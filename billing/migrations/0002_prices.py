"""The prices that the public site has shown since it opened, and the rates of VAT as they are known."""

from datetime import date, datetime, timezone

from django.db import migrations

BANDS = [
    (1_000, 39_000),
    (3_500, 89_000),
    (10_000, 190_000),
    (20_000, 340_000),
    (50_000, 590_000),
    (100_000, 890_000),
    (300_000, 1_290_000),
    (None, None),
]
KINDS = ["COMMUNE", "INTERCOMMUNALITY", "DEPARTMENT", "REGION"]
RATES = [
    ("MAINLAND", 2000, "CGI, article 278. To be confirmed by the founders."),
    ("ANTILLES_REUNION", 850, "CGI, article 296. To be confirmed by the founders."),
    ("GUYANE_MAYOTTE", 0, "CGI, article 294: VAT is provisionally not applied. To be confirmed by the founders."),
    ("ELSEWHERE", 0, "Outside the territory of French VAT. To be confirmed by the founders."),
]


def fill(apps, schema_editor):
    version = apps.get_model("billing", "PlanVersion").objects.create(
        number=1,
        from_on=date(2026, 1, 1),
        note="The prices of the public site.",
        made_at=datetime(2026, 1, 1, tzinfo=timezone.utc),
    )
    Band = apps.get_model("billing", "Band")
    Band.objects.bulk_create(
        Band(version=version, kind=kind, maximum=maximum, yearly_cents=cents)
        for kind in KINDS
        for maximum, cents in BANDS
    )
    VatRate = apps.get_model("billing", "VatRate")
    VatRate.objects.bulk_create(
        VatRate(territory=territory, from_on=date(2014, 1, 1), basis_points=points, source=source)
        for territory, points, source in RATES
    )


class Migration(migrations.Migration):
    dependencies = [("billing", "0001_initial")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
