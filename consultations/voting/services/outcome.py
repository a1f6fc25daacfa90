"""What a result becomes: drafts of answers, and projects of what was chosen. The city completes them; nobody else sees
them before the answers are signed and the projects published, which tells people.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.audit import record
from accounts.models import User
from common.templatetags.ui import figure
from common.text import in_euros
from consultations.outcomes.abilities import PREPARE_ANSWERS
from consultations.outcomes.enums import ACCEPTED, Decision
from consultations.outcomes.models import Answer
from consultations.outcomes.services.locking import locked_answers, locked_proposals, require
from consultations.outcomes.services.projects import prepare_chosen
from consultations.outcomes.services.writing import Text, write_answers
from consultations.participation.models import Proposal
from consultations.voting.models import Item, Tally, Vote
from consultations.voting.result_words import missed_note
from consultations.voting.services.refusals import NotCounted


@dataclass(frozen=True)
class Prepared:
    """How many, by this press. `otherwise`: what is decided otherwise than the vote, and stays so."""

    answers: int = 0
    projects: int = 0
    otherwise: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Fate:
    """What became of something that was put to the vote. `text`: of the answer to its proposal."""

    item: Item
    is_chosen: bool
    text: Text


def prepare_outcome(*, vote: Vote, actor: User, at: datetime) -> Prepared:
    """Of each proposal that was put to the vote the draft of its answer; of each that was chosen a project as well.

    What somebody has begun stays as it is, and is not made again: done in part, the rest is done; again changes
    nothing. A vote that only ranks leaves the decision, and makes no projects.
    Raises NotCounted, NoLongerTheirs, ConsultationArchived.
    """
    tally = Tally.objects.filter(vote=vote, vote__counted_at__isnull=False).only("result", "online").first()
    if tally is None:
        raise NotCounted
    fates = _fates(vote, tally.shown_count)
    with transaction.atomic():
        actor = require(actor, PREPARE_ANSWERS)
        proposals = locked_proposals(vote.consultation, fates)
        answers = locked_answers(proposals.values())
        blank = {pk: each for pk, each in answers.items() if _is_blank(each)}
        if blank:
            write_answers(
                consultation=vote.consultation,
                texts={pk: fates[pk].text for pk in blank},
                revisions={pk: each.revision for pk, each in blank.items()},
                actor=actor,
                at=at,
            )
        chosen = {pk: each for pk, each in proposals.items() if fates[pk].is_chosen and not _says_no(answers[pk])}
        made = Prepared(
            len(blank),
            _projects(vote, fates, chosen, actor=actor, at=at),
            tuple(fates[pk].item.title for pk in proposals if _differs(answers[pk], fates[pk])),
        )
        if made.answers or made.projects:
            record("vote_answers_prepared", actor=actor, subject=vote, answers=made.answers, projects=made.projects)
    return made


def _is_blank(answer: Answer) -> bool:
    return answer.current_id is None and Text.of(answer) == Text()


def _says_no(answer: Answer) -> bool:
    """Or not yet: somebody has decided otherwise than the vote."""
    said = (answer.decision, answer.current.decision if answer.current else "")
    return any(each and each not in ACCEPTED for each in said)


def _differs(answer: Answer, fate: _Fate) -> bool:
    said = fate.text.decision and (answer.decision or (answer.current.decision if answer.current else ""))
    return bool(said) and (said in ACCEPTED) != fate.is_chosen


def _projects(
    vote: Vote, fates: Mapping[int, _Fate], proposals: Mapping[int, Proposal], *, actor: User, at: datetime
) -> int:
    made = 0
    for pk, proposal in proposals.items():
        item = fates[pk].item
        said = _("Chosen by the vote “%(title)s”.") % {"title": vote.title}
        made += bool(
            prepare_chosen(
                consultation=vote.consultation,
                proposal=proposal,
                title=item.title,
                summary=f"{item.text}\n\n{said}".strip(),
                cost=item.cost,
                neighbourhood=item.neighbourhood,
                by=actor,
                at=at,
            )
        )
    return made


def _fates(vote: Vote, count: Mapping[str, Any]) -> dict[int, _Fate]:
    """By proposal. What was withdrawn, or is of the city itself, has no answer to prepare."""
    items = {str(each.number): each for each in vote.items.filter(proposal__isnull=False, withdrawn_at=None)}
    among = len(count["steps"]) + len(count["not_selected"])
    found: dict[int, _Fate] = {}
    for place, step in enumerate(count["steps"], start=1):
        if (item := items.get(step["project"])) and item.proposal_id:
            decision = Decision.ADOPTED if vote.chooses else ""
            text = Text(decision=decision, reasons=_why_chosen(vote, step, place, among))
            found[item.proposal_id] = _Fate(item, vote.chooses, text)
    for one in count["not_selected"]:
        if (item := items.get(one["project"])) and item.proposal_id:
            decision = Decision.DECLINED if vote.chooses else ""
            found[item.proposal_id] = _Fate(item, False, Text(decision=decision, reasons=_why_not(vote, one)))
    return found


def _why_chosen(vote: Vote, step: Mapping[str, Any], place: int, among: int) -> str:
    if "votes" not in step:
        return _why_chosen_by_few(vote, step, place, among)
    votes: int = step["votes"]
    said = {"title": vote.title, "votes": figure(votes), "place": place, "all": among}
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


def _why_chosen_by_few(vote: Vote, step: Mapping[str, Any], place: int, among: int) -> str:
    said = {"title": vote.title, "place": place, "all": among}
    if not vote.has_budget:
        return _("In the vote “%(title)s”, it comes at rank %(place)s of %(all)s.") % said
    return _("The vote “%(title)s” chose this project. Its cost is %(cost)s.") % {
        **said,
        "cost": in_euros(step["cost"]),
    }


def _why_not(vote: Vote, one: Mapping[str, Any]) -> str:
    """How far it missed, as the page of the result says."""
    said = {"title": vote.title, "note": missed_note(dict(one)) if "votes" in one else ""}
    return (_("Put to the vote “%(title)s”, this project was not chosen this time. %(note)s") % said).rstrip()
