"""The figures of a page as one table: what is hidden there is empty here."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.utils.translation import gettext as _

from common.templatetags.ui import full_day
from consultations.analysis.enums import Dimension
from consultations.analysis.selectors.dashboard import Compared, Figures, PersonLine

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
    whole = figures.period.label
    if figures.are_few:
        yield _row(whole, "", None, hidden=figures.persons > 0, counts=figures.total.counts)
        return
    if figures.period.code:  # of persons there is no other number: a period has none of its own
        yield _row(figures.periods[0].label, _("Total"), figures.persons)
    yield _row(whole, _("Total"), None if figures.period.code else figures.persons, counts=figures.total.counts)
    for each in figures.challenges:
        yield _row(_("By challenge"), each.label, None, counts=each.counts)
    for each in figures.channels:
        yield _row(_("Contributions by channel"), each.label, None, counts=each.counts)
    for week in figures.weeks:
        hidden = week.is_told and week.persons is None
        yield _row(_("By week"), full_day(week.monday), week.persons, hidden=hidden, counts=week.counts)
    if figures.attending and figures.attending.are_days:
        for column in figures.attending.columns:
            yield _row(_("New persons, day by day"), full_day(column.day), column.count, hidden=column.count is None)
    yield from _of_persons(figures)


def _of_persons(figures: Figures) -> Iterator[Row]:
    compared = {Dimension.AGE: figures.ages, Dimension.PLACE: figures.places}
    for dimension in (Dimension.AGE, Dimension.PLACE, Dimension.CAPACITY, Dimension.CHANNEL):
        found = figures.parts.get(dimension)
        if found is None:
            continue
        table = _("Persons, in the whole consultation: %(what)s") % {"what": dimension.label}
        for line in figures.lines(dimension):
            yield [*_of_line(table, line), *_shares(compared.get(dimension), line), *_done(None)]
        if found.later:
            yield _row(table, _("Came since the parts were last told"), found.later)
        yield _row(table, _("Total"), found.persons)


def _of_line(table: str, line: PersonLine) -> Row:
    return [table, line.label, line.persons, _("yes") if line.persons is None else ""]


def _shares(compared: Compared | None, line: PersonLine) -> Row:
    gap = next((each for each in compared.chart.rows if each.label == line.label), None) if compared else None
    return [gap.share, gap.population] if gap else [None, None]


def _row(table: str, label: str, persons: int | None, *, hidden: bool = False, counts: Any = None) -> Row:
    return [table, label, persons, _("yes") if hidden else "", None, None, *_done(counts)]


def _done(counts: dict[str, int] | None) -> Row:
    names: Sequence[str] = ("proposals", "reworked", "arguments", "taken", "reactions", "argued")
    return [counts.get(name) if counts else None for name in names]
