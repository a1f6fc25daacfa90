"""What somebody's leaving means here: their name goes from what they published, and on request the texts go too.

Locks as everywhere: the proposals by number, then wishes, then what hangs on them. Counts are brought to the facts at
the end, under locks of their rows.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.tasks import send_mail
from common.models import OutboxMessage
from common.outbox import messages_of
from common.personal import erases, leaves_when_erasing
from consultations.framing.models import Challenge, Consultation
from consultations.participation.counts import recount
from consultations.participation.enums import AuthorshipRole, MergeState, Status
from consultations.participation.models import (
    Argument,
    Authorship,
    CoAuthorInvitation,
    CollectiveProposal,
    CollectiveSource,
    Draft,
    Follow,
    Picture,
    Proposal,
    ProposalSight,
    ProposalVersion,
    Reaction,
    Reply,
    ReworkDraft,
    Source,
    UsefulMark,
)
from consultations.participation.selectors.coauthors import to_mailbox
from consultations.participation.services.drafts import forget_unshown_pictures
from notifications.services.withdrawing import withdraw

leaves_when_erasing(ProposalSight, because="how often a page was opened, by nobody in particular")
leaves_when_erasing(Source, because="imported with its proposal; nobody here wrote it")

_NO_WISH = {"title": "", "solution": "", "problem": "", "benefit": "", "message": "", "earlier": []}


@erases(
    Proposal,
    ProposalVersion,
    Draft,
    ReworkDraft,
    Picture,
    Argument,
    Reply,
    Reaction,
    UsefulMark,
    Follow,
    Authorship,
    CoAuthorInvitation,
    CollectiveProposal,
    CollectiveSource,
)
def forget_participant(user: User, *, with_texts: bool, at: datetime) -> None:
    touched = _locked(user)
    for model in (Reaction, UsefulMark, Follow, ReworkDraft):
        model._default_manager.filter(user=user).delete()
    Draft.objects.filter(author=user).delete()
    _forget_invitations(user)
    if with_texts:
        _take_words_away(user, at)
        _take_proposals_away(user)
    _pass_the_pens(user)
    _take_the_name_away(user)
    recount(proposals=touched.proposals, challenges=touched.challenges)
    forget_unshown_pictures()


@dataclass(frozen=True)
class _Touched:
    proposals: list[int]
    challenges: list[int]


def _locked(user: User) -> _Touched:
    """Every proposal whose row or counts may change, its challenge and consultation, and the wishes."""
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
    wishes = CollectiveProposal.objects.filter(Q(started_by=user) | Q(ended_by=user) | Q(sources__answered_by=user))
    _lock(CollectiveProposal.objects.filter(pk__in=wishes.values("pk")))
    _lock(Challenge.objects.filter(pk__in=challenges))
    _lock(Consultation.objects.filter(challenges__in=challenges))
    return _Touched(sorted(keys), challenges)


def _lock(rows: Any) -> None:
    keys = sorted(set(rows.values_list("pk", flat=True)))
    list(
        rows.model.objects.filter(pk__in=keys).order_by("pk").select_for_update(of=("self",), no_key=True).values("pk")
    )


def _forget_invitations(user: User) -> None:
    """To them and by them, answered or not: who writes with whom stays in the authorships. Their mails don't leave."""
    invitations = CoAuthorInvitation.objects.filter(Q(user=user) | Q(invited_by=user) | to_mailbox(user.email))
    for key in invitations.exclude(email="").values_list("pk", flat=True):
        waiting = messages_of(send_mail).filter(payload__body__icontains=str(key)).select_for_update(skip_locked=True)
        OutboxMessage.objects.filter(pk__in=list(waiting.values_list("pk", flat=True))).delete()
    invitations.delete()


# ── The texts, where they are to go too ──────────────────────────────────────


def _take_words_away(user: User, at: datetime) -> None:
    """Replies and arguments, and what they wrote about those of others. What others answered keeps its place."""
    Reply.objects.filter(author=user).delete()
    answered = Q(Exists(Reply.objects.filter(argument=OuterRef("pk")))) | ~Q(verdict="")
    theirs = Argument.objects.filter(author=user)
    kept = list(theirs.filter(answered).values_list("pk", flat=True))
    theirs.exclude(pk__in=kept).delete()
    placeholders = Argument.objects.filter(pk__in=kept)
    # Nobody's at once: two without words would be the same of the same person.
    placeholders.update(author=None, text="", kind="", part="", source_url="", source_title="")
    placeholders.filter(status=Status.PUBLISHED).update(status=Status.REMOVED)
    withdraw(Argument, kept, itself_only=True)
    Argument.objects.filter(verdict_by=user).update(verdict_reason="")
    CollectiveSource.objects.filter(answered_by=user).update(reason="")
    CollectiveProposal.objects.filter(ended_by=user).update(ended_reason="")
    wishes = CollectiveProposal.objects.filter(started_by=user)
    wishes.update(message="", earlier=[])
    wishes.filter(state=MergeState.ASKING).update(state=MergeState.GIVEN_UP, ended_at=at)
    wishes.filter(state=MergeState.GIVEN_UP).update(**_NO_WISH | {"title": _("Removed proposal")})


def _take_proposals_away(user: User) -> None:
    """Those of theirs alone. What several wrote is theirs together: it stays, and so does a collective proposal."""
    theirs = Proposal.objects.filter(author=user, collective=None).defer("search")
    alone = theirs.exclude(Exists(_heirs(user).filter(proposal=OuterRef("pk"))))
    argued = Argument.objects.filter(proposal=OuterRef("pk"))
    together = CollectiveSource.objects.filter(proposal=OuterRef("pk"))
    hangs = Q(Exists(argued)) | Q(Exists(together)) | Q(merged_into__isnull=False)
    placeholders = set(alone.filter(hangs).values_list("pk", flat=True))
    for proposal in alone.order_by("pk"):
        if proposal.pk not in placeholders:
            proposal.delete()
    _leave_placeholders(sorted(placeholders))


def _leave_placeholders(keys: list[int]) -> None:
    """Proposals without their words: others argued there, or brought them together with theirs."""
    found = Proposal.objects.filter(pk__in=keys)
    found.update(
        title=_("Removed proposal"), solution="", problem="", benefit="", neighbourhood="", picture=None, picture_alt=""
    )
    found.filter(status=Status.PUBLISHED).update(status=Status.REMOVED)
    withdraw(Proposal, keys, itself_only=True)
    for model in (ProposalVersion, ReworkDraft, Authorship, CoAuthorInvitation):
        model._default_manager.filter(proposal__in=keys).delete()


# ── The name ─────────────────────────────────────────────────────────────────


def _heirs(user: User) -> Any:
    return Authorship.objects.filter(role=AuthorshipRole.CO_AUTHOR, user__is_active=True).exclude(user=user)


def _pass_the_pens(user: User) -> None:
    """To the co-author who has been there longest; where there is none, the proposal is left alone."""
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
    CollectiveProposal.objects.filter(started_by=user).update(started_by=None)
    CollectiveProposal.objects.filter(ended_by=user).update(ended_by=None)
    CollectiveSource.objects.filter(answered_by=user).update(answered_by=None)
