"""The nouns of participation's notices, and how their sentences speak of a proposal."""

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet, Subquery
from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import gettext as _

from accounts.models import User
from common.templatetags.ui import figure
from consultations.framing.models import Challenge
from consultations.participation.enums import Status
from consultations.participation.models import Argument, Proposal, Reaction, Reply
from consultations.participation.selectors.audience import Audience
from notifications.registry import subject
from notifications.types import About, Key, Words


def _proposals(user: User) -> QuerySet[Proposal]:
    """With what ties the recipient to each, and without anybody's texts."""
    there = {"proposal": OuterRef("pk")}
    return Proposal.objects.only("title", "status", "version", "challenge_id", "merged_into_id").annotate(
        # The version that the person's reaction is about, if they reacted.
        reacted_to=Subquery(Reaction.objects.filter(user=user, **there).values("version")[:1]),
        has_helped=Exists(Argument.objects.filter(author=user, taken_in=OuterRef("version"), **there)),
    )


def _challenges(user: User) -> QuerySet[Challenge]:
    return Challenge.objects.select_related("consultation").only(
        "label", "slug", "consultation__title", "consultation__slug", "consultation__is_current"
    )


def _arguments(user: User) -> QuerySet[Argument]:
    return Argument.objects.only("author_id", "proposal_id", "status", "verdict", "verdict_reason")


PROPOSAL = subject("proposal", Proposal, read=_proposals)
CHALLENGE = subject("challenge", Challenge, read=_challenges)
ARGUMENT = subject("argument", Argument, read=_arguments)
REPLY = subject("reply", Reply, read=lambda user: Reply.objects.only("pk"))


def each_with_proposal(audience: Audience, **more: Key) -> Mapping[int, Mapping[str, Key]]:
    """The recipients: the proposal that ties each to the fact, and what is the same for all."""
    return {person: {"proposal": proposal, **more} for person, proposal in audience.items()}


def of_a_proposal(compose: Callable[[About], Words]) -> Callable[[About], Words]:
    """Words about a proposal, unless it was hidden or removed since."""

    @wraps(compose)
    def words(about: About) -> Words:
        return gone(about["proposal"]) or compose(about)

    return words


def gone(proposal: Proposal | None) -> Words | None:
    if proposal is not None and proposal.status == Status.HIDDEN:
        sentence = _("There was news of a proposal that moderation has hidden since.")
    elif proposal is not None and proposal.status == Status.REMOVED:
        sentence = _("There was news of a proposal whose author has left since, with what they had written.")
    else:
        return None
    return Words(sentence, _("Go to its page"), page(proposal), is_over=True)


def page(proposal: Proposal) -> str:
    # Of a hidden one not even the words of its address.
    if proposal.status == Status.HIDDEN:
        return reverse("proposal_short", args=[proposal.pk])
    return proposal.get_absolute_url()


def slug(proposal: Proposal) -> str:
    return slugify(proposal.title)[:80] or "proposition"


def page_of_argument(about: About) -> str:
    """Its own, wherever it stands in its column."""
    proposal, argument = about["proposal"], about["argument"]
    if argument is None:
        return page(proposal)
    return reverse("argument", args=[proposal.pk, slug(proposal), argument.pk])


def said(about: About, **more: Any) -> dict[str, Any]:
    proposal = about["proposal"]
    return {"who": about.who, "count": figure(about.count), "title": proposal.title if proposal else "", **more}
