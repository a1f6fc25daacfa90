"""What the desk says of the clock of answers."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from common.templatetags.ui import days_left, figure
from consultations.outcomes.selectors.clock import Clock


def headline(clock: Clock) -> str:
    """How long, for how many."""
    if not clock.total:
        return _("No proposal to answer yet")
    if not clock.left:
        return _("Every proposal has its answer")
    until, at = clock.promise.until, clock.promise.at
    if until is None:
        told = ngettext(
            "%(count)s proposal waits for its answer", "%(count)s proposals wait for their answer", clock.left
        )
        return told % {"count": figure(clock.left)}
    if clock.promise.has_passed:
        told = ngettext("%(count)s promised answer is late", "%(count)s promised answers are late", clock.left)
        return told % {"count": figure(clock.left)}
    given = ngettext("%(count)s answer to give", "%(count)s answers to give", clock.left)
    answers = given % {"count": figure(clock.left)}
    days = days_left(until, at)
    if not days:
        return _("Last day: %(answers)s") % {"answers": answers}
    told = ngettext("%(count)s day left, %(answers)s", "%(count)s days left, %(answers)s", days)
    return told % {"count": figure(days), "answers": answers}
