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
        "One that is there must be in maintenance, and its present content is lost. Who was erased since is so again, "
        "and who was put out since stays out: roles, suspensions, second factors, addresses and invitations."
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
        if restored.was_there:
            out = restored.put_out
            numbers = {"role": len(out.lowered), "suspension": out.suspensions, "second factor": out.factors}
            numbers |= {"address": out.addresses, "invitation": out.invitations}
            counts = ", ".join(_counted(number, word) for word, number in numbers.items())
            self.stdout.write(f"Taken over from the present city, of people whom it has put out or changed: {counts}.")
        else:
            self.stdout.write(
                "Who was erased or put out since the file was written is not known here: ask where the city was. "
                "Roles, suspensions, second factors, addresses and invitations are those of the file."
            )
        if restored.without_administrator:
            self.stderr.write("No administrator who has a second factor is there: docs/operators.md says what to do.")
        for said in restored.problems:
            self.stderr.write(said)
        self.stdout.write(f"Look at it, then open it: manage.py fleet maintenance {city.slug} --off")


def _counted(number: int, word: str) -> str:
    plural = {"address": "addresses"}.get(word, f"{word}s")
    return f"{number} {word if number == 1 else plural}"
