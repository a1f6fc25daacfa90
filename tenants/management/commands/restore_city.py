"""A city put back as `dump_city` wrote it: `restore_city saran.city`; elsewhere with another DATABASE_URL."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from tenants.dumps import DumpRefused
from tenants.restoring import restore


class Command(BaseCommand):
    help = (
        "Put a city back as a file of dump_city has it, in the database of DATABASE_URL; other cities are not touched. "
        "One that is there must be in maintenance, and its present content is lost. Who was erased since is so again."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, file: Path, **options: Any) -> None:
        try:
            with file.open("rb") as source:
                restored = restore(source, at=timezone.now())
        except DumpRefused as refusal:
            raise CommandError(str(refusal)) from refusal
        except OSError as problem:
            raise CommandError(f"{file}: {problem.strerror}.") from problem
        city = restored.city
        self.stdout.write(
            f"{city.name}: {len(restored.rows)} tables, {sum(restored.rows.values())} rows, as the file counts them. "
            f"Erased again: {restored.erased_again}."
        )
        if not restored.was_there:
            self.stdout.write("Who was erased since the file was written is not known here: ask where the city was.")
        for said in restored.problems:
            self.stderr.write(said)
        self.stdout.write(f"Look at it, then open it: manage.py fleet maintenance {city.slug} --off")
