"""What operators read of the first prices and rates is in French."""

from django.db import migrations

NOTE = ("The prices of the public site.", "Les prix du site public.")
SOURCES = [
    (
        "CGI, article 278. To be confirmed by the founders.",
        "CGI, article 278. À confirmer par les fondateurs.",
    ),
    (
        "CGI, article 296. To be confirmed by the founders.",
        "CGI, article 296. À confirmer par les fondateurs.",
    ),
    (
        "CGI, article 294: VAT is provisionally not applied. To be confirmed by the founders.",
        "CGI, article 294\u00a0: la TVA n’y est provisoirement pas applicable. À confirmer par les fondateurs.",
    ),
    (
        "Outside the territory of French VAT. To be confirmed by the founders.",
        "Hors du territoire de la TVA française. À confirmer par les fondateurs.",
    ),
]


def translate(apps, schema_editor):
    apps.get_model("billing", "PlanVersion").objects.filter(number=1, note=NOTE[0]).update(note=NOTE[1])
    for english, french in SOURCES:
        apps.get_model("billing", "VatRate").objects.filter(source=english).update(source=french)


class Migration(migrations.Migration):
    dependencies = [("billing", "0014_quote_order_until")]
    operations = [migrations.RunPython(translate, migrations.RunPython.noop)]
