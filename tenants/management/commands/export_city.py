"""A city's copy: `export_city saran --to saran.zip`; the complete one with `--complete --reason "…"`."""

import os
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from common.cities import city_named
from tenants.copies import ReasonMissing, checked_reason, note_copy
from tenants.export import write_export


class Command(BaseCommand):
    help = (
        "Write a city's copy into one ZIP: a JSON Lines file a table, a README. Works in every state but DELETED. "
        "Without --complete: what is published, with pseudonyms, without drafts, addresses and who reacted how. "
        "With it, and a --reason: everything; the city's page « Vos données » tells the day and the reason. "
        "Noted in the trail."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("slug")
        parser.add_argument("--to", required=True, metavar="FILE.zip", type=Path)
        parser.add_argument("--complete", action="store_true", help="names, addresses, reactions and drafts too")
        parser.add_argument("--reason", default="", help="why a complete copy: everybody reads it on the city's page")

    def handle(self, *args: Any, slug: str, to: Path, complete: bool, reason: str, **options: Any) -> None:
        city = city_named(slug)
        if complete:
            try:
                checked_reason(reason)
            except ReasonMissing as refusal:
                raise CommandError(f"--reason: {refusal.message}") from refusal
        # Whole or not at all: a copy that was interrupted must not look like one.
        unfinished = to.with_name(f"{to.name}.{os.getpid()}")
        try:
            with unfinished.open("wb") as target:
                tables = write_export(municipality=city, target=target, at=timezone.now(), complete=complete)
            unfinished.replace(to)
        except OSError as problem:
            raise CommandError(f"{to}: {problem.strerror}.") from problem
        finally:
            unfinished.unlink(missing_ok=True)
        note_copy(municipality=city, actor=None, complete=complete, at=timezone.now(), reason=reason)
        rows = sum(table.rows for table in tables)
        kind = "complete copy" if complete else "copy with pseudonyms"
        self.stdout.write(
            f"{city.name}, {kind}: {len(tables)} tables, {rows} rows, {to.stat().st_size:,} bytes in {to}"
        )
