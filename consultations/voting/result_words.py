"""Why this one was next, and why that one was not: sentences of a count's steps (consultations.voting.counting)."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from common.templatetags.ui import figure
from common.text import in_euros


def _voices(strength: float) -> str:
    """With a tenth where there is one."""
    tenths = round(strength, 1)
    return figure(int(tenths) if tenths.is_integer() else tenths)


def round_note(step: dict[str, Any], titles: dict[str, str], is_first: bool) -> str:
    return " ".join(each for each in (_paid(step), _why_next(step, titles, is_first), _tie(step, titles)) if each)


def _paid(step: dict[str, Any]) -> str:
    if step["by_votes"]:
        told = ngettext("%(votes)s person chose it.", "%(votes)s people chose it.", step["votes"])
        return told % {"votes": figure(step["votes"])}
    said = {
        "votes": figure(step["votes"]),
        "share": in_euros(step["share"]),
        "paying": figure(step["paying"]),
        "rest": figure(step["giving_rest"]),
        "without": figure(step["without"]),
        "voices": _voices(step["strength"]),
    }
    if step["paying"] == step["votes"]:
        told = ngettext(
            "Its %(votes)s supporter still has enough, pays %(share)s, and the project is paid.",
            "Its %(votes)s supporters all still have enough. Each pays %(share)s, and the project is paid.",
            step["votes"],
        )
        return told % said
    # Who pays is not everybody, and somebody does: there are two supporters at least.
    told = ngettext(
        "Of %(votes)s supporters, %(paying)s pays %(share)s.",
        "Of %(votes)s supporters, %(paying)s pay %(share)s.",
        step["paying"],
    )
    words = [told % said]
    if step["giving_rest"]:
        told = ngettext("%(rest)s gives what is left.", "%(rest)s give what they have left.", step["giving_rest"])
        words.append(told % said)
    if step["without"]:
        words.append(
            ngettext("%(without)s has nothing left.", "%(without)s have nothing left.", step["without"]) % said
        )
    told = ngettext("That makes %(voices)s full voice.", "That makes %(voices)s full voices.", int(step["strength"]))
    return " ".join([*words, told % said])


def _why_next(step: dict[str, Any], titles: dict[str, str], is_first: bool) -> str:
    if not step["passed"]:
        if is_first and step["settled"]:
            return _("No other project had more supporters.")
        if is_first:
            return _("It is the most supported of all.")
        return _("No project that was left had more.")
    one = step["passed"][0]
    said = {"title": titles[one["project"]], "votes": figure(one["votes"])}
    if step["by_votes"]:
        return _("“%(title)s” had more votes (%(votes)s), but costs more than what was left.") % said
    if one["strength"] is None:
        return _("“%(title)s” has more supporters (%(votes)s), but together they could not pay for it any more.") % said
    said["voices"] = _voices(one["strength"])
    told = ngettext(
        "“%(title)s” has more supporters (%(votes)s), but they had given already: %(voices)s full voice was left.",
        "“%(title)s” has more supporters (%(votes)s), but they had given already: %(voices)s full voices were left.",
        int(one["strength"]),
    )
    return told % said


def _tie(step: dict[str, Any], titles: dict[str, str]) -> str:
    if not step["settled"]:
        return ""
    said = {"titles": ", ".join(_("“%(title)s”") % {"title": titles[each]} for each in step["tied"])}
    if step["settled"] == "votes":
        return _("It was equal with %(titles)s: the number of votes decided, as was said before the vote.") % said
    return _("It was equal with %(titles)s: the number on the list decided, as was said before the vote.") % said


def missed_note(one: dict[str, Any]) -> str:
    said = {
        "votes": figure(one["votes"]),
        "held": in_euros(one["held"]) if one["held"] is not None else "",
        "people": figure(one["people"]) if one["people"] is not None else "",
        "over": in_euros(one["over"]),
        "fewer": figure(one["fewer"]),
    }
    if one["why"] == "no-votes":
        return _("Nobody chose it.")
    supporters = ngettext("%(votes)s supporter", "%(votes)s supporters", one["votes"]) % said
    if one["why"] == "too-dear":
        return _("%(supporters)s. It costs more than the whole budget.") % {"supporters": supporters}
    if one["why"] == "supporters" and one["held"] is not None:
        told = ngettext(
            "%(supporters)s, with %(held)s between them. The whole share of %(people)s more person was needed.",
            "%(supporters)s, with %(held)s between them. The whole share of %(people)s more people was needed.",
            one["people"] or 0,
        )
        return told % {**said, "supporters": supporters}
    if one["why"] == "seats" and not one["fewer"]:
        said = {"supporters": supporters}
        return _("%(supporters)s, as many as the last one chosen: the number on the list decided.") % said
    if one["why"] == "seats":
        return _("%(supporters)s, %(fewer)s fewer than the last one chosen.") % {**said, "supporters": supporters}
    return _("%(supporters)s. At its turn %(over)s were missing of the budget.") % {**said, "supporters": supporters}
