"""A spreadsheet of 100,000 lines is looked at line by line, against the floor: reading its rows.

As .xlsx, whose cells share their texts, as those that people save do, or have their own, and as CSV. Each in a process of
its own, whose memory is told after a tenth of the lines and after all of them.
"""

import csv
import os
import resource
import sys
import tempfile
import time
import traceback
from collections.abc import Callable
from functools import partial
from io import StringIO
from pathlib import Path
from typing import Any

import xlsxwriter
from django.core.management import call_command
from django.db import connections
from django_tenants.utils import schema_context

from consultations.imports.reading import File, Job, Said, formats
from consultations.imports.rows import table_of
from consultations.imports.services.reading import look
from tenants.models import Municipality

LINES, GOAL = 100_000, 10.0
COLUMNS = ["Titre", "Texte", "Auteur", "Quartier", "Date", "Réf"]
MATCHED = {
    "title": "Titre",
    "body": "Texte",
    "author": "Auteur",
    "place": "Quartier",
    "submitted_at": "Date",
    "ref": "Réf",
}


def run() -> None:
    city = _prepared()
    with tempfile.TemporaryDirectory() as folder:
        for name, write in (
            ("partagees.xlsx", partial(_book, shared=True)),
            ("lignes.xlsx", _book),
            ("lignes.csv", _text),
        ):
            few, many = Path(folder) / f"peu-{name}", Path(folder) / name
            _in_its_own_process(partial(write, few, LINES // 10))
            _in_its_own_process(partial(write, many, LINES))
            _in_its_own_process(partial(_measured, city, few, many))


def _in_its_own_process(work: Callable[[], Any]) -> None:
    """What was done before it takes none of its memory."""
    sys.stdout.flush()
    connections.close_all()
    child = os.fork()
    if not child:
        try:
            work()
            sys.stdout.flush()
        except BaseException:
            traceback.print_exc()
            os._exit(1)
        os._exit(0)
    assert os.waitpid(child, 0)[1] == 0


def _measured(city: Municipality, few: Path, many: Path) -> None:
    with schema_context(city.schema_name):
        _looked(few)
        before = _memory()
        floor = _timed(lambda: sum(1 for _row in table_of(many.name, partial(open, many, "rb")).rows()))
        seconds = _timed(lambda: _looked(many))
    print(
        f"  {many.name:<14} {many.stat().st_size / 1e6:5.1f} MB: reading {floor:5.2f} s, looking {seconds:5.2f} s "
        f"(goal {GOAL}); memory {before:.0f} MB after {LINES // 10} lines, {_memory():.0f} MB after {LINES}"
    )


def _prepared() -> Municipality:
    call_command("collectstatic", interactive=False, verbosity=0)
    quiet = {"stdout": StringIO(), "stderr": StringIO()}
    call_command("prepare", **quiet)
    call_command("provision", authority="01007", name="Imports", slug="imports", admin="a@example.org", **quiet)
    return Municipality.objects.get(slug="imports")


def _looked(path: Path) -> None:
    said = Said(title="Banc", opens_at="2023-01-01T08:00", closes_at="2024-12-31T20:00", columns=MATCHED)
    job = Job([File(path.name, partial(open, path, "rb"))], said)
    report = look(job, formats()["spreadsheet"])
    assert not report.errors, report.errors[:3]


def _lines(count: int) -> Any:
    for place in range(1, count + 1):
        words = "Un banc tous les cent mètres, à l’ombre, pour que chacun se repose. " * 3
        yield [f"Proposition {place}", f"{words}{place}", _name(place), "Centre", 45_000 + place % 300, place]


def _name(place: int) -> str:
    """Twenty thousand different ones, as a town has."""
    return f"{('Nadège', 'Karim', 'Maud', 'Théo')[place % 4]} {chr(65 + place // 4 % 26)}. {chr(97 + place // 104 % 26)}{chr(97 + place // 2704 % 8)}"


def _book(path: Path, count: int, *, shared: bool = False) -> None:
    with xlsxwriter.Workbook(path, {"constant_memory": not shared}) as book:
        sheet, day = book.add_worksheet(), book.add_format({"num_format": "dd/mm/yyyy"})
        sheet.write_row(0, 0, COLUMNS)
        for place, line in enumerate(_lines(count), start=1):
            sheet.write_row(place, 0, line)
            sheet.write_number(place, 4, line[4], day)


def _text(path: Path, count: int) -> None:
    with open(path, "w", encoding="cp1252", newline="") as file:
        written = csv.writer(file, delimiter=";")
        written.writerow(COLUMNS)
        for line in _lines(count):
            written.writerow([*line[:4], f"{13 + line[4] % 15}/03/2023", line[5]])


def _timed(work: Callable[[], Any]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def _memory() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
