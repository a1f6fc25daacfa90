"""A city's copy of everything: `export_city saran --to saran.zip`."""

import os
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from tenants.export import write_export
from tenants.lifecycle import note_export
from tenants.models import Municipality


class Command(BaseCommand):
    help = (
        "Write everything a city has into one ZIP: a JSON Lines file a table, uploaded files, a README. "
        "Works in every state but DELETED. Noted in the audit trail."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("slug")
        parser.add_argument("--to", required=True, metavar="FILE.zip", type=Path)

    def handle(self, *args: Any, slug: str, to: Path, **options: Any) -> None:
        city = Municipality.objects.ready().filter(slug=slug).first()
        if city is None:
            raise CommandError(f"No city has the address « {slug} ».")
        # Whole or not at all: a copy that was interrupted must not look like one.
        unfinished = to.with_name(f"{to.name}.{os.getpid()}")
        try:
            with unfinished.open("wb") as target:
                tables = write_export(municipality=city, target=target, at=timezone.now())
            unfinished.replace(to)
        except OSError as problem:
            raise CommandError(f"{to}: {problem.strerror}.") from problem
        finally:
            unfinished.unlink(missing_ok=True)
        note_export(municipality=city, actor=None)
        rows = sum(table.rows for table in tables)
        self.stdout.write(f"{city.name}: {len(tables)} tables, {rows} rows, {to.stat().st_size:,} bytes in {to}")
