"""Counts a vote from its published file alone: what the result page says, for whoever does not believe it."""

import json
import sys
from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Any, NoReturn

from django.core.management.base import BaseCommand, CommandParser
from django.utils.formats import number_format
from django.utils.translation import gettext, ngettext, pgettext

from consultations.voting.counting import pabulib
from consultations.voting.counting.election import Election, Rule
from consultations.voting.counting.published import as_json
from consultations.voting.counting.results import Completion, Count, NotTaken, Settled, Step, Stopped, Why
from consultations.voting.counting.rules import count


class Command(BaseCommand):
    help = "Count the ballots of a Pabulib file, or of the table of a vote by voices: what is taken, and why."
    # It works in a fresh checkout, where no database runs.
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", metavar="FILE.pb", help="“-” is the standard input; a .csv is a table of voices")
        parser.add_argument("--rule", choices=[rule.value for rule in Rule], help="as the file says, otherwise")
        parser.add_argument("--seats", type=int, metavar="N", help="how many k votes choose, whatever the file says")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        election = self._read(options["file"])
        if options["seats"] is not None:
            election = replace(election, seats=max(0, options["seats"]))
        rule = options["rule"] or election.rule
        if rule is None:
            self._refuse(gettext("The file announces no rule that is counted here: choose one with --rule."))
        try:
            counted = count(election, rule)
        except ValueError:
            self._refuse(gettext("A vote without a budget and costs is counted by --rule k only."))
        if options["json"]:
            self.stdout.write(json.dumps(as_json(counted), ensure_ascii=False, indent=1))
        else:
            self.stdout.writelines(f"{line}\n" for line in _told(counted))

    def _read(self, name: str) -> Election:
        try:
            with nullcontext(sys.stdin.buffer) if name == "-" else Path(name).open("rb") as file:
                text = pabulib.text_of(file)
                return pabulib.read_csv(text) if name.lower().endswith(".csv") else pabulib.read(text)
        except pabulib.FaultyFile as fault:
            named = {"line": fault.line, "reason": fault.sentence(gettext)}
            self._refuse(gettext("Line %(line)s: %(reason)s") % named)
        except OSError:
            self._refuse(gettext("This file cannot be read."))

    def _refuse(self, sentence: str) -> NoReturn:
        self.stderr.write(sentence)
        sys.exit(1)


def _told(counted: Count) -> Iterator[str]:
    ballots = counted.election.voters
    yield f"{_rule(counted.rule)} – " + ngettext("%(number)s ballot", "%(number)s ballots", ballots) % {
        "number": _number(ballots)
    }
    if counted.rule is not Rule.K:
        named = {"budget": _money(counted.budget), "spent": _money(counted.spent), "left": _money(counted.left)}
        yield gettext("Budget: %(budget)s. Given: %(spent)s. Left: %(left)s.") % named
    elif counted.election.seats is not None:
        yield gettext("Chosen by votes: %(number)s.") % {"number": _number(counted.election.seats)}
    if counted.completion:
        yield from _completion(counted.completion)
    yield ""
    for place, step in enumerate(counted.steps, 1):
        yield f"{place:>3}. {_head(counted, step)}{_shares(step)}{_tie(step)}"
    if counted.not_taken:
        yield ""
        yield gettext("Not chosen:")
    for one in counted.not_taken:
        yield f"  –  {_head(counted, one)} – {_why_not(one)}"


def _rule(rule: Rule) -> str:
    names = {
        Rule.GREEDY: pgettext("rule of a vote", "The most votes first"),
        Rule.EQUAL_SHARES: pgettext("rule of a vote", "Equal shares"),
        Rule.K: pgettext("rule of a vote", "The most chosen first"),
    }
    return names[rule]


def _completion(completion: Completion) -> Iterator[str]:
    named = {
        "first": _money(completion.first_share),
        "selected": completion.first_selected,
        "spent": _money(completion.first_spent),
    }
    yield gettext("With %(first)s for each ballot, projects taken: %(selected)s, for %(spent)s.") % named
    named = {
        "increment": _money(completion.increment),
        "rounds": _number(completion.rounds),
        "share": _money(completion.share),
    }
    yield gettext("Add1: %(increment)s more for each, %(rounds)s times, makes %(share)s.") % named
    if completion.stopped is Stopped.BUDGET:
        yield gettext("Once more would pass the budget by %(over)s.") % {"over": _money(completion.next_over or 0)}
    elif completion.stopped is Stopped.ROUNDS:
        yield gettext("The counting stops there: that is the most rounds it makes.")


def _head(counted: Count, one: Step | NotTaken) -> str:
    name = counted.election.projects[one.project].name
    cost = f" – {_money(one.cost)}" if one.cost else ""
    votes = ngettext("%(number)s vote", "%(number)s votes", one.votes) % {"number": _number(one.votes)}
    return f"{one.project} {name}".rstrip() + f"{cost} – {votes}"


def _shares(step: Step) -> str:
    if step.share is None or step.strength is None:
        return ""
    strength = round(float(step.strength), 1)
    named = {
        "paying": _number(step.paying),
        "share": _money(step.share),
        "giving": _number(step.giving_rest),
        "strength": number_format(strength, 0 if strength.is_integer() else 1, force_grouping=True),
    }
    told = [ngettext("%(paying)s pays %(share)s", "%(paying)s pay %(share)s each", step.paying)]
    if step.giving_rest:
        told.append(ngettext("%(giving)s what is left", "%(giving)s what they have left", step.giving_rest))
    voices = ngettext("%(strength)s full voice", "%(strength)s full voices", int(strength))
    return " – " + gettext("%(shares)s: %(voices)s") % {"shares": ", ".join(told) % named, "voices": voices % named}


def _tie(step: Step) -> str:
    if not step.settled:
        return ""
    told = {
        Settled.VOTES: gettext("equal with %(others)s: more votes"),
        Settled.NUMBER: gettext("equal with %(others)s: the smaller number"),
    }
    return " – " + told[step.settled] % {"others": ", ".join(step.tied)}


def _why_not(one: NotTaken) -> str:
    told = {
        Why.NO_VOTES: gettext("nobody chose it"),
        Why.TOO_DEAR: gettext("dearer than the whole budget, by %(over)s"),
        Why.NO_MONEY: gettext("%(over)s were missing"),
        Why.SUPPORTERS: gettext("its supporters lacked %(missing)s"),
        Why.SEATS: gettext("others have more votes") if one.fewer else gettext("equal with the last one"),
    }
    missing = one.missing if one.missing is not None else 0
    return told[one.why] % {"over": _money(max(one.over, 0)), "missing": _money(missing)}


def _number(number: int) -> str:
    return number_format(number, 0, force_grouping=True)


def _money(cents: Any) -> str:
    """In the unit of the file, with cents only where there are some."""
    whole = round(cents)
    return number_format(whole / 100, 2 if whole % 100 else 0, force_grouping=True)
