"""Bringing proposals together, from the question to its undoing."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.db.models import Exists, OuterRef, Prefetch, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from consultations.cocreation.enums import Consent, MergeState
from consultations.cocreation.events import collective_formed, collective_undone, merge_answered, merge_asked
from consultations.cocreation.models import MergeRequest, MergeSource
from consultations.participation.models import Proposal, worked_on_by
from consultations.participation.notices.subjects import PROPOSAL, each_with_proposal, gone, page
from consultations.participation.notices.subjects import said as said_of_proposal
from consultations.participation.selectors.audience import (
    Audience,
    those_who_argued,
    those_who_follow,
    those_who_reacted,
    those_who_work_on,
)
from notifications.registry import notice_type, subject
from notifications.types import About, Notification, Words


def _collectives(user: User) -> QuerySet[MergeRequest]:
    own = Proposal.objects.filter(worked_on_by(user), pk=OuterRef("proposal"))
    sources = MergeSource.objects.only("collective_id", "proposal_id", "consent").annotate(works_there=Exists(own))
    return (
        MergeRequest.objects.select_related("proposal")
        .only("title", "state", "proposal__title", "proposal__status")
        .prefetch_related(Prefetch("sources", sources))
    )


COLLECTIVE = subject("collective", MergeRequest, read=_collectives)


# ── Who hears of it ──────────────────────────────────────────────────────────


def _asked(collective_id: int, source_ids: list[int], **kwargs: Any) -> Notification | None:
    """Those who work on the proposals whose consent is asked, each once for a text."""
    collective = MergeRequest.objects.filter(pk=collective_id).first()
    if collective is None:
        return None
    sources = MergeSource.objects.filter(collective=collective, pk__in=source_ids)
    return Notification(
        fact=f"asked:{collective.pk}.{collective.revision}",
        group=str(collective.pk),
        recipients=each_with_proposal(
            those_who_work_on(sources.values_list("proposal_id", flat=True)), collective=collective.pk
        ),
        actor_id=collective.started_by_id,
    )


def _answered(source_id: int, **kwargs: Any) -> Notification | None:
    """The one who began."""
    source = MergeSource.objects.select_related("collective").filter(pk=source_id).first()
    if source is None or source.collective.started_by_id is None:
        return None
    began = {source.collective.started_by_id: source.proposal_id}
    return Notification(
        fact=f"consent:{source.pk}.{source.revision}.{source.consent}",
        group=str(source.pk),
        recipients=each_with_proposal(began, collective=source.collective_id),
        actor_id=source.answered_by_id,
    )


def _formed(collective_id: int, **kwargs: Any) -> Notification | None:
    """Whoever reacted to one of its sources, argued, follows it or wrote it."""
    collective = MergeRequest.objects.filter(pk=collective_id).first()
    if collective is None:
        return None
    return Notification(
        fact=f"formed:{collective.pk}",
        group=str(collective.pk),
        recipients=each_with_proposal(_people_of_sources(collective), collective=collective.pk),
        actor_id=collective.started_by_id,
    )


def _undone(collective_id: int, **kwargs: Any) -> Notification | None:
    """The same, and whoever had taken to the collective proposal itself."""
    collective = MergeRequest.objects.filter(pk=collective_id).first()
    if collective is None:
        return None
    itself = [collective.proposal_id] if collective.proposal_id else []
    came_since = those_who_reacted(itself) | those_who_argued(itself) | those_who_follow(itself)
    return Notification(
        fact=f"undone:{collective.pk}",
        group=str(collective.pk),
        recipients=each_with_proposal(came_since | _people_of_sources(collective), collective=collective.pk),
        actor_id=collective.ended_by_id,
    )


def _people_of_sources(collective: MergeRequest) -> Audience:
    """Who is tied to one of them → that one; the one that they wrote before one that they only read."""
    sources = list(collective.sources.values_list("proposal_id", flat=True))
    readers = those_who_argued(sources) | those_who_follow(sources) | those_who_reacted(sources)
    return readers | those_who_work_on(sources)


# ── In words ─────────────────────────────────────────────────────────────────


def _of_a_merge(compose: Callable[[About], Words]) -> Callable[[About], Words]:
    @wraps(compose)
    def words(about: About) -> Words:
        return gone(about["proposal"]) or gone(about["collective"].proposal) or compose(about)

    return words


def _said(about: About) -> dict[str, Any]:
    return said_of_proposal(about, collective=about["collective"].title)


def _source(about: About) -> Any:
    """The proposal's part in it, as `_collectives` reads it."""
    sources = about["collective"].sources.all()
    return next((source for source in sources if source.proposal_id == about["proposal"].pk), None)


@_of_a_merge
def _merge_asked(about: About) -> Words:
    collective, source = about["collective"], _source(about)
    if collective.state != MergeState.ASKING:
        sentence = _("%(who)s had proposed to bring “%(title)s” together with others. This is settled.")
        return Words(sentence % _said(about), _("Read this proposal"), page(about["proposal"]), is_over=True)
    sentence = _("%(who)s proposes to bring “%(title)s” together with others. Your consent is asked.") % _said(about)
    # Answered meanwhile, by them or by who writes with them.
    is_over = source is not None and source.consent != Consent.ASKED
    return Words(sentence, _("Read and answer"), reverse("merge", args=[collective.pk]), is_over=is_over)


@_of_a_merge
def _merge_answered(about: About) -> Words:
    source = _source(about)
    by_consent: dict[str, str] = {
        Consent.AGREED: _("%(who)s agrees that “%(title)s” becomes a part of “%(collective)s”."),
        Consent.DECLINED: _("%(who)s declines that “%(title)s” becomes a part of “%(collective)s”."),
    }
    anew = _("%(who)s is asked anew about “%(title)s”, for “%(collective)s”.")
    sentence = by_consent.get(source.consent, anew) if source else anew
    target = reverse("merge", args=[about["collective"].pk])
    return Words(sentence % _said(about), _("See where it stands"), target)


@_of_a_merge
def _merged(about: About) -> Words:
    collective, proposal, source = about["collective"], about["proposal"], _source(about)
    target = page(collective.proposal or proposal)
    if collective.state != MergeState.FORMED:
        sentence = _("“%(title)s” had become a part of “%(collective)s”. That was undone since.")
        return Words(sentence % _said(about), _("Read this proposal"), page(proposal), is_over=True)
    if source is not None and source.works_there:
        sentence = _("“%(title)s”, which you work on, is now a part of “%(collective)s”.")
        return Words(sentence % _said(about), _("Read the collective proposal"), target)
    sentence = _(
        "“%(title)s” is now a part of “%(collective)s”. Your support was not carried over: "
        "read the new text, and say whether you support it."
    )
    return Words(sentence % _said(about), _("Read it and react"), f"{target}#reaction")


@_of_a_merge
def _merge_undone(about: About) -> Words:
    proposal = about["proposal"]
    if about["collective"].proposal_id == proposal.pk:
        sentence = _("The collective proposal “%(collective)s” was undone. The proposals it came from are open again.")
        return Words(sentence % _said(about), _("Go to its page"), page(proposal))
    sentence = _("The collective proposal “%(collective)s” was undone: “%(title)s” goes its own way again.")
    return Words(sentence % _said(about), _("Read this proposal"), page(proposal))


_ABOUT = (PROPOSAL, COLLECTIVE)
MERGE_ASKED = notice_type(
    "MERGE_ASKED",
    gettext_lazy("Your consent to a collective proposal"),
    weight=5,
    event=merge_asked,
    notification=_asked,
    words=_merge_asked,
    subjects=_ABOUT,
)
MERGE_ANSWERED = notice_type(
    "MERGE_ANSWERED",
    gettext_lazy("An answer about a collective proposal"),
    weight=30,
    event=merge_answered,
    notification=_answered,
    words=_merge_answered,
    subjects=_ABOUT,
)
MERGED = notice_type(
    "MERGED",
    gettext_lazy("A proposal that you supported is now part of a collective one"),
    weight=35,
    event=collective_formed,
    notification=_formed,
    words=_merged,
    subjects=_ABOUT,
)
MERGE_UNDONE = notice_type(
    "MERGE_UNDONE",
    gettext_lazy("A collective proposal was undone"),
    weight=40,
    event=collective_undone,
    notification=_undone,
    words=_merge_undone,
    subjects=_ABOUT,
)
