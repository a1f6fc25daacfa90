"""Which cell this installation is, noted in its database: a city is never moved to one that cannot go on with it.

Numbers that rows of public get lie apart, 10^12 for each cell: whatever names a row by its number (keys of calls to
Stripe, Stripe's metadata, the city's delegates) means one row in all cells.
"""

from django.conf import settings
from django.utils.crypto import salted_hmac

from common.db import connection
from tenants.models import CityMove, Installation

APART = 10**12


class NotThisCell(Exception):
    """The settings say another cell than the database."""


def note_installation() -> Installation:
    """At every start: note which cell this is, once; and from where its numbers go on. Raises NotThisCell."""
    found = Installation.objects.first()
    if found is not None and found.number != settings.CELL:
        raise NotThisCell(f"This database is that of cell {found.number}, and CELL says {settings.CELL}.")
    said = {"key_check": key_check(), "public_host": settings.PUBLIC_HOST}
    noted, _is_new = Installation.objects.update_or_create(number=settings.CELL, defaults=said)
    if settings.CELL:
        _lift_numbers()
    return noted


def key_check() -> str:
    """The same where SECRET_KEY is: sessions, links in mails and codes hold there too."""
    return salted_hmac("tenants.cells", "the same key", algorithm="sha256").hexdigest()


def is_one_of_several() -> bool:
    """Whether other installations have cities of the same service, and invoices of the same series."""
    return settings.CELL > 0 or CityMove.objects.exclude(handed_over_at=None).exists()


def _lift_numbers() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT s.oid::regclass::text FROM pg_class s JOIN pg_namespace n ON n.oid = s.relnamespace"
            " JOIN pg_sequence q ON q.seqrelid = s.oid WHERE n.nspname = 'public' AND q.seqtypid = 'bigint'::regtype"
            " AND coalesce(pg_sequence_last_value(s.oid), 0) < %s ORDER BY 1",
            [settings.CELL * APART],
        )
        for (name,) in cursor.fetchall():
            cursor.execute("SELECT setval(%s::regclass, %s)", [name, settings.CELL * APART])
