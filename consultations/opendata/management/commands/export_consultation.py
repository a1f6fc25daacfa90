"""Write a consultation as a file that another city reads: `export_consultation --city saran --consultation SLUG FILE`.

What everybody reads of it, by nobody's name, in JSON Lines (format: docs/import.md).
"""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django_tenants.utils import schema_context

from common.cities import city_named
from consultations.opendata.selectors import opened
from consultations.opendata.services.building import write_whole


class Command(BaseCommand):
    help = "Write a consultation in JSON Lines, for import_consultation: what everybody reads, without names."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file")
        parser.add_argument("--city", required=True, metavar="SLUG")
        parser.add_argument("--consultation", required=True, metavar="SLUG", help="as in the address of its page")

    def handle(self, *args: Any, **options: Any) -> None:
        city = city_named(options["city"])
        with schema_context(city.schema_name):
            found = opened().filter(slug=options["consultation"]).first()
            if found is None:
                known = ", ".join(opened().values_list("slug", flat=True)) or "none"
                raise CommandError(f"No consultation that has opened is called so. There are: {known}")
            try:
                with open(options["file"], "xb") as target:
                    count = write_whole(found, target)
            except FileExistsError as problem:
                raise CommandError("There is a file of this name already: choose another one.") from problem
            except OSError as problem:
                raise CommandError(f"The file cannot be written: {problem.strerror}") from problem
        self.stdout.write(f"{count} lines")
