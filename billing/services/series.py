"""The numbers of our own documents, each series without a gap."""

from datetime import date

from django.conf import settings

from billing.models import Series


def next_number(prefix: str, day: date) -> str:
    """D-2026-0001; in cell 2 D2-2026-0001. Inside the transaction that makes the document: given up with it, so without
    a gap.
    """
    key = f"{prefix}{settings.CELL or ''}-{day.year}"
    Series.objects.get_or_create(key=key)
    series = Series.objects.select_for_update(no_key=True).get(key=key)
    series.last += 1
    series.save(update_fields=["last"])
    return f"{key}-{series.last:04d}"
