"""What one person can do next, what they wrote, what others answered: the same number of queries whoever it is."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Count, Exists, F, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce, Left

from accounts.models import User
from consultations.cocreation.enums import Consent, MergeState
from consultations.cocreation.models import CoAuthorInvitation, CollectiveSource, ReworkDraft
from consultations.cocreation.selectors.coauthors import INVITATION_HOLDS, to_mailbox
from consultations.framing.enums import Deed
from consultations.framing.models import Calendar
from consultations.framing.selectors import calendars
from consultations.participation.enums import Stage, Status
from consultations.participation.models import (
    DRAFTS_MOST,
    Argument,
    Authorship,
    Draft,
    Follow,
    Proposal,
    Reaction,
    Reply,
)
from consultations.participation.selectors.lists import EXCERPT, PER_PAGE, call_of

AT_MOST = 10
HELPED_AT_MOST = 3
# A reaction is asked for its reason twice at most (Reaction.asked).
ASKED_AT_MOST = 2

_TEXTS = ("search", "solution", "problem", "benefit")
_TEXTS_OF_PROPOSAL = tuple(f"proposal__{name}" for name in _TEXTS)


@dataclass(frozen=True)
class Answer:
    """What somebody answered to an argument: its verdict, or a reply."""

    argument: Argument
    at: datetime | None
    reply: Reply | None = None


@dataclass(frozen=True)
class MyParticipation:
    """Each list holds AT_MOST of them, newest first; those of `more` have others on a page of their own."""

    invitations: list[CoAuthorInvitation]
    consents: list[CollectiveSource]
    to_answer: list[Proposal]
    drafts: list[Draft]
    reworks: list[ReworkDraft]
    to_confirm: list[Reaction]
    to_argue: list[Reaction]
    to_help: list[Proposal]
    answers: list[Answer]
    proposals: list[Proposal]
    arguments: list[Argument]
    follows: list[Follow]
    calendars: dict[int, Calendar]
    more: frozenset[str]

    @property
    def is_empty(self) -> bool:
        return not (self.proposals or self.arguments or self.follows or self.drafts or self.has_next)

    @property
    def has_next(self) -> bool:
        """Whether anything waits for them."""
        waiting = (self.invitations, self.consents, self.to_answer, self.to_confirm, self.to_argue, self.to_help)
        return any(waiting) or bool(self.drafts or self.reworks)

    def may(self, deed: Deed, challenge: Any) -> bool:
        calendar = self.calendars.get(challenge.consultation_id)
        return calendar is not None and calendar.may(deed)


def my_participation(*, user: User, at: datetime) -> MyParticipation:
    """Everything on the page of one person, of what the present phases let them do."""
    known = calendars(at=at)
    where = {deed: [pk for pk, calendar in known.items() if calendar.may(deed)] for deed in Deed}
    lists: dict[str, QuerySet[Any]] = {
        "propositions": my_proposals(user),
        "arguments": my_arguments(user),
        "suivis": my_follows(user),
    }
    first = {name: list(rows[: AT_MOST + 1]) for name, rows in lists.items()}
    return MyParticipation(
        invitations=_invitations(user, at),
        consents=_consents(user, where[Deed.MERGE]),
        to_answer=_to_answer(user, where[Deed.REWORK]),
        drafts=list(_drafts(user)[: 2 * DRAFTS_MOST]),
        reworks=_reworks(user, where[Deed.REWORK]),
        to_confirm=_to_confirm(user, where[Deed.REACT]),
        to_argue=_to_argue(user, where[Deed.ARGUE]),
        to_help=_to_help(user, where[Deed.ARGUE]),
        answers=_answers(user),
        proposals=first["propositions"][:AT_MOST],
        arguments=first["arguments"][:AT_MOST],
        follows=first["suivis"][:AT_MOST],
        calendars=known,
        more=frozenset(name for name, rows in first.items() if len(rows) > AT_MOST),
    )


def page_of(rows: QuerySet[Any], *, page: int | str) -> Page[Any]:
    """One page of `my_proposals`, `my_arguments` or `my_follows`."""
    return Paginator(rows, PER_PAGE).get_page(page)


# ── What they wrote and follow ────────────────────────────────────────────────


def my_proposals(user: User) -> QuerySet[Proposal]:
    """Those that they work on, hidden ones too: whoever wrote it may know. `waiting`: arguments without a verdict."""
    return (
        Proposal.objects.filter(_works_on(user))
        .exclude(status=Status.WITHDRAWN)
        .select_related("author", "challenge")
        .annotate(excerpt=Left("solution", EXCERPT), waiting=_waiting(user))
        .defer(*_TEXTS)
        .order_by("-submitted_at", "-pk")
    )


def my_arguments(user: User) -> QuerySet[Argument]:
    return _of_shown(Argument.objects.filter(author=user)).order_by("-submitted_at", "-pk")


def my_follows(user: User) -> QuerySet[Follow]:
    """Without what moderation has hidden since."""
    shown = Q(proposal=None) | Q(proposal__status=Status.PUBLISHED)
    found = Follow.objects.filter(shown, user=user).select_related("challenge", "proposal__challenge")
    return found.defer(*_TEXTS_OF_PROPOSAL).order_by("-created_at", "-pk")


def _drafts(user: User) -> QuerySet[Draft]:
    found = Draft.objects.filter(author=user, proposal=None).exclude(title="", solution="", problem="", benefit="")
    return found.select_related("challenge").order_by("-updated_at", "pk")


# ── What waits for them ───────────────────────────────────────────────────────


def _invitations(user: User, at: datetime) -> list[CoAuthorInvitation]:
    """Those sent to them, or to their address before they had an account, that can still be answered."""
    mine = Q(user=user) | to_mailbox(user.email)
    found = CoAuthorInvitation.objects.filter(mine, answered_at=None, proposal__status=Status.PUBLISHED)
    found = found.filter(created_at__gt=at - INVITATION_HOLDS)
    found = found.select_related("proposal", "invited_by").defer(*_TEXTS_OF_PROPOSAL)
    return list(found.order_by("-created_at", "pk")[:AT_MOST])


def _consents(user: User, where: list[int]) -> list[CollectiveSource]:
    """Wishes to bring a proposal of theirs together with others that nobody of its authors has answered."""
    found = CollectiveSource.objects.filter(
        proposal__in=_writable(where).filter(_works_on(user)).values("pk"),
        consent=Consent.ASKED,
        collective__state=MergeState.ASKING,
    ).exclude(collective__started_by=user)
    found = found.select_related("collective", "proposal").defer(*_TEXTS_OF_PROPOSAL)
    return list(found.order_by("-collective__started_at", "-pk")[:AT_MOST])


def _to_answer(user: User, where: list[int]) -> list[Proposal]:
    """Proposals that they work on, with arguments that nobody has answered: most first."""
    found = _writable(where).filter(_works_on(user)).annotate(waiting=_waiting(user)).filter(waiting__gt=0)
    return list(found.order_by("-waiting", "-pk")[:AT_MOST])


def _reworks(user: User, where: list[int]) -> list[ReworkDraft]:
    """Next versions that they have begun, of proposals that they still work on."""
    found = ReworkDraft.objects.filter(user=user, proposal__in=_writable(where).filter(_works_on(user)).values("pk"))
    return list(found.select_related("proposal").defer(*_TEXTS_OF_PROPOSAL).order_by("-updated_at", "-pk")[:AT_MOST])


def _to_confirm(user: User, where: list[int]) -> list[Reaction]:
    """Reactions given to a text that has changed since."""
    found = _reactions(user, where).filter(version__lt=F("proposal__version"))
    return list(found.order_by(F("proposal__reworked_at").desc(nulls_last=True), "-pk")[:AT_MOST])


def _to_argue(user: User, where: list[int]) -> list[Reaction]:
    """The last reaction without a reason: one, not a list of omissions."""
    argued = Argument.objects.filter(author=user, proposal=OuterRef("proposal"))
    found = _reactions(user, where).filter(~Exists(argued), version=F("proposal__version"), asked__lt=ASKED_AT_MOST)
    return list(found.order_by("-updated_at", "-pk")[:1])


def _to_help(user: User, where: list[int]) -> list[Proposal]:
    """Of the challenges that they follow or took part in: what an argument of theirs would help most."""
    challenges = (
        Q(challenge__in=Follow.objects.filter(user=user, challenge__isnull=False).values("challenge"))
        | Q(challenge__in=Reaction.objects.filter(user=user).values("proposal__challenge"))
        | Q(challenge__in=Argument.objects.filter(author=user).values("proposal__challenge"))
        | Q(challenge__in=_mine(user).values("challenge"))
    )
    known = Argument.objects.filter(author=user, proposal=OuterRef("pk"))
    said = Reaction.objects.filter(user=user, proposal=OuterRef("pk"))
    one_sided = Q(for_count__gte=2, against_count=0) | Q(against_count__gte=2, for_count=0)
    found = (
        _writable(where)
        .filter(challenges, ~Exists(known), ~Exists(said), ~_works_on(user), stage__in=[Stage.IDEA, Stage.ARGUMENTS])
        .annotate(given=F("for_count") + F("against_count") + F("improve_count"))
        .filter(Q(given=0) | one_sided)
        .select_related("challenge")
        .order_by("given", "-like_count", "-pk")[:HELPED_AT_MOST]
    )
    helped: list[Any] = list(found)
    for proposal in helped:
        proposal.call = call_of(proposal)
    return helped


def _answers(user: User) -> list[Answer]:
    """Verdicts on their arguments and replies to them, by others, newest first. Two queries."""
    judged = _of_shown(Argument.objects.filter(author=user, status=Status.PUBLISHED).exclude(verdict=""))
    judged = judged.exclude(verdict_by=user).order_by(F("verdict_at").desc(nulls_last=True), "-pk")
    replies = (
        Reply.objects.filter(
            argument__author=user,
            argument__status=Status.PUBLISHED,
            argument__proposal__status=Status.PUBLISHED,
            status=Status.PUBLISHED,
        )
        .exclude(author=user)
        .select_related("author", "argument__proposal__author")
        .defer(*(f"argument__{name}" for name in _TEXTS_OF_PROPOSAL))
        .order_by("-submitted_at", "-pk")
    )
    answers = [Answer(each, each.verdict_at) for each in judged[:AT_MOST]]
    answers += [Answer(each.argument, each.submitted_at, each) for each in replies[:AT_MOST]]
    return sorted(answers, key=lambda each: each.at.timestamp() if each.at else 0.0, reverse=True)[:AT_MOST]


# ── Parts of those ────────────────────────────────────────────────────────────


def _works_on(user: User) -> Q:
    return Q(author=user) | Q(Exists(Authorship.objects.at_work().filter(user=user, proposal=OuterRef("pk"))))


def _mine(user: User) -> QuerySet[Any]:
    return Proposal.objects.filter(_works_on(user)).values("pk")


def _writable(where: list[int]) -> QuerySet[Any]:
    """Published, not brought together with others, in a consultation whose phase lets people act."""
    found = Proposal.objects.published().filter(merged_into=None, challenge__consultation__in=where)
    return found.defer(*_TEXTS)


def _waiting(user: User) -> Coalesce:
    """How many arguments of others wait for a verdict."""
    found = Argument.objects.filter(proposal=OuterRef("pk"), status=Status.PUBLISHED, verdict="")
    found = found.exclude(author=user)
    counted = found.order_by().values("proposal").annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)


def _reactions(user: User, where: list[int]) -> QuerySet[Reaction]:
    found = Reaction.objects.filter(
        user=user,
        proposal__status=Status.PUBLISHED,
        proposal__merged_into=None,
        proposal__challenge__consultation__in=where,
    )
    return found.select_related("proposal").defer(*_TEXTS_OF_PROPOSAL)


def _of_shown(arguments: QuerySet[Argument]) -> QuerySet[Argument]:
    """On proposals that can be read: a hidden one is not named here."""
    shown = arguments.filter(proposal__status=Status.PUBLISHED).select_related("author", "proposal__author")
    return shown.defer(*_TEXTS_OF_PROPOSAL)
