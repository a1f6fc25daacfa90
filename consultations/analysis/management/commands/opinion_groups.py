"""Opinion groups of a file in the form of Polis' exports: what the pages of a city say, of other people's reactions."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

if TYPE_CHECKING:
    from consultations.analysis.methods.groups import Opinions
    from consultations.analysis.methods.votes import Votes


class Command(BaseCommand):
    help = (
        "Print the opinion groups of a table of reactions: a row a participant, a column a proposal, 1, 0, -1 or empty."
    )
    # It works in a fresh checkout, where no database runs.
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("votes", metavar="VOTES.csv", help="a first column “participant”, a column by proposal")
        parser.add_argument("--moderated-out", nargs="*", default=[], metavar="ID", help="proposals to leave out")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        from consultations.analysis.methods.groups import opinions
        from consultations.analysis.methods.votes import Unreadable, read_votes

        try:
            votes = read_votes(Path(options["votes"]))
        except Unreadable as problem:
            raise CommandError(str(problem)) from problem
        hidden = frozenset(options["moderated_out"])
        if unknown := sorted(hidden - set(votes.items)):
            self.stderr.write(f"Left out, and not in the file anyway: {', '.join(unknown)}")
        found = opinions(votes, hidden=hidden)
        if options["json"]:
            self.stdout.write(json.dumps(as_json(found, votes), indent=1))
        else:
            self._print(found)

    def _print(self, found: "Opinions") -> None:
        self.stdout.write(f"{found.shown}: {why(found)}")
        for group in found.groups:
            told = ", ".join(f"{'+' if likes else '-'}{item}" for item, likes in group.particular[:5])
            self.stdout.write(f"  {group.letter}  {len(group.people):>5} participants  {told}")
        self.stdout.write(f"liked in all groups, the best first: {', '.join(found.consensus[:10])}")


def as_json(found: "Opinions", votes: "Votes") -> dict[str, Any]:
    group_of = {person: group.letter for group in found.groups for person in group.people}
    return {
        "shown": found.shown,
        "reason": found.reason,
        "why": why(found),
        "placed": len(found.placed),
        "median_reactions": found.median_reactions,
        "stability": found.stability,
        "silhouette": found.apart,
        "groups": {person: group_of.get(person) for person in votes.people},
        "consensus": list(found.consensus),
        "consensus_against": list(found.against),
        "disagreement": list(found.parting),
        "representative": {
            group.letter: [{"item": item, "likes": likes} for item, likes in group.particular] for group in found.groups
        },
    }


def why(found: "Opinions") -> str:
    from consultations.analysis.methods import groups
    from consultations.analysis.methods.groups import Reason, Shown

    placed = len(found.placed)
    if found.reason == Reason.FEW_PEOPLE:
        needed = groups.ANY_PEOPLE if found.shown == Shown.NONE else groups.SURE_PEOPLE
        return f"{placed} participants reacted enough to be placed, {needed} are needed."
    return {
        Reason.CHANCE: "Reactions go together no more than chance would have it.",
        Reason.SMALL_GROUPS: f"However people are parted, a group is under {groups.FEWEST}.",
        Reason.FEW_REACTIONS: f"Half of the participants reacted under {groups.SURE_REACTIONS} times.",
        Reason.UNSTABLE: f"Without a fifth of the proposals groups are others (stability {found.stability}).",
        Reason.SURE: f"{placed} participants, more than chance, and the same groups without a fifth of the proposals.",
    }[found.reason]
