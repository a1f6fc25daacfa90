"""The fleet: `fleet status`, `fleet migrate --jobs 8`, `fleet maintenance saran --on`."""

import json
import sys
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from tenants.fleet import Report, Status, migrate_fleet, status
from tenants.models import Municipality
from tenants.replay import Outcome
from tenants.services import set_maintenance


class Command(BaseCommand):
    help = "Say which structure each city has, bring all to that of this release, or close one for maintenance."

    def add_arguments(self, parser: CommandParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True)
        said = actions.add_parser("status", help="cities by structure and state, and why some are behind")
        said.add_argument("--json", action="store_true", help="print one JSON object")
        moved = actions.add_parser("migrate", help="bring every city up to date; exits with 1 if one could not be")
        moved.add_argument("--jobs", type=int, default=4, metavar="N", help="cities at a time (4)")
        moved.add_argument("--json", action="store_true", help="print one JSON object, failures on standard error")
        closed = actions.add_parser("maintenance", help="let every page of a city answer 503, or its own again")
        closed.add_argument("slug", metavar="SLUG")
        way = closed.add_mutually_exclusive_group(required=True)
        way.add_argument("--on", action="store_true")
        way.add_argument("--off", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        {"status": self._status, "migrate": self._migrate, "maintenance": self._maintenance}[options["action"]](options)

    def _status(self, options: dict[str, Any]) -> None:
        found = status()
        if options["json"]:
            self.stdout.write(json.dumps({**asdict(found), "behind": found.behind}))
        else:
            self._describe(found)

    def _describe(self, found: Status) -> None:
        for count in found.structures:
            name = count.structure[:12] or "not noted"
            words = "up to date" if count.up_to_date else "behind"
            refused = f", {count.problems} refused it" if count.problems else ""
            self.stdout.write(f"{name:<14}{count.cities:>6}  {words}{refused}")
        states = ", ".join(f"{state} {number}" for state, number in sorted(found.states.items()))
        self.stdout.write(f"States: {states or 'no city'}; in maintenance: {found.in_maintenance}")
        self.stdout.write(f"Made ahead for the next cities: {found.spares}")
        for row in found.moved:
            self.stdout.write(f"  {row['slug']} ({row['schema']}) lives in {row['to']}")
        for row in found.problems:
            self.stdout.write(f"  {row['slug']} ({row['schema']}): {row['problem']}")

    def _migrate(self, options: dict[str, Any]) -> None:
        if options["jobs"] < 1:
            raise CommandError("--jobs is at least 1.")
        report = migrate_fleet(jobs=options["jobs"], on_outcome=self._hear)
        if options["json"]:
            self.stdout.write(json.dumps(_as_json(report)))
        else:
            self._sum_up(report)
        if report.having("failed"):
            sys.exit(1)

    def _hear(self, outcome: Outcome) -> None:
        if outcome.problem:
            self.stderr.write(f"  {outcome.city.slug} ({outcome.city.schema_name}): {outcome.problem}")

    def _sum_up(self, report: Report) -> None:
        for change in report.recorded:
            in_python = sum(statements is None for _app, _name, statements in change.migrations)
            self.stdout.write(f"{change}: {len(change.migrations)} migrations, {in_python} of them in Python")
        counts = ", ".join(f"{len(report.having(result))} {result}" for result in ("done", "skipped", "failed"))
        rate = f", {report.cities_per_second:.0f} cities/s" if report.having("done") else ""
        self.stdout.write(f"{report.structure[:12]}: {counts} in {report.seconds:.1f} s{rate}")

    def _maintenance(self, options: dict[str, Any]) -> None:
        city = Municipality.objects.filter(slug=options["slug"]).first()
        if city is None:
            raise CommandError(f"No city is called « {options['slug']} ».")
        set_maintenance(municipality=city, on=options["on"], operator=None, at=timezone.now())
        self.stdout.write(f"{city.url} answers {'503' if options['on'] else 'again'}")


def _as_json(report: Report) -> dict[str, Any]:
    return {
        "structure": report.structure,
        "done": len(report.having("done")),
        "skipped": len(report.having("skipped")),
        "failed": [
            {"slug": outcome.city.slug, "schema": outcome.city.schema_name, "problem": outcome.problem}
            for outcome in report.having("failed")
        ],
        "seconds": round(report.seconds, 3),
        "cities_per_second": round(report.cities_per_second, 1),
    }
