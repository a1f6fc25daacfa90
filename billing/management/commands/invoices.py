"""The invoices and credit notes of a city: `manage.py invoices --city saran --json`."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django_tenants.utils import schema_context

from billing.documents.amounts import printed
from billing.models import Invoice
from tenants.models import Municipality


class Command(BaseCommand):
    help = "List the invoices and credit notes of a city, in the order of their days: what has its number."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--city", required=True, help="its slug, or that of a deleted one as the register has it")
        parser.add_argument("--json", action="store_true", help="print one JSON list; amounts are cents")

    def handle(self, *args: Any, **options: Any) -> None:
        with schema_context("public"):
            city = Municipality.objects.filter(slug=options["city"]).first()
            if city is None:
                raise CommandError(f"No city has the slug {options['city']}.")
            found = Invoice.objects.filter(account__municipality=city, number__isnull=False).defer("facturx", "plain")
            rows = [_row(each) for each in found.select_related("corrects").order_by("issued_on", "pk")]
        if options["json"]:
            self.stdout.write(json.dumps(rows, ensure_ascii=False))
            return
        for row in rows:
            total = printed(row["total_cents"])
            self.stdout.write(f"{row['number']:20}  {row['date'] or '-':10}  {total:>14}  {row['state']}")


def _row(invoice: Invoice) -> dict[str, Any]:
    return {
        "number": invoice.number,
        "date": invoice.issued_on and invoice.issued_on.isoformat(),
        "kind": invoice.kind,
        "corrects": invoice.corrects and invoice.corrects.number,
        "net_cents": invoice.net_cents,
        "vat_cents": invoice.vat_cents,
        "total_cents": invoice.total_cents,
        "paid_cents": invoice.paid_cents,
        "credited_cents": invoice.credited_cents,
        "state": invoice.state,
        "problems": [each["code"] for each in invoice.problems],
    }
