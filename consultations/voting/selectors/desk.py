"""What the desk reads of votes."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from django.db.models import Count, F, Q, QuerySet

from accounts.models import User
from accounts.selectors import COME_IN
from consultations.framing.models import Consultation
from consultations.outcomes.models import Project
from consultations.participation.models import Proposal
from consultations.participation.models.proposals import ProposalQuerySet
from consultations.voting import rules
from consultations.voting.abilities import RUN_VOTES
from consultations.voting.enums import Electorate, VoteState
from consultations.voting.models import Item, PaperBallot, Tally, Vote, Voter
from consultations.voting.rules import are_enough

_TWICE = timedelta(minutes=5)


def proposals_for(consultation: Consultation) -> ProposalQuerySet:
    """What may be put to the vote: those that are read, collective ones in the place of what they bring together."""
    return Proposal.objects.published().filter(challenge__consultation=consultation, merged_into=None)


def projects_for(consultation: Consultation) -> QuerySet[Project]:
    return Project.objects.filter(consultation=consultation, published_at__isnull=False)


def votes_of(consultation: Consultation) -> QuerySet[Vote]:
    return consultation.votes.annotate(
        item_count=Count("items", distinct=True),
        voter_count=Count("voters", filter=Q(voters__has_voted=True), distinct=True),
        paper_count=Count("paper_ballots", filter=Q(paper_ballots__confirmed_at__isnull=False), distinct=True),
        ballot_count=F("voter_count") + F("paper_count"),
    ).order_by("number")


@dataclass(frozen=True)
class DeskVote:
    vote: Vote
    state: VoteState
    items: list[Item]
    voters: int
    paper: int
    paper_waiting: int
    codes: int
    codes_used: int
    tally: Tally | None

    @property
    def is_set(self) -> bool:
        """Nothing but a withdrawal any more."""
        return self.state not in (VoteState.DRAFT, VoteState.ANNOUNCED)

    @property
    def is_open(self) -> bool:
        return self.state == VoteState.OPEN

    @property
    def is_over(self) -> bool:
        return self.state in (VoteState.COUNTING, VoteState.COUNTED)

    @property
    def may_withdraw(self) -> bool:
        return self.state in (VoteState.ANNOUNCED, VoteState.OPEN)

    @property
    def by_codes(self) -> bool:
        return self.vote.electorate == Electorate.CODES

    @property
    def makes_codes(self) -> bool:
        return self.by_codes and self.state in (VoteState.DRAFT, VoteState.ANNOUNCED)

    @property
    def without_cost(self) -> int:
        return sum(not each.cost for each in self.items) if self.vote.has_budget else 0

    @property
    def too_dear(self) -> list[Item]:
        """Which no rule ever chooses."""
        amount = self.vote.budget
        return [each for each in self.items if amount and not each.withdrawn_at and (each.cost or 0) > amount]

    @property
    def own_projects(self) -> list[Item]:
        """Of the authority, chosen: it alone says where they stand."""
        steps = self.tally.shown_count["steps"] if self.tally and self.tally.result else []
        chosen = {str(step["project"]) for step in steps}
        return [each for each in self.items if each.project_id and str(each.number) in chosen]

    @property
    def total(self) -> int:
        return sum(each.cost or 0 for each in self.items)


def desk_vote(vote: Vote, *, at: datetime) -> DeskVote:
    paper = vote.paper_ballots.aggregate(
        done=Count("pk", filter=Q(confirmed_at__isnull=False)), waiting=Count("pk", filter=Q(confirmed_at=None))
    )
    tally = Tally.objects.filter(vote=vote).defer("file", "receipts").first()
    # At the close the codes are deleted, and how many there were is kept.
    codes = vote.codes.aggregate(made=Count("pk"), used=Count("pk", filter=Q(used=True)))
    if tally is not None:
        codes = {"made": tally.codes_made, "used": tally.codes_used}
    return DeskVote(
        vote=vote,
        state=vote.state(at),
        items=list(vote.items.select_related("project", "proposal")),
        voters=vote.voters.filter(has_voted=True).count(),
        paper=paper["done"],
        paper_waiting=paper["waiting"],
        codes=codes["made"],
        codes_used=codes["used"],
        tally=tally,
    )


def votes_of_many() -> QuerySet[Vote]:
    """In which enough people have voted for the team to read who they are."""
    counted = Vote.objects.annotate(voter_count=Count("voters", filter=Q(voters__has_voted=True)))
    return counted.filter(voter_count__gte=rules.PUBLISHED_FROM)


def who_voted(vote: Vote) -> QuerySet[Voter]:
    """By public name, which says nothing of when. Others are counted, and not named: whether somebody voted twice is
    seen to by the vote itself, so nobody of the team needs an address for it. Of few people nobody is named: the result
    beside their names would tell what they chose.
    """
    if not are_enough(vote.voters.filter(has_voted=True).count()):
        return vote.voters.none()
    named = vote.voters.filter(has_voted=True).exclude(user=None).exclude(user__public_name="")
    return named.select_related("user").order_by("user__public_name", "user_id")


def is_alone() -> bool:
    """Nobody else could confirm what one enters from paper."""
    return User.objects.filter(COME_IN, role__in=RUN_VOTES.in_team, is_active=True).count() < 2


def _alike(papers: list[PaperBallot]) -> set[int]:
    """Entered one after the other, by one person, with the same choice: perhaps twice from one paper."""
    found: set[int] = set()
    for later, earlier in pairwise(papers):
        same = (later.choices, later.entered_by_id) == (earlier.choices, earlier.entered_by_id)
        if same and later.entered_at - earlier.entered_at < _TWICE:
            found |= {later.pk, earlier.pk}
    return found


def papers_of(vote: Vote, at: datetime) -> dict[str, Any]:
    """Those that wait with what they say, for whoever compares them; of the others their receipts."""
    titles = dict(vote.items.values_list("number", "title"))
    found = vote.paper_ballots.select_related("entered_by").order_by("-pk")
    waiting = [
        (each, [(number, titles[number]) for number in each.choices]) for each in found.filter(confirmed_at=None)
    ]
    return {
        "waiting": waiting,
        "alike": _alike([each for each, _titles in waiting]),
        "late": waiting if vote.is_over(at) else [],
        "confirmed": found.filter(confirmed_at__isnull=False).count(),
        "is_alone": is_alone(),
        "takes_paper": vote.state(at) == VoteState.OPEN,
    }
