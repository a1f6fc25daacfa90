"""Look an authority up in the directory: `find_authority "st etienne"`, `find_authority 45770 --json`."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from onboarding.directory.search import find_authorities


class Command(BaseCommand):
    help = "The five authorities that a name, postcode, INSEE code or SIREN most likely means."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("query")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        results = [
            {
                "name": each.name,
                "kind": each.kind,
                "code": each.code,
                "siren": each.siren,
                "department_code": each.department_code,
                "department": each.department_name,
                "region": each.region_name,
                "population": each.population,
                "postcodes": each.postcodes.split(),
            }
            for each in find_authorities(options["query"])
        ]
        if options["json"]:
            self.stdout.write(json.dumps({"query": options["query"], "results": results}, ensure_ascii=False))
            return
        for found in results:
            self.stdout.write(
                f"{found['name']} ({found['department'] or found['region']})  {found['kind']} {found['code']}"
                f"  SIREN {found['siren'] or 'unknown'}  {found['population'] or 0} inhabitants"
            )
        if not results:
            self.stderr.write("Nothing in the directory looks like that.")
