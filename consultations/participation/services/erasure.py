"""What somebody's leaving means here: their name goes from what they published, and on request the texts go too.

Locks as everywhere: the proposals by number, then what hangs on them. Counts are brought to the facts at the end,
under locks of their rows. Apps above this one come after it (common.personal), and say here what of theirs hangs on a
proposal.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.dispatch import Signal
from django.utils.translation import gettext as _

from accounts.models import User
from common.personal import erases, leaves_when_erasing
from consultations.framing.models import Challenge, Consultation
from consultations.participation.counts import recount
from consultations.participation.enums import AuthorshipRole, Stage, Status
from consultations.participation.models import (
    Argument,
    Authorship,
    Draft,
    Follow,
    Picture,
    Proposal,
    ProposalVersion,
    ProposalViews,
    Reaction,
    Reply,
    SavedView,
    Sheet,
    SheetPiece,
    Source,
    UsefulMark,
)
from consultations.participation.services.drafts import forget_unshown_pictures
from consultations.participation.services.holding import taken_back
from consultations.participation.services.visibility import forget_shared
from notifications.services.withdrawing import withdraw

leaves_when_erasing(ProposalViews, because="how often a page was opened, by nobody in particular")
leaves_when_erasing(Source, because="imported with its proposal; nobody here wrote it")

# What keeps a proposal in its place, without its words, when those who wrote it leave: something of others hangs on it.
kept_where: list[Callable[[], Q]] = [
    lambda: Q(Exists(Argument.objects.filter(proposal=OuterRef("pk")))),
    lambda: Q(merged_into__isnull=False),
]
# In the transaction in which proposals lose their words: `keys`, their numbers.
words_removed = Signal()


@erases(
    Proposal,
    ProposalVersion,
    Draft,
    Picture,
    Argument,
    Reply,
    Reaction,
    UsefulMark,
    Follow,
    Authorship,
    SavedView,
    Sheet,
    SheetPiece,
)
def forget_participant(user: User, *, with_texts: bool, at: datetime) -> None:
    touched = _locked(user)
    for model in (Reaction, UsefulMark, Follow):
        model._default_manager.filter(user=user).delete()
    Draft.objects.filter(author=user).delete()
    Sheet.objects.filter(asked_by=user).delete()
    SavedView.objects.filter(owner=user, is_shared=False).delete()
    SavedView.objects.filter(owner=user).update(owner=None)
    if with_texts:
        _take_words_away(user)
        _take_proposals_away(user)
    _pass_on_authorships(user)
    _take_the_name_away(user)
    recount(proposals=touched.proposals, challenges=touched.challenges)
    forget_unshown_pictures()


def erase_contribution(thing: Proposal | Argument) -> None:
    """What somebody gave by a sheet, at their wish: as the texts of whoever leaves. In a transaction."""
    proposals = Proposal.objects.filter(pk=thing.pk if isinstance(thing, Proposal) else thing.proposal_id)
    lock_rows(proposals)
    challenges = list(proposals.values_list("challenge_id", flat=True))
    lock_rows(Challenge.objects.filter(pk__in=challenges))
    lock_rows(Consultation.objects.filter(challenges__in=challenges))
    touched = list(proposals.values_list("pk", flat=True))
    if thing.is_held:
        taken_back.send(sender=type(thing), key=thing.pk)
    withdraw(type(thing), [thing.pk])
    type(thing)._default_manager.filter(pk=thing.pk).update(author=None, imported_author="")
    if isinstance(thing, Argument):
        _take_arguments_away(Argument.objects.filter(pk=thing.pk))
    else:
        _take_alone_away(proposals.defer("search"))
    recount(proposals=touched, challenges=challenges)
    forget_unshown_pictures()


@dataclass(frozen=True)
class _Touched:
    proposals: list[int]
    challenges: list[int]


def _locked(user: User) -> _Touched:
    """Every proposal whose row or counts may change, its challenge and consultation."""
    keys: set[int] = set()
    for found in (
        Proposal.objects.filter(author=user).values_list("pk"),
        Authorship.objects.filter(user=user).values_list("proposal"),
        Reaction.objects.filter(user=user).values_list("proposal"),
        Argument.objects.filter(Q(author=user) | Q(verdict_by=user)).values_list("proposal"),
        Reply.objects.filter(author=user).values_list("argument__proposal"),
        UsefulMark.objects.filter(user=user).values_list("argument__proposal"),
    ):
        keys.update(key for (key,) in found)
    rows = Proposal.objects.filter(pk__in=keys).order_by("pk").select_for_update(of=("self",), no_key=True)
    challenges = sorted(set(rows.values_list("challenge_id", flat=True)))
    lock_rows(Challenge.objects.filter(pk__in=challenges))
    lock_rows(Consultation.objects.filter(challenges__in=challenges))
    return _Touched(sorted(keys), challenges)


def lock_rows(rows: Any) -> None:
    """In the order of their numbers, as everybody locks them."""
    keys = sorted(set(rows.values_list("pk", flat=True)))
    list(
        rows.model.objects.filter(pk__in=keys).order_by("pk").select_for_update(of=("self",), no_key=True).values("pk")
    )


# ── The texts, where they are to go too ──────────────────────────────────────


def _take_words_away(user: User) -> None:
    """Remove replies, arguments, and what they wrote about those of others; one that was answered keeps its place."""
    Reply.objects.filter(author=user).delete()
    _take_arguments_away(Argument.objects.filter(author=user))
    Argument.objects.filter(verdict_by=user).update(verdict_reason="", verdict_hidden=False)


def _take_arguments_away(theirs: QuerySet[Argument]) -> None:
    answered = Q(Exists(Reply.objects.filter(argument=OuterRef("pk")))) | ~Q(verdict="")
    kept = list(theirs.filter(answered).values_list("pk", flat=True))
    theirs.exclude(pk__in=kept).delete()
    placeholders = Argument.objects.filter(pk__in=kept)
    # Nobody's at once: two without words would be the same of the same person.
    placeholders.update(author=None, text="", kind="", part="", source_url="", source_title="")
    _remove(placeholders)
    withdraw(Argument, kept, itself_only=True)


def _take_proposals_away(user: User) -> None:
    """Those of theirs alone. What several wrote is theirs together: it stays, and so does a collective proposal."""
    brought_together = Q(stage=Stage.COLLECTIVE, merged_into=None) | Q(
        Exists(Proposal.objects.filter(merged_into=OuterRef("pk")))
    )
    theirs = Proposal.objects.filter(author=user).exclude(brought_together).defer("search")
    _take_alone_away(theirs.exclude(Exists(_heirs(user).filter(proposal=OuterRef("pk")))))


def _take_alone_away(alone: QuerySet[Proposal]) -> None:
    hangs = reduce(or_, (condition() for condition in kept_where))
    placeholders = set(alone.filter(hangs).values_list("pk", flat=True))
    for proposal in alone.order_by("pk"):
        forget_shared(proposal)
        if proposal.pk not in placeholders:
            proposal.delete()
    _leave_placeholders(sorted(placeholders))


def _remove(rows: QuerySet[Any]) -> None:
    """What is hidden stays so; shown again, it would be without its words."""
    rows.filter(status=Status.HIDDEN).update(status_before=Status.REMOVED)
    rows.filter(status__in=(Status.PUBLISHED, Status.HELD)).update(status=Status.REMOVED)


def _leave_placeholders(keys: list[int]) -> None:
    """Proposals without their words: something of others hangs on them (kept_where)."""
    found = Proposal.objects.filter(pk__in=keys)
    found.update(solution="", problem="", benefit="", neighbourhood="", picture=None, picture_alt="")
    for pk in keys:  # in a list of several, each is told from the others
        title = _("Proposal no. %(number)s, removed because whoever wrote it asked for it") % {"number": pk}
        Proposal.objects.filter(pk=pk).update(title=title)
    _remove(found)
    withdraw(Proposal, keys, itself_only=True)
    for model in (ProposalVersion, Authorship):
        model._default_manager.filter(proposal__in=keys).delete()
    words_removed.send(sender=Proposal, keys=keys)


# ── The name ─────────────────────────────────────────────────────────────────


def _heirs(user: User) -> Any:
    return Authorship.objects.filter(role=AuthorshipRole.CO_AUTHOR, user__is_active=True).exclude(user=user)


def _pass_on_authorships(user: User) -> None:
    """Make the co-author who has been there longest the author; where there is none, the proposal is left alone."""
    for pk in Proposal.objects.filter(author=user).order_by("pk").values_list("pk", flat=True):
        heir = _heirs(user).filter(proposal=pk).order_by("since", "pk").first()
        Proposal.objects.filter(pk=pk).update(author=heir and heir.user_id)
        if heir is not None:
            heir.delete()


def _take_the_name_away(user: User) -> None:
    Authorship.objects.filter(user=user).delete()
    Argument.objects.filter(author=user).update(author=None)
    Reply.objects.filter(author=user).update(author=None)
    Argument.objects.filter(verdict_by=user).update(verdict_by=None)
    ProposalVersion.objects.filter(made_by=user).update(made_by=None)
