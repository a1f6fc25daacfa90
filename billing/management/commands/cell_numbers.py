"""Whether the numbers of invoices are unbroken over all cells: `cell_numbers --cell postgresql://territoires@db-2/…`."""

import sys
from collections import Counter
from contextlib import nullcontext
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError

from billing.models import Invoice
from billing.selectors.differences import gaps
from tenants.cells.elsewhere import Elsewhere, NotADatabase


class Command(BaseCommand):
    help = (
        "Read the numbers of invoices of this cell and of the others, which are one series, and say which are missing "
        "or stand in two. Status 1 if there are any."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--cell", action="append", default=[], metavar="DATABASE_URL", help="Another cell.")

    def handle(self, *args: Any, cell: list[str], **options: Any) -> None:
        numbers: list[str] = []
        try:
            for url in ["", *cell]:
                with Elsewhere(url)() if url else nullcontext():
                    numbers += filter(None, Invoice.objects.values_list("number", flat=True))
        except NotADatabase as problem:
            raise CommandError("--cell is no address of a PostgreSQL database.") from problem
        except DatabaseError as problem:
            raise CommandError(f"A cell does not answer: {str(problem).strip().partition(chr(10))[0]}") from problem
        missing = [each.object_id for each in gaps(numbers)]
        twice = sorted(number for number, count in Counter(numbers).items() if count > 1)
        for words, found in (("missing", missing), ("in two cells", twice)):
            for number in found:
                self.stdout.write(f"{number}: {words}")
        self.stdout.write(f"{len(numbers)} numbers in {len(cell) + 1} cells.")
        if missing or twice:
            sys.exit(1)
