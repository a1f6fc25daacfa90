"""Making the files of a city: each consultation as it was at one moment, a few rows in memory at a time.

What was hidden or erased is in no file from the next time on; a file that comes out the same stays as it is, with its
date. Done again at once, or by two workers, nothing else is there afterwards.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, Any

from django.db import transaction
from django.utils import timezone

from common.city import present_city
from common.models import ContentRevision
from common.sheets import write_csv
from consultations.framing.models import Consultation
from consultations.opendata.models import Build, OpenFile, OpenFilePart
from consultations.opendata.names import Names
from consultations.opendata.registry import NO, WHOLE, YES, Table, tables
from tenants.export import one_moment
from tenants.keys.services import key_of, make_key

KEY = "open-data"
_PART = 1_000_000


@dataclass(frozen=True)
class Written:
    path: Path
    rows: int

    @property
    def digest(self) -> str:
        with self.path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()


def build_open_data(*, at: datetime) -> int:
    """Make all files of the present city; how many are not what they were. A build of newer content is never undone."""
    names_for = naming()
    revision = ContentRevision.objects.values_list("value", "soon").get()
    opened = Consultation.objects.exclude(opened_at=None)
    changed = 0
    for consultation in opened.order_by("pk"):
        with TemporaryDirectory() as folder:
            written = write_files(consultation, names_for(consultation), Path(folder))
            kept = _keep(consultation, written, revision, at)
        if kept is None:
            return changed
        changed += kept
    with transaction.atomic():
        if not _is_older(revision):
            OpenFile.objects.exclude(consultation__in=opened).delete()
            Build.objects.update(value=revision[0], soon=revision[1], built_at=at)
    return changed


def naming() -> Any:
    """What names the rows of a consultation of the present city: its key is read once, and never kept."""
    make_key(KEY)
    key, url = key_of(KEY), present_city().url
    return lambda consultation: Names(key, consultation=consultation.pk, url=url)


def write_files(consultation: Consultation, names: Names, folder: Path) -> dict[str, Written]:
    """Each table in CSV and in JSON, and what an import reads; all of one moment."""
    written: dict[str, Written] = {}
    with one_moment(), (folder / WHOLE).open("wb") as whole:
        lines = 0
        for table in tables:
            sheet, objects = folder / f"{table.name}.csv", folder / f"{table.name}.json"
            with sheet.open("wb") as csv_file, objects.open("wb") as json_file:
                rows = _told(table, consultation, names, json_file, whole)
                count = write_csv(csv_file, [each.name for each in table.columns], rows)
            written |= {path.name: Written(path, count) for path in (sheet, objects)}
            lines += count if table.line else 0
    written[WHOLE] = Written(folder / WHOLE, lines)
    return written


def _told(
    table: Table, consultation: Consultation, names: Names, json_file: IO[bytes], whole: IO[bytes]
) -> Iterator[list[Any]]:
    """Its rows for the spreadsheet; on the way they are written to the other files."""
    before = b"[\n"
    for found in table.read(consultation):
        row = table.row(found, names)
        json_file.write(before + _json(row))
        before = b",\n"
        if table.line is not None:
            whole.write(_json(table.line(found, names)) + b"\n")
        yield [_in_sheet(value) for value in row.values()]
    json_file.write(b"\n]\n" if before == b",\n" else b"[]\n")


def write_whole(consultation: Consultation, target: IO[bytes]) -> int:
    """What an import reads of a consultation, and nothing else; how many lines."""
    names = naming()(consultation)
    count = 0
    with one_moment():
        for line in _lines(consultation, names):
            target.write(_json(line) + b"\n")
            count += 1
    return count


def _lines(consultation: Consultation, names: Names) -> Iterator[dict[str, Any]]:
    for table in tables:
        if table.line is not None:
            for found in table.read(consultation):
                yield table.line(found, names)


def _in_sheet(value: Any) -> Any:
    return {True: YES, False: NO}[value] if isinstance(value, bool) else value


def _json(row: dict[str, Any]) -> bytes:
    return json.dumps(row, ensure_ascii=False, separators=(",", ":"), default=_moment).encode()


def _moment(value: Any) -> str:
    """In the city's zone, with its distance from UTC."""
    if isinstance(value, datetime):
        return timezone.localtime(value).isoformat(timespec="minutes")
    assert isinstance(value, date), f"{type(value)} has no form in a file"
    return value.isoformat()


# ── Keeping ──────────────────────────────────────────────────────────────────


def _keep(
    consultation: Consultation, written: dict[str, Written], revision: tuple[int, int], at: datetime
) -> int | None:
    """In one transaction: the files of a consultation are all of one build. None where a newer one came in between."""
    with transaction.atomic():
        if _is_older(revision):
            return None
        there = {each.name: each for each in OpenFile.objects.filter(consultation=consultation).order_by("pk")}
        OpenFile.objects.filter(pk__in=[each.pk for name, each in there.items() if name not in written]).delete()
        changed = 0
        for name, made in written.items():
            digest = made.digest
            if name in there and there[name].digest == digest:
                continue
            changed += 1
            size = made.path.stat().st_size
            file, _new = OpenFile.objects.update_or_create(
                consultation=consultation,
                name=name,
                defaults={"rows": made.rows, "size": size, "digest": digest, "changed_at": at},
            )
            file.parts.all().delete()
            for position, content in enumerate(_parts(made.path)):
                OpenFilePart.objects.create(file=file, position=position, content=content)
    return changed


def _is_older(revision: tuple[int, int]) -> bool:
    """Whether what is there was made of newer content; until the end of the transaction nobody else keeps anything."""
    Build.objects.bulk_create([Build()], ignore_conflicts=True)
    build = Build.objects.select_for_update(of=("self",), no_key=True).get()
    return (build.value, build.soon) > revision


def _parts(path: Path) -> Iterable[bytes]:
    with path.open("rb") as file:
        while content := file.read(_PART):
            yield content
