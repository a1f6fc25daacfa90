"""How often the short address of a support is opened: a number a day."""

from datetime import date

from django.db import connection, transaction

from consultations.kit.enums import Support

# One statement, whoever opens it at once. At a place that is no longer named it counts for the support alone.
_ADD = """
INSERT INTO kit_scanday (consultation_id, support, spot, day, count)
SELECT c.id, %(support)s, COALESCE(s.id, 0), %(day)s, 1
FROM framing_consultation c
LEFT JOIN kit_spot s ON s.id = %(spot)s AND s.consultation_id = c.id AND s.support = %(support)s
WHERE c.id = %(consultation)s
ON CONFLICT (consultation_id, support, spot, day) DO UPDATE SET count = kit_scanday.count + 1
"""


def count_scan(*, support: Support, consultation: int, spot: int, day: date) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_ADD, {"support": support.value, "spot": spot, "day": day, "consultation": consultation})
