"""Numbers of rows that come with a city: kept where they are free, else new ones, and never one that another row brings."""

from django.db import connection

from accounts.models import AuditEntry
from tenants.cells.packing import _numbers_for


def entry(pk: int) -> AuditEntry:
    return AuditEntry(pk=pk, action="x")


def next_number() -> int:
    """That the next row would get."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence('public.accounts_auditentry', 'id'))")
        return int(cursor.fetchone()[0]) + 1


def test_new_numbers_that_other_rows_bring_or_have_are_passed_over_as_often_as_it_takes(db: None) -> None:
    coming = next_number()
    taken, later = 7_000_001, 7_000_002
    entry(taken).save()
    entry(later).save()
    entry(coming + 2).save()
    # The next three numbers: two are brought by other rows, the third stands here already.
    rows = [entry(taken), entry(coming), entry(coming + 1), entry(coming + 2), entry(later)]
    numbers = _numbers_for([*rows], None)[AuditEntry]
    assert sorted(numbers.values()) == [coming + number for number in range(3, 8)]
    for row in rows:
        row.pk = numbers[row.pk]
    AuditEntry.objects.bulk_create(rows)
