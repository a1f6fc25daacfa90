"""What a result becomes: drafts of the answers to what was chosen, which the city completes and has signed."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import ngettext

from accounts.audit import record
from accounts.models import User
from common.templatetags.ui import figure
from consultations.outcomes.abilities import PREPARE_ANSWERS
from consultations.outcomes.enums import Decision
from consultations.outcomes.models import Answer
from consultations.outcomes.services.locking import locked_answers, locked_proposals, require
from consultations.outcomes.services.writing import Text, write_answers
from consultations.voting.models import Tally, Vote
from consultations.voting.result_words import in_euros
from consultations.voting.services.refusals import NotCounted


def prepare_answers(*, vote: Vote, actor: User, at: datetime) -> int:
    """How many were prepared. One of which somebody has written anything stays as it is: again changes nothing.

    A vote by voices ranks, and chooses nothing by itself: the decision is left to be taken.
    Raises NotCounted, NoLongerTheirs, ConsultationArchived.
    """
    tally = Tally.objects.filter(vote=vote, vote__counted_at__isnull=False).only("result").first()
    if tally is None:
        raise NotCounted
    steps = tally.result["count"]["steps"]
    places = {int(step["project"]): place for place, step in enumerate(steps, start=1)}
    numbers = vote.items.filter(number__in=places, proposal__isnull=False).values_list("proposal_id", "number")
    place_of = {proposal: places[number] for proposal, number in numbers if proposal is not None}
    with transaction.atomic():
        actor = require(actor, PREPARE_ANSWERS)
        proposals = locked_proposals(vote.consultation, place_of)
        answers = {pk: each for pk, each in locked_answers(proposals.values()).items() if _is_blank(each)}
        if not answers:
            return 0
        decision = Decision.ADOPTED if vote.has_budget else ""
        write_answers(
            consultation=vote.consultation,
            texts={pk: Text(decision=decision, reasons=_reasons(vote, steps, place_of[pk])) for pk in answers},
            revisions={pk: each.revision for pk, each in answers.items()},
            actor=actor,
            at=at,
        )
        record("vote_answers_prepared", actor=actor, subject=vote, count=len(answers))
    return len(answers)


def _is_blank(answer: Answer) -> bool:
    return answer.current_id is None and Text.of(answer) == Text()


def _reasons(vote: Vote, steps: list[dict[str, Any]], place: int) -> str:
    step = steps[place - 1]
    votes: int = step["votes"]
    said = {"title": vote.title, "votes": figure(votes), "place": place, "all": vote.items.count()}
    if not vote.has_budget:
        told = ngettext(
            "In the vote “%(title)s”, %(votes)s person gave it a voice: it comes at rank %(place)s of %(all)s.",
            "In the vote “%(title)s”, %(votes)s people gave it a voice: it comes at rank %(place)s of %(all)s.",
            votes,
        )
        return told % said
    told = ngettext(
        "The vote “%(title)s” chose this project: %(votes)s person chose it, and its cost is %(cost)s.",
        "The vote “%(title)s” chose this project: %(votes)s people chose it, and its cost is %(cost)s.",
        votes,
    )
    return told % {**said, "cost": in_euros(step["cost"])}
