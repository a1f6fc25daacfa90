"""Proposals that say nearly the same, for whoever may bring them together."""

from consultations.analysis.models import NearPair
from consultations.cocreation.selectors.merging import joinable
from consultations.framing.models import Consultation
from consultations.participation.models import Proposal

_SHOWN = 5


def near_pairs(consultation: Consultation) -> list[tuple[Proposal, Proposal]]:
    """The nearest first, of those that can be brought together still; each proposal once. Two queries."""
    there = joinable(consultation).order_by().values("pk")
    pairs = NearPair.objects.filter(consultation=consultation, one__in=there, other__in=there)
    chosen: dict[int, int] = {}
    for one, other in pairs.order_by("-score", "pk").values_list("one_id", "other_id")[:100]:
        if len(chosen) < _SHOWN and not {one, other} & {*chosen, *chosen.values()}:
            chosen[one] = other
    found = joinable(consultation).in_bulk([*chosen, *chosen.values()])
    return [(found[one], found[other]) for one, other in chosen.items()]
