"""One invoice or credit note as it left: `manage.py invoice 3F2A-0001 --output facture.pdf`."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django_tenants.utils import schema_context

from billing.models import Invoice


class Command(BaseCommand):
    help = "Write an invoice or a credit note into a file: the Factur-X, or the PDF without its XML."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("number")
        parser.add_argument("--output", required=True, type=Path, metavar="FILE.pdf")
        parser.add_argument("--plain", action="store_true", help="for a portal that refuses the Factur-X")

    def handle(self, *args: Any, number: str, output: Path, plain: bool, **options: Any) -> None:
        with schema_context("public"):
            invoice = Invoice.objects.filter(number=number).first()
        if invoice is None:
            raise CommandError(f"No invoice and no credit note has the number {number}.")
        content = invoice.plain if plain else invoice.facturx
        if not content:
            why = "".join(f"\n  {each['code']}: {each['words']}" for each in invoice.problems)
            raise CommandError(f"{number} has not left yet.{why}", returncode=2)
        try:
            output.write_bytes(content)
        except OSError as problem:
            raise CommandError(f"{output}: {problem.strerror}") from problem
        self.stdout.write(f"{output}: {len(content):,} bytes")
