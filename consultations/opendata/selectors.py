"""The files that there are, as the page and the catalogue show them."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import QuerySet

from consultations.framing.models import Consultation
from consultations.framing.selectors import consultations_to_read
from consultations.opendata.models import Build, OpenFile, OpenFilePart
from consultations.opendata.registry import WHOLE, Elsewhere, Table, elsewhere_of, tables


@dataclass(frozen=True)
class ShownTable:
    table: Table
    rows: int
    files: list[OpenFile]


@dataclass
class ShownConsultation:
    """With those of its tables that have a row. `whole`: all that an import reads, once it is made."""

    consultation: Consultation
    tables: list[ShownTable] = field(default_factory=list)
    whole: OpenFile | None = None
    elsewhere: list[Elsewhere] = field(default_factory=list)

    @property
    def changed_at(self) -> datetime | None:
        return max((each.changed_at for table in self.tables for each in table.files), default=None)


@dataclass(frozen=True)
class OpenData:
    """`built_at`: None before the first time."""

    built_at: datetime | None
    consultations: list[ShownConsultation]
    elsewhere: list[Elsewhere]


def opened() -> QuerySet[Consultation]:
    """Those whose data is open: since they have opened to the public."""
    return consultations_to_read().exclude(opened_at=None).order_by("-is_current", "-opened_at", "-pk")


def open_data(slug: str = "") -> OpenData:
    """Of the city, or of one consultation: a few queries, however many there are."""
    found = list(opened().filter(slug=slug) if slug else opened())
    files: dict[int, dict[str, OpenFile]] = {each.pk: {} for each in found}
    for file in OpenFile.objects.filter(consultation__in=found).order_by("pk"):
        files[file.consultation_id][file.name] = file
    others = elsewhere_of(found)
    shown = [
        ShownConsultation(
            each,
            list(_tables(files[each.pk])),
            files[each.pk].get(WHOLE),
            [other for other in others if other.consultation == each.pk],
        )
        for each in found
    ]
    built_at = Build.objects.values_list("built_at", flat=True).first()
    return OpenData(built_at, shown, [other for other in others if other.consultation is None])


def _tables(files: dict[str, OpenFile]) -> Iterator[ShownTable]:
    for table in tables:
        of_table = [files[name] for name in (f"{table.name}.csv", f"{table.name}.json") if name in files]
        if of_table and of_table[0].rows:
            yield ShownTable(table, of_table[0].rows, of_table)


def open_file(*, slug: str, name: str) -> OpenFile | None:
    found = OpenFile.objects.filter(consultation__slug=slug, consultation__in=opened().values("pk"), name=name)
    return found.order_by("pk").first()


def content_of(file: OpenFile) -> Iterator[bytes]:
    """A part in memory at a time."""
    parts = OpenFilePart.objects.filter(file=file).order_by("position").values_list("position", flat=True)
    for position in list(parts):
        yield bytes(OpenFilePart.objects.values_list("content", flat=True).get(file=file, position=position))
