"""The kit of the demonstration city: where its posters hang, which of them were scanned, and twenty numbered sheets."""

from datetime import date, datetime, timedelta

from django.utils import timezone

from consultations.framing.models import Consultation
from consultations.framing.selectors import every_consultation
from consultations.kit.enums import Support
from consultations.kit.models import ScanDay, SheetRun, Spot
from consultations.kit.services.sheets import make_part
from consultations.offline.services.receipts import reserve_sheets

_SPOTS = (
    (Support.POSTER, "Médiathèque", (4, 9, 7, 3, 0, 5, 8, 6, 2, 4)),
    (Support.POSTER, "Marché du samedi", (0, 21, 0, 0, 0, 0, 0, 0, 17, 0)),
    (Support.FORM, "Accueil de la mairie", (1, 0, 2, 1, 0, 0, 3, 1, 0, 2)),
    (Support.LETTER, "Associations", (0, 3, 6, 2, 1, 1, 0, 0, 0, 1)),
)
_SUPPORTS = (
    (Support.FLYER, (6, 8, 5, 2, 1, 4, 3, 0, 2, 1)),
    (Support.BULLETIN, (31, 24, 12, 9, 6, 3, 4, 1, 0, 2)),
    (Support.FACEBOOK, (14, 11, 3, 2, 0, 9, 4, 1, 1, 0)),
)
_SHEETS = 20


def show_the_kit(*, at: datetime) -> None:
    consultation = every_consultation().get(is_current=True)
    today = timezone.localdate(at)
    for support, name, counts in _SPOTS:
        spot = Spot.objects.create(consultation=consultation, support=support, name=name, created_at=at)
        _scanned(consultation, support, spot.pk, counts, today)
    for support, counts in _SUPPORTS:
        _scanned(consultation, support, 0, counts, today)
    asked = at - timedelta(days=9)
    numbers = reserve_sheets(consultation=consultation, count=_SHEETS, after=0, at=asked)
    run = SheetRun.objects.create(consultation=consultation, first=numbers[0], last=numbers[-1], made_at=asked)
    make_part(run_id=run.pk, first=run.first)


def _scanned(consultation: Consultation, support: Support, spot: int, counts: tuple[int, ...], today: date) -> None:
    ScanDay.objects.bulk_create(
        ScanDay(consultation=consultation, support=support, spot=spot, count=count, day=today - timedelta(days=ago))
        for ago, count in enumerate(counts)
        if count
    )
