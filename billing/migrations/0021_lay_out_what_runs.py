from django.db import migrations


def lay_out(apps, schema_editor):
    """Of what ran before years were ordered one by one: the present one, which is invoiced or paid."""
    Subscription = apps.get_model("billing", "Subscription")
    OrderedYear = apps.get_model("billing", "OrderedYear")
    running = Subscription.objects.filter(state__in=["ACTIVE", "LATE"], period_ends_on__isnull=False)
    for each in running.select_related("quote__order"):
        order = getattr(each.quote, "order", None)
        OrderedYear.objects.create(
            subscription=each,
            quote=each.quote,
            number=1,
            begins_on=each.period_begins_on,
            ends_on=each.period_ends_on,
            engagement_number=order.engagement_number if order else "",
        )
        each.ends_on = each.period_ends_on
        each.save(update_fields=["ends_on"])


class Migration(migrations.Migration):
    dependencies = [("billing", "0020_years_that_are_ordered")]

    operations = [migrations.RunPython(lay_out, migrations.RunPython.noop)]
