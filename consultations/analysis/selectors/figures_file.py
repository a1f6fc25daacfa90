"""The figures of a page as one table: what is hidden there is empty here."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.utils.translation import gettext as _

from common.templatetags.ui import full_day
from consultations.analysis.enums import Dimension
from consultations.analysis.selectors.dashboard import COUNTED, Compared, Figures, PartLine

Row = list[Any]


def head() -> list[str]:
    return [
        _("Table"),
        _("Line"),
        _("Persons"),
        _("Hidden"),
        _("Share of those who said it, %"),
        _("Share of the population, %"),
        _("Proposals"),
        _("Of which rewritten"),
        _("Arguments"),
        _("Of which taken up"),
        _("Reactions"),
        _("Of which argued"),
    ]


def rows(figures: Figures) -> Iterator[Row]:
    """Persons stand in lines of the whole consultation, whatever the period."""
    if figures.are_few:
        yield _row(figures.period.label, "", counts=figures.total.counts, is_hidden=figures.persons > 0)
        return
    yield _row(figures.periods[0].label, _("Persons"), figures.persons)
    yield _row(figures.period.label, _("Total"), counts=figures.total.counts)
    for each in figures.challenges:
        yield _row(_("By challenge"), each.label, counts=each.counts)
    for each in figures.channels:
        yield _row(_("By the way they came"), each.label, counts=each.counts)
    for week in figures.weeks:
        yield _row(_("By week"), full_day(week.monday), counts=week.counts)
    yield from _of_persons(figures)


def _of_persons(figures: Figures) -> Iterator[Row]:
    compared = {Dimension.AGE: figures.ages, Dimension.PLACE: figures.places}
    for dimension in (Dimension.AGE, Dimension.PLACE, Dimension.CAPACITY, Dimension.CHANNEL):
        found = figures.parts.get(dimension)
        if found is None:
            continue
        table = _("Persons of the whole consultation: %(what)s") % {"what": dimension.label}
        for line in figures.lines(dimension):
            shares = _shares(compared.get(dimension), line)
            yield _row(table, line.label, line.persons, shares=shares, is_hidden=line.persons is None)
        if found.later:
            yield _row(table, _("Came since the parts were last told"), found.later)
        yield _row(table, _("Total, on %(day)s") % {"day": full_day(found.at)}, found.persons)


def _shares(compared: Compared | None, line: PartLine) -> Row:
    gap = next((each for each in compared.chart.rows if each.label == line.label), None) if compared else None
    return [gap.share, gap.population] if gap else [None, None]


def _row(
    table: str,
    label: str,
    persons: int | None = None,
    *,
    is_hidden: bool = False,
    shares: Sequence[int | None] = (None, None),
    counts: dict[str, int] | None = None,
) -> Row:
    done = [counts[name] if counts else None for name in COUNTED]
    return [table, label, persons, _("yes") if is_hidden else "", *shares, *done]
