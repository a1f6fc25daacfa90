"""Results in words: the same on the page and in what the council gets."""

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from common.templatetags.ui import figure, spelled

if TYPE_CHECKING:
    from consultations.outcomes.selectors.results import Results


def headline(results: "Results", *, to_authors: bool = True) -> str:
    """What came of it, for the largest letters of the page; of the council's file, which speaks to others."""
    proposals, answered = results.proposals, results.answered
    if not proposals:
        return _("Nobody made a proposal.")
    yours = ngettext("Your proposal", "Your %(count)s proposals", proposals) % {"count": figure(proposals)}
    yours = yours if to_authors else counted("proposals", proposals)
    if results.project_count:
        return f"{yours}, {_projects(results)}"
    if answered.accepted:
        accepted = ngettext("%(count)s accepted", "%(count)s accepted", answered.accepted)
        return f"{yours}, {accepted % {'count': figure(answered.accepted)}}."
    if answered.given:
        given = ngettext("%(count)s answer", "%(count)s answers", answered.given) % {"count": figure(answered.given)}
        return f"{yours}, {given}."
    if not results.is_awaited:
        return f"{yours}."
    if not to_authors:
        return _("%(proposals)s, no answer yet.") % {"proposals": yours}
    return ngettext(
        "Your proposal waits for its answer.", "Your %(count)s proposals wait for their answers.", proposals
    ) % {"count": figure(proposals)}


def _projects(results: "Results") -> str:
    projects, done = results.project_count, results.done_count
    said = ngettext("%(count)s project.", "%(count)s projects.", projects) % {"count": figure(projects)}
    if not done:
        return said
    if done == projects:
        all_done = ngettext("It is done.", "All are done.", projects)
        return f"{said} {all_done}"
    are_done = ngettext("%(count)s is done already.", "%(count)s are done already.", done)
    count = pgettext("project", "one") if done == 1 else spelled(done)
    return f"{said} {(are_done % {'count': count}).capitalize()}"


def gathered(results: "Results") -> str:
    """Why fewer answers are given than proposals were written."""
    said = ngettext(
        "%(written)s proposals can be read. %(count)s of them is part of a collective one, and answered with it:"
        " answers to give, %(total)s.",
        "%(written)s proposals can be read. %(count)s of them are part of collective ones, and answered with them:"
        " answers to give, %(total)s.",
        results.gathered,
    )
    counts = {"written": results.proposals, "count": results.gathered, "total": results.answered.total}
    return said % {name: figure(count) for name, count in counts.items()}


def stair(name: str) -> str:
    """How far proposals came."""
    labels = {
        "WRITTEN": pgettext("proposals", "written"),
        "WRITTEN_ANSWERED": _("written, and answered"),
        "ANSWERED": pgettext("proposals", "answered"),
        "ACCEPTED": _("accepted, as they are or adapted"),
        "PROJECT": _("at the origin of a project"),
        "DONE": _("carried out already"),
    }
    return labels[name]


def lateness(results: "Results") -> str:
    """Whether what was promised was kept; empty where no day was."""
    answered, promise = results.answered, results.promise
    if not promise.until or not answered.total:
        return ""
    if not promise.has_passed:
        return ""
    said = []
    if answered.late:
        late = ngettext("%(count)s was given late.", "%(count)s were given late.", answered.late)
        said.append(late % {"count": figure(answered.late)})
    if answered.left:
        left = ngettext(
            "%(count)s is missing, though its day has passed.",
            "%(count)s are missing, though their day has passed.",
            answered.left,
        )
        said.append(left % {"count": figure(answered.left)})
    return " ".join(said) or _("All were given in time.")


def counted(what: str, count: int) -> str:
    """How many of what, in words of a sentence."""
    said = {
        "persons": ngettext("%(count)s person", "%(count)s persons", count),
        "proposals": ngettext("%(count)s proposal", "%(count)s proposals", count),
        "arguments": ngettext("%(count)s argument", "%(count)s arguments", count),
        "answers": ngettext("%(count)s answer", "%(count)s answers", count),
        "projects": ngettext("%(count)s project", "%(count)s projects", count),
    }
    return said[what] % {"count": figure(count)}
