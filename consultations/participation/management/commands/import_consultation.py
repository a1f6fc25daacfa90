"""Import a consultation held elsewhere: `import_consultation --city saran FILE.jsonl` (format: docs/import.md)."""

import json
import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext
from django_tenants.utils import schema_context

from common.cities import city_named
from consultations.participation.importing import BadLine, Report, import_consultation


class Command(BaseCommand):
    help = "Read a consultation in JSON Lines into a city. May be run again: what is there is left as it is."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file")
        parser.add_argument("--city", required=True, metavar="SLUG")
        parser.add_argument("--strict", action="store_true", help="one bad line stops and undoes everything")
        parser.add_argument("--json", action="store_true", help="print one JSON object, progress on standard error")

    def handle(self, *args: Any, **options: Any) -> None:
        city = city_named(options["city"])
        if not city.takes_writing:
            said = gettext("%(city)s can only be read at present: nothing was imported.")
            raise CommandError(said % {"city": city.name})
        started = time.perf_counter()
        try:
            with (
                open(options["file"], "rb") as lines,
                schema_context(city.schema_name),
            ):
                report = import_consultation(
                    lines,
                    strict=options["strict"],
                    progress=lambda count: self.stderr.write(f"  {count} lines"),
                )
        except OSError as problem:
            raise CommandError(f"The file cannot be read: {problem.strerror}") from problem
        except BadLine as problem:
            raise CommandError(gettext("Nothing was imported. %(reason)s") % {"reason": problem}) from problem
        seconds = round(time.perf_counter() - started, 2)
        result = {
            "city": city.slug,
            "consultation": report.consultation,
            "lines": report.lines,
            "created": dict(report.created),
            "existing": dict(report.existing),
            "errors": report.errors,
            "notes": report.notes,
            "seconds": seconds,
        }
        if options["json"]:
            self.stdout.write(json.dumps(result, ensure_ascii=False))
        else:
            self._say(report, seconds)
        if report.undone:
            said = gettext("Nothing was imported: no proposal could be, and a consultation without one says nothing.")
            raise CommandError(said)

    def _say(self, report: Report, seconds: float) -> None:
        for heading, lines_said in ((gettext("Not imported"), report.errors), (gettext("Imported"), report.notes)):
            for each in lines_said:
                self.stderr.write(f"  {heading}. {BadLine(each['line'], each['reason'])}")
        made = sum(report.created.values())
        self.stdout.write(
            f"{report.lines} lines in {seconds} s: {made} created, {sum(report.existing.values())} there already"
        )
