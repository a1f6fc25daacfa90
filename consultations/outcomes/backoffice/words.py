"""What the desk says of the clock of answers, and of what is given to be signed."""

from collections.abc import Collection

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from common.templatetags.ui import days_left, figure
from consultations.outcomes.selectors.clock import Clock
from consultations.outcomes.selectors.opinions import awaited_about


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


def given_to_sign(proposals: Collection[int]) -> str:
    """Answers that have just been; whoever was still asked for an opinion on them gives none any more."""
    count = len(proposals)
    told = ngettext("%(count)s answer is given to be signed.", "%(count)s answers are given to be signed.", count)
    said = _("Given to be signed.") if count == 1 else told % {"count": figure(count)}
    services = awaited_about(proposals)
    if not services:
        return said
    awaited = ngettext(
        "%(count)s opinion was still awaited: %(names)s.",
        "%(count)s opinions were still awaited: %(names)s.",
        len(services),
    )
    names = ", ".join(dict.fromkeys(services))
    return f"{said} {awaited % {'count': figure(len(services)), 'names': names}}"
