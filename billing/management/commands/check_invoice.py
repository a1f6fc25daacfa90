"""Check invoices that stand in files: `manage.py check_invoice F-2026-00042.pdf`."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from billing.documents.checks import Demands
from billing.documents.issuing import check
from billing.documents.validation import NotChecked
from billing.services.papers import known_rates


class Command(BaseCommand):
    help = "Check Factur-X files: their container, the schema, the rules of EN 16931 and France, and our own."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("files", nargs="+", type=Path)

    def handle(self, *args: Any, files: list[Path], **options: Any) -> None:
        wrong, demands = 0, Demands(rates=self._rates())
        for file in files:
            try:
                problems = check(file.read_bytes(), demands=demands)
            except OSError as problem:
                raise CommandError(f"{file}: {problem.strerror}") from problem
            except NotChecked as problem:
                raise CommandError(f"{file} could not be checked ({problem}).", returncode=2) from problem
            wrong += bool(problems)
            self.stdout.write(f"{file}: {'no problem' if not problems else f'{len(problems)} problems'}")
            for each in problems:
                self.stdout.write(f"  {each.code}: {each.sentence}")
        if wrong:
            raise CommandError(f"{wrong} of {len(files)} files may not leave.")

    def _rates(self) -> frozenset[int]:
        """Of VAT, besides those that are known to the checks themselves."""
        try:
            return known_rates()
        except DatabaseError as problem:
            said = f"The rates of VAT are in the database, which does not answer ({type(problem).__name__})."
            raise CommandError(said, returncode=2) from problem
