"""Which support works: how often the short address of each was opened."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Q, Sum

from consultations.framing.models import Consultation
from consultations.kit.enums import Support
from consultations.kit.models import ScanDay, Spot

LATELY = timedelta(days=7)


@dataclass(frozen=True)
class Opened:
    """`lately`: in the last seven days, today included. `share`: of the one that is opened most, in hundredths."""

    support: Support
    spot: Spot | None
    is_gone: bool
    total: int
    lately: int
    share: int

    @property
    def label(self) -> str:
        return str(self.support.label)


def opened(consultation: Consultation, *, today: date, spots: list[Spot]) -> list[Opened]:
    """Every support with its places, the most opened first; those that nobody has opened yet have zeros: one query."""
    recent = Q(day__gt=today - LATELY)
    rows = ScanDay.objects.filter(consultation=consultation).order_by().values_list("support", "spot")
    sums = {key[:2]: key[2:] for key in rows.annotate(total=Sum("count"), lately=Sum("count", filter=recent))}
    named = {each.pk: each for each in spots}
    keys = {(each.support, each.pk) for each in spots} | sums.keys()
    most = max((total for total, _lately in sums.values()), default=0)
    found = []
    for support, spot in keys:
        total, lately = sums.get((support, spot), (0, 0))
        share = round(100 * total / most) if most else 0
        is_gone = spot not in named and spot != 0
        found.append(Opened(Support(support), named.get(spot), is_gone, total, lately or 0, share))
    return sorted(found, key=lambda each: (-each.total, each.label, each.spot.name if each.spot else ""))
