"""What templates say of the figures of a consultation."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django import template
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from common.templatetags.ui import figure, full_day, spelled
from common.tones import tone_class
from consultations.analysis import figures_words
from consultations.analysis.enums import Dimension
from consultations.analysis.selectors.dashboard import Compared, Figures, PartLine, Writing

register = template.Library()
register.filter("dates", figures_words.dates)
register.filter("headline", figures_words.headline)
register.filter("written", figures_words.written)
register.filter("argued_sentence", figures_words.argued)
register.filter("missing_sentence", figures_words.missing)
register.filter("tone", tone_class)


@register.simple_tag
def files_of(figures: Figures, *named: Any) -> list[tuple[str, str]]:
    """Words and addresses of the files of a page, for the period that it shows."""
    asked = f"?{urlencode({'periode': figures.period.code})}" if figures.period.code else ""
    return [(words, f"{url}{asked}") for words, url in zip(named[::2], named[1::2], strict=True)]


@register.filter
def chart_title(writing: Writing) -> str:
    first, last = (full_day(writing.columns[place].day) for place in (0, -1))
    said = {"first": first, "last": last}
    if writing.are_days:
        return _("Proposals, arguments and reactions together, each day from %(first)s to %(last)s") % said
    return (
        _("Proposals, arguments and reactions together, each week, from that of %(first)s to that of %(last)s") % said
    )


@register.filter
def chart_words(writing: Writing) -> str:
    """What somebody hears of the drawing: its highest columns."""
    highest = ", ".join(
        f"{full_day(each.day)}{_(': ') if each.words else ''}{each.words} ({figure(each.count)})"
        for each in writing.peaks
    )
    if len(writing.peaks) == 1:
        return _("One peak: %(days)s. All the figures are in the table below.") % {"days": highest}
    said = {"count": spelled(len(writing.peaks)), "days": highest}
    return _("The %(count)s highest: %(days)s. All the figures are in the table below.") % said


@register.filter
def age_said(compared: Compared) -> str:
    said = {"answered": figure(compared.answered), "unanswered": figure(compared.unanswered)}
    if not compared.unanswered:
        return _("All %(answered)s people told their age.") % said
    return _("%(answered)s told their age, %(unanswered)s did not. The comparison holds for those who did.") % said


@register.filter
def place_said(compared: Compared) -> str:
    said = {"answered": figure(compared.answered), "unanswered": figure(compared.unanswered)}
    if not compared.unanswered:
        return _("All %(answered)s people told their neighbourhood.") % said
    return (
        _("%(answered)s told their neighbourhood, %(unanswered)s did not. The comparison holds for those who did.")
        % said
    )


@register.filter
def told_sentence(figures: Figures) -> str:
    """How they are counted, and of how many this is told, where people have come since."""
    least = min((each.persons for each in figures.parts.values()), default=0)
    said = [_("One thing at a time: nobody can put two of them together.")]
    said.append(
        _("What people write is not counted by age or by neighbourhood: it is signed, and would give theirs away.")
    )
    said.append(_("All count by what they said of themselves on the day when they were counted."))
    if figures.period.code:
        said.append(_("These lines are those of the whole consultation, whatever the period."))
    if least and least != figures.persons:
        told = _(
            "That is %(told)s people who came; whoever leaves is not taken out, and the lines are renewed as others"
            " come, enough of them together."
        )
        said.append(told % {"told": figure(least)})
    return " ".join(said)


@dataclass(frozen=True)
class ShownBreakdown:
    title: str
    what: str
    lines: list[PartLine]
    after: str


@register.filter
def breakdowns(figures: Figures) -> list[ShownBreakdown]:
    titles = {
        Dimension.AGE: _("What age they are"),
        Dimension.PLACE: _("From which neighbourhood"),
        Dimension.CAPACITY: _("In what capacity they take part"),
        Dimension.CHANNEL: _("How they came"),
    }
    found = []
    for dimension, title in titles.items():
        lines = figures.lines(dimension)
        if len(lines) > 1:
            found.append(ShownBreakdown(title, str(dimension.label), lines, _later(figures, dimension)))
    return found


def _later(figures: Figures, dimension: Dimension) -> str:
    later = figures.parts[dimension].later
    if not later:
        return ""
    return ngettext(
        "%(count)s person more has come since, and is in no line yet.",
        "%(count)s people more have come since, and are in no line yet.",
        later,
    ) % {"count": figure(later)}
