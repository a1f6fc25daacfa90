"""What the week asks for votes (common.worklist): what is not set, opens, closes, waits for a second person, or for its
answers."""

from collections.abc import Iterator
from datetime import timedelta

from django.db.models import Count, Exists, Max, Min, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from common.templatetags.ui import day, deadline, figure
from common.worklist import Asked, Line, When, lines
from consultations.framing.abilities import ANNOUNCE
from consultations.framing.enums import PhaseKind, PhaseState
from consultations.framing.models import Phase
from consultations.outcomes.abilities import PREPARE_ANSWERS
from consultations.outcomes.models import Answer
from consultations.outcomes.selectors.clock import to_answer
from consultations.voting.abilities import RUN_VOTES
from consultations.voting.enums import VoteState
from consultations.voting.models import Vote

_TO_PREPARE, _ANNOUNCED, _SOON, _AT_ONCE = timedelta(days=30), timedelta(days=14), timedelta(days=7), timedelta(days=1)
_MINUTES_OF_PAPER, _MINUTES_OF_ANSWER, _MOST_MINUTES = 2, 10, 120


def _by(left: timedelta) -> When:
    if left <= _AT_ONCE:
        return When.TODAY
    return When.WEEK if left <= _SOON else When.LATER


def _page(asked: Asked, name: str, *args: object) -> str:
    return reverse(name, args=[asked.consultation.slug, *args])


@lines(queries=1)
def moments(asked: Asked) -> Iterator[Line]:
    """What must be set before its phase; what opens and closes, to be announced."""
    phase = asked.calendar.phase(PhaseKind.PRIORITISE)
    if not asked.consultation.opened_at or asked.calendar.is_archived or phase is None or phase.opens_at is None:
        return
    if phase.opens_at - asked.at > _TO_PREPARE or phase.state(asked.at) == PhaseState.DONE:
        return
    votes = list(Vote.objects.filter(consultation=asked.consultation, closed_at=None).order_by("number"))
    for vote in votes:
        state = vote.state(asked.at)
        if state == VoteState.DRAFT:
            yield _not_announced(asked, vote)
        elif state == VoteState.ANNOUNCED and vote.opens_at - asked.at <= _ANNOUNCED:
            yield _to_announce(asked, vote, opens=True)
        elif state == VoteState.OPEN and vote.closes_at - asked.at <= _SOON:
            yield _to_announce(asked, vote, opens=False)
    if not votes and phase.state(asked.at) == PhaseState.NEXT:
        yield _none_prepared(asked, phase)


def _none_prepared(asked: Asked, phase: Phase) -> Line:
    """A city may do without: it says so by ticking the line off."""
    begins = phase.opens_at
    assert begins is not None
    return Line(
        kind="voting.none",
        subject=f"{begins:%Y%m%d%H%M}",
        title=_("No vote is prepared for “%(phase)s”") % {"phase": phase.get_kind_display()},
        why=_("This phase begins on %(day)s. Everything is set before a vote opens: projects, costs, who may vote.")
        % {"day": day(begins)},
        minutes=60,
        roles=RUN_VOTES.in_team,
        url=_page(asked, "desk_vote_new"),
        verb=_("Prepare a vote"),
        when=_by(begins - asked.at),
        due_at=begins,
        by_hand=True,
    )


def _not_announced(asked: Asked, vote: Vote) -> Line:
    said = {"title": vote.title, "day": deadline(vote.opens_at)}
    if vote.opens_at > asked.at:
        why = _("It is to open on %(day)s, and nobody but your team sees it. Complete it, then announce it.")
    else:
        why = _("It was to open on %(day)s, and it was not announced. Choose other dates, or delete it.")
    return Line(
        kind="voting.not_announced",
        subject=str(vote.pk),
        title=_("The vote “%(title)s” is not announced") % said,
        why=why % said,
        minutes=30,
        roles=RUN_VOTES.in_team,
        url=_page(asked, "desk_vote", vote.number),
        verb=_("Complete the vote"),
        when=_by(vote.opens_at - asked.at),
        due_at=vote.opens_at,
    )


def _to_announce(asked: Asked, vote: Vote, *, opens: bool) -> Line:
    moment = vote.opens_at if opens else vote.closes_at
    said = {"title": vote.title, "day": deadline(moment)}
    title = _("The vote “%(title)s” opens on %(day)s") if opens else _("The vote “%(title)s” closes on %(day)s")
    message = _("Vote from %(day)s: “%(title)s”") if opens else _("You have until %(day)s to vote: “%(title)s”")
    return Line(
        kind="voting.opens" if opens else "voting.closes",
        subject=f"{vote.pk}.{moment:%Y%m%d%H%M}",
        title=title % said,
        about=_("To announce in the bulletin, to associations, on your networks. The message is ready."),
        why="" if opens else _("Ballots from paper that are not confirmed by then do not count."),
        message=f"{message % said}\n{asked.city.url.rstrip('/')}{vote.get_absolute_url()}",
        minutes=15,
        roles=ANNOUNCE.in_team,
        url=vote.get_absolute_url(),
        verb=_("See the page to share"),
        when=_by(moment - asked.at),
        due_at=moment,
        by_hand=True,
    )


@lines(queries=1)
def papers(asked: Asked) -> Iterator[Line]:
    """Ballots from paper that another person than who entered them is to compare."""
    waiting = Q(paper_ballots__confirmed_at=None, paper_ballots__isnull=False)
    found = Vote.objects.filter(waiting, consultation=asked.consultation, closed_at=None, closes_at__gt=asked.at)
    by = "paper_ballots__entered_by"
    for vote in found.annotate(waiting=Count("paper_ballots"), first=Min(by), last=Max(by)).order_by("number"):
        count: int = vote.waiting
        told = ngettext(
            "%(count)s ballot from paper waits for its second person",
            "%(count)s ballots from paper wait for their second person",
            count,
        )
        yield Line(
            kind="voting.papers",
            subject=str(vote.pk),
            title=told % {"count": figure(count)},
            about=vote.title,
            why=_("Compare each with its paper before %(day)s: what is not confirmed by then does not count.")
            % {"day": deadline(vote.closes_at)},
            minutes=min(_MINUTES_OF_PAPER * count, _MOST_MINUTES),
            roles=RUN_VOTES.in_team,
            not_by=frozenset([vote.first]) if vote.first and vote.first == vote.last else frozenset(),
            url=_page(asked, "desk_vote_papers", vote.number),
            verb=_("Compare and confirm"),
            when=max(When.TODAY, min(When.WEEK, _by(vote.closes_at - asked.at))),
            due_at=vote.closes_at,
            amount=count,
        )


@lines(queries=1)
def results(asked: Asked) -> Iterator[Line]:
    """Counted, and what was put to the vote has no answer that anybody has begun."""
    if asked.calendar.is_archived:
        return
    begun = Answer.objects.filter(~Q(decision="", reasons="", own_words=""), proposal=OuterRef("items__proposal"))
    waiting = Q(items__proposal__in=to_answer(asked.consultation), items__withdrawn_at=None) & ~Exists(begun)
    found = Vote.objects.filter(waiting, consultation=asked.consultation, counted_at__isnull=False)
    for vote in found.annotate(waiting=Count("items")).order_by("number"):
        count: int = vote.waiting
        told = ngettext(
            "%(count)s proposal of the vote “%(title)s” waits for its answer",
            "%(count)s proposals of the vote “%(title)s” wait for their answer",
            count,
        )
        yield Line(
            kind="voting.results",
            subject=str(vote.pk),
            title=told % {"count": figure(count), "title": vote.title},
            why=_("The result is published. By one press it becomes drafts of answers, and projects."),
            minutes=min(_MINUTES_OF_ANSWER * count, _MOST_MINUTES),
            roles=PREPARE_ANSWERS.in_team,
            url=_page(asked, "desk_vote", vote.number),
            verb=_("Prepare the answers"),
            when=When.WEEK,
            amount=count,
        )
