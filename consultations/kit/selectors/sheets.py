"""Numbered paper forms as they are printed, and the number that stands on each."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from common.qr_codes import drawing
from consultations.framing.models import Consultation
from consultations.kit.enums import Variant
from consultations.kit.models import SheetPart, SheetRun, Spot
from consultations.kit.selectors.files import FILES, content_of, printed
from consultations.kit.selectors.material import material

# Their receipts open what is entered: the files are not kept for long. The numbers stay.
FILES_KEPT = timedelta(days=14)


def printed_number(number: int) -> str:
    """As it stands on a sheet, twice: 0045."""
    return f"{number:04}"


def sheets_pdf(consultation: Consultation, city: Any, sheets: Sequence[tuple[int, str]], *, spot: int = 0) -> bytes:
    """Of these numbers, each with the receipt that stands on it."""
    file = FILES["formulaire-a4"]
    content, exact = material(consultation, city, support=file.support, spot=spot)
    follow = city.url.rstrip("/") + reverse("offline_receipt")
    content["sheets"] = [{"number": printed_number(number), "receipt": receipt} for number, receipt in sheets]
    content["document"] = _("Numbered paper forms %(first)s to %(last)s: %(title)s") % {
        "first": printed_number(sheets[0][0]),
        "last": printed_number(sheets[-1][0]),
        "title": content["title"],
    }
    exact |= {"follow": follow, "follow_shown": follow.partition("://")[2].rstrip("/"), "follow_qr": drawing(follow)}
    return printed(file.source, content_of(content), exact, variant=Variant.OFFICE)


@dataclass(frozen=True)
class Run:
    """`made`: sheets of it that can be downloaded; files that nobody came for are no longer there."""

    run: SheetRun
    place: str
    parts: list[tuple[int, int]]
    made: int
    is_over: bool

    @property
    def is_ready(self) -> bool:
        return self.is_over or self.made == self.run.count

    @property
    def numbers(self) -> tuple[str, str]:
        return printed_number(self.run.first), printed_number(self.run.last)

    @property
    def shown_parts(self) -> list[tuple[int, int, str, str]]:
        return [(first, last, printed_number(first), printed_number(last)) for first, last in self.parts]


def runs_of(consultation: Consultation, *, most: int = 50) -> list[Run]:
    """The newest first: three queries."""
    runs = list(SheetRun.objects.filter(consultation=consultation).order_by("-first")[:most])
    parts: dict[int, list[tuple[int, int]]] = {}
    for run, first, last in (
        SheetPart.objects.filter(run__in=runs).order_by("run", "first").values_list("run_id", "first", "last")
    ):
        parts.setdefault(run, []).append((first, last))
    names = dict(Spot.objects.filter(consultation=consultation).values_list("pk", "name"))
    over = timezone.now() - FILES_KEPT
    return [
        Run(
            each,
            names.get(each.spot, ""),
            there := parts.get(each.pk, []),
            sum(last - first + 1 for first, last in there),
            each.made_at < over,
        )
        for each in runs
    ]
