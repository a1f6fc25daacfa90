"""Import a consultation held elsewhere: `import_consultation --city saran FILE…` (formats: docs/import.md)."""

import json
import time
from dataclasses import fields
from functools import partial
from pathlib import Path
from typing import IO, Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext
from django_tenants.utils import schema_context

from common.cities import city_named
from consultations.imports.reading import File, Findings, Job, Said, formats
from consultations.imports.rows import FileNotRead
from consultations.imports.services.reading import look, run
from consultations.imports.words import asked_by_command
from consultations.participation.import_report import BadLine, Report


def _opened(path: str) -> IO[bytes]:
    return open(path, "rb")


class Command(BaseCommand):
    help = "Read a consultation held elsewhere into a city. May be run again: what is there is left as it is."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("files", nargs="+", metavar="FILE")
        parser.add_argument("--city", required=True, metavar="SLUG")
        parser.add_argument("--format", default="jsonl", choices=sorted(formats()))
        parser.add_argument("--look", action="store_true", help="say what would be imported, and write nothing")
        parser.add_argument("--strict", action="store_true", help="one bad line stops and undoes everything")
        parser.add_argument("--json", action="store_true", help="print one JSON object, progress on standard error")
        of_tables = parser.add_argument_group("of tables: what the file does not say")
        for name in ("title", "question", "source", "ref"):
            of_tables.add_argument(f"--{name}", default="")
        of_tables.add_argument("--opens", dest="opens_at", default="", metavar="MOMENT")
        of_tables.add_argument("--closes", dest="closes_at", default="", metavar="MOMENT")
        of_tables.add_argument("--challenge", default="", metavar="COLUMN", help="whose values are the challenges")
        of_tables.add_argument("--column", dest="columns", action="append", default=[], metavar="FIELD=COLUMN")
        of_tables.add_argument("--encoding", dest="encodings", action="append", default=[], metavar="FILE=ENCODING")
        of_tables.add_argument("--neutral", default="", choices=["improve", "skip"], help="what took no side")
        of_tables.add_argument("--dates", dest="order", default="", choices=["day", "month"], help="which comes first")
        of_tables.add_argument("--serial", action="store_const", const="yes", default="", help="days are numbers")

    def handle(self, *args: Any, **options: Any) -> None:
        city = city_named(options["city"])
        if not city.takes_writing:
            said = gettext("%(city)s can only be read at present: nothing was imported.")
            raise CommandError(said % {"city": city.name})
        started = time.perf_counter()
        job = self._job(options)
        try:
            with schema_context(city.schema_name):
                report = self._read(job, options)
        except OSError as problem:
            raise CommandError(f"The file cannot be read: {problem.strerror}") from problem
        except (BadLine, FileNotRead) as problem:
            reason = getattr(problem, "message", problem)
            raise CommandError(gettext("Nothing was imported. %(reason)s") % {"reason": reason}) from problem
        self._tell(report, city.slug, round(time.perf_counter() - started, 2), job.found, options)

    def _job(self, options: dict[str, Any]) -> Job:
        given = {each.name: options[each.name] for each in fields(Said)}
        for name in ("columns", "encodings"):
            pairs = [each.partition("=")[::2] for each in given[name]]
            given[name] = dict(pairs)
        return Job([File(Path(each).name, partial(_opened, each)) for each in options["files"]], Said(**given))

    def _read(self, job: Job, options: dict[str, Any]) -> Report:
        found = formats()[options["format"]]
        progress: dict[str, Any] = {"progress": lambda count: self.stderr.write(f"  {count} lines")}
        if options["look"]:
            return look(job, found, **progress)
        if found.key != "jsonl":
            # What is not said is asked for before anything is written.
            looked = Job(job.files, job.said)
            look(looked, found)
            if looked.found.questions:
                raise CommandError(asked_by_command(looked.found))
        return run(job, found, strict=options["strict"], **progress)

    def _tell(self, report: Report, city: str, seconds: float, found: Findings, options: dict[str, Any]) -> None:
        result = {
            "city": city,
            "consultation": report.consultation,
            "lines": report.lines,
            "created": dict(report.created),
            "existing": dict(report.existing),
            "errors": report.errors,
            **({"more": dict(report.more)} if report.more else {}),
            "notes": report.notes,
            "seconds": seconds,
        }
        if options["format"] != "jsonl":
            result |= {"files": found.files, "skipped": dict(found.skipped), "untaken": found.untaken}
            result |= {"questions": dict(found.questions), "challenges": found.challenges}
        if options["json"]:
            self.stdout.write(json.dumps(result, ensure_ascii=False))
        else:
            self._say(report, seconds)
            if found.questions:
                self.stdout.write(asked_by_command(found))
        if report.undone:
            said = gettext("Nothing was imported: no proposal could be, and a consultation without one says nothing.")
            raise CommandError(said)

    def _say(self, report: Report, seconds: float) -> None:
        for heading, lines_said in ((gettext("Not imported"), report.errors), (gettext("Imported"), report.notes)):
            for each in lines_said:
                self.stderr.write(f"  {heading}. {BadLine(each['line'], each['reason'], each.get('file', ''))}")
        made = sum(report.created.values())
        self.stdout.write(
            f"{report.lines} lines in {seconds} s: {made} created, {sum(report.existing.values())} there already"
        )
