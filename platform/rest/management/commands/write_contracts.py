"""Write the descriptions of the APIs anew, from the code: `make contract`."""

from typing import Any

from django.core.management.base import BaseCommand

from rest.schema import CONTRACTS, SITES, written


class Command(BaseCommand):
    help = "Write the OpenAPI descriptions of the APIs of cities and of the service."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        for site in SITES:
            (CONTRACTS / f"{site}.json").write_text(written(site))
            self.stdout.write(f"rest/contracts/{site}.json")
