"""Figures in sentences: they come first, and say what the drawings show."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from common.templatetags.ui import figure, spelled
from common.templatetags.ui import period as in_words
from consultations.analysis.selectors.dashboard import Figures
from consultations.framing.enums import WRITING
from consultations.outcomes.results_words import counted

# Of fewer reactions, a share of ten says nothing.
_REACTIONS_MIN = 10


def dates(figures: Figures) -> str:
    """From the first day on which people write to the last; empty while that is not known."""
    begins = min(
        (each.opens_at for each in figures.consultation.phases.all() if each.kind in WRITING and each.opens_at),
        default=None,
    )
    ends = figures.consultation.closed_at()
    if begins is None or ends is None:
        return ""
    said = in_words(begins, ends)
    return f"{said[:1].upper()}{said[1:]}"


def headline(figures: Figures) -> str:
    if figures.are_few:
        return _("Who takes part") if figures.persons == 0 else _("Fewer than five people have taken part")
    return ngettext("%(count)s person took part", "%(count)s people took part", figures.persons) % {
        "count": figure(figures.persons)
    }


def written(figures: Figures) -> str:
    counts = figures.total.counts or {}
    said = {
        "proposals": counted("proposals", counts["proposals"]),
        "arguments": counted("arguments", counts["arguments"]),
    }
    if figures.period.code:
        return _("In this period: %(proposals)s and %(arguments)s.") % said
    return _("They wrote %(proposals)s and %(arguments)s.") % said


def argued(figures: Figures) -> str:
    """How many reactions of ten say why; empty where there are too few of them."""
    counts = figures.total.counts or {}
    if counts["reactions"] < _REACTIONS_MIN:
        return ""
    tenths = round(10 * counts["argued"] / counts["reactions"])
    if tenths == 0:
        return _("Hardly any reaction says why.")
    if tenths == 10:
        return _("Nearly all reactions say why.")
    if tenths == 1:
        return _("Of ten reactions, one says why.")
    return _("Of ten reactions, %(count)s say why.") % {"count": spelled(tenths)}


def missing(figures: Figures) -> str:
    """The ages, or else the neighbourhoods, that are missing most; empty where none is, or nobody knows."""
    if figures.ages and figures.ages.missing:
        ages = figures.ages.missing
        words = ngettext(
            "Of those who say their age, this one is missing most: %(ages)s.",
            "Of those who say their age, these are missing most: %(ages)s.",
            len(ages),
        )
        return words % {"ages": ", ".join(ages)}
    if figures.places and figures.places.missing:
        places = figures.places.missing
        words = ngettext(
            "Of those who say their neighbourhood, this one is missing most: %(names)s.",
            "Of those who say their neighbourhood, these are missing most: %(names)s.",
            len(places),
        )
        return words % {"names": ", ".join(places)}
    return ""
