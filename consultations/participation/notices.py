"""What people are notified of: new proposals, new dates, new replies; and how sentences speak of a proposal.

Who hears of a fact is decided here and nowhere else; the actor never does.
"""

from collections.abc import Mapping
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet, Subquery
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.models import User
from common.templatetags.ui import figure
from consultations.framing.events import dates_changed
from consultations.framing.models import Challenge, Consultation
from consultations.framing.selectors import last_moved, period
from consultations.participation.enums import Status
from consultations.participation.events import proposal_submitted, reply_given
from consultations.participation.models import Argument, Proposal, Reaction, Reply
from consultations.participation.selectors.audience import (
    Audience,
    followers_of_challenges,
    people_of_consultation,
    people_of_thread,
)
from notifications.registry import notice_type, subject
from notifications.types import About, Key, Notification, Words

# ── The nouns ────────────────────────────────────────────────────────────────


def _proposals(user: User) -> QuerySet[Proposal]:
    """With what ties the recipient to each, and without anybody's texts."""
    there = {"proposal": OuterRef("pk")}
    return Proposal.objects.only("title", "status", "version", "challenge_id", "merged_into_id").annotate(
        # The version that the person's reaction is about, if they reacted.
        reacted_to=Subquery(Reaction.objects.filter(user=user, **there).values("version")[:1]),
        has_helped=Exists(Argument.objects.filter(author=user, taken_in=OuterRef("version"), **there)),
    )


def _challenges(user: User) -> QuerySet[Challenge]:
    found = Challenge.objects.select_related("consultation").prefetch_related("consultation__phases")
    return found.only("label", "slug", "consultation__title", "consultation__slug", "consultation__is_current")


def _arguments(user: User) -> QuerySet[Argument]:
    return Argument.objects.only("author_id", "proposal_id", "status", "verdict", "verdict_reason", "verdict_hidden")


def gone(proposal: Proposal | None) -> Words | None:
    if proposal is not None and proposal.status == Status.HIDDEN:
        sentence = _("There was news of a proposal that moderation has hidden since.")
    elif proposal is not None and proposal.status == Status.REMOVED:
        sentence = _("There was news of a proposal whose author has left since, with what they had written.")
    else:
        return None
    return Words(sentence, _("Go to its page"), page(proposal), is_over=True)


PROPOSAL = subject("proposal", Proposal, read=_proposals, gone=gone)
CHALLENGE = subject("challenge", Challenge, read=_challenges)
ARGUMENT = subject("argument", Argument, read=_arguments)
REPLY = subject("reply", Reply, read=lambda user: Reply.objects.only("pk"))


def each_with_proposal(audience: Audience, **more: Key) -> Mapping[int, Mapping[str, Key]]:
    """The recipients: the proposal that ties each to the fact, and what is the same for all."""
    return {person: {"proposal": proposal, **more} for person, proposal in audience.items()}


def page(proposal: Proposal) -> str:
    # Of a hidden one not even the words of its address.
    if proposal.status == Status.HIDDEN:
        return reverse("proposal_short", args=[proposal.pk])
    return proposal.get_absolute_url()


def page_of_argument(about: About) -> str:
    """Its own, wherever it stands in its column."""
    proposal, argument = about["proposal"], about["argument"]
    if argument is None:
        return page(proposal)
    return reverse("argument", args=[proposal.pk, proposal.slug, argument.pk])


def said(about: About, **more: Any) -> dict[str, Any]:
    proposal = about["proposal"]
    return {"who": about.who, "count": figure(about.count), "title": proposal.title if proposal else "", **more}


# ── To those who follow ──────────────────────────────────────────────────────


def _submitted(proposal_id: int, **kwargs: Any) -> Notification:
    """Those who follow the challenge."""
    proposal = Proposal.objects.published().get(pk=proposal_id)
    references = {"challenge": proposal.challenge_id, "proposal": proposal.pk}
    return Notification(
        fact=PROPOSAL.reference(proposal.pk),
        group=str(proposal.challenge_id),
        recipients=dict.fromkeys(followers_of_challenges([proposal.challenge_id]), references),
        actor_id=proposal.author_id,
    )


@notice_type(
    "NEW_PROPOSAL",
    gettext_lazy("A new proposal in a challenge that you follow"),
    weight=60,
    event=proposal_submitted,
    notification=_submitted,
    subjects=(CHALLENGE,),
)
def _new_proposal(about: About) -> Words:
    proposal, challenge = about["proposal"], about["challenge"]
    words = said(about, challenge=challenge.label)
    if about.count == 1 and proposal:
        sentence = _("%(who)s proposes “%(title)s”, in the challenge %(challenge)s.") % words
        return gone(proposal) or Words(sentence, _("Read this proposal"), page(proposal))
    sentence = ngettext(
        "%(count)s new proposal in the challenge %(challenge)s.",
        "%(count)s new proposals in the challenge %(challenge)s.",
        about.count,
    )
    target = f"{challenge.get_absolute_url()}?tri=recentes#propositions"
    return Words(sentence % words, _("See the new proposals"), target)


def _moved(
    consultation_id: int, change: int, since: str = "", actor_id: int | None = None, **kwargs: Any
) -> Notification | None:
    """Whoever follows something of the consultation or took part in it; nobody where all is again as announced."""
    consultation = Consultation.objects.shown().get(pk=consultation_id)
    moved = consultation.phases.filter(moved_at__isnull=False)
    if not (moved.filter(moved_at__gte=since) if since else moved).exists():
        return None
    people = people_of_consultation(consultation_id)
    return Notification(
        fact=f"dates:{change}",
        group=str(consultation_id),
        recipients={person: {"challenge": challenge} for person, challenge in people.items()},
        actor_id=actor_id,
    )


@notice_type(
    "DATES_CHANGED",
    gettext_lazy("The dates of a consultation have changed"),
    weight=55,
    event=dates_changed,
    notification=_moved,
    subjects=(CHALLENGE,),
)
def _dates_changed(about: About) -> Words:
    consultation = about["challenge"].consultation
    said = {"title": consultation.title}
    phase = last_moved(consultation.phases.all())
    if phase is None:
        sentence = _("The dates of the consultation “%(title)s” have changed.") % said
    else:
        said |= {"phase": phase.get_kind_display(), "new": period(phase.opens_at, phase.closes_at)}
        said["old"] = period(phase.former_opens_at, phase.former_closes_at)
        sentence = _("New dates in “%(title)s”. “%(phase)s”: %(new)s (announced before: %(old)s).") % said
    return Words(sentence, _("See the dates"), consultation.get_absolute_url())


# ── To the author of an argument, and to those who replied to it before ──────


def _replied(reply_id: int, **kwargs: Any) -> Notification:
    reply = Reply.objects.select_related("argument").get(pk=reply_id, status=Status.PUBLISHED)
    thread = dict.fromkeys(people_of_thread(reply), reply.argument.proposal_id)
    return Notification(
        fact=REPLY.reference(reply.pk),
        group=str(reply.argument_id),
        recipients=each_with_proposal(thread, argument=reply.argument_id),
        actor_id=reply.author_id,
    )


@notice_type(
    "NEW_REPLY",
    gettext_lazy("A reply to your argument"),
    weight=15,
    event=reply_given,
    notification=_replied,
    subjects=(PROPOSAL, ARGUMENT),
)
def _new_reply(about: About) -> Words:
    own = bool(about["argument"]) and about["argument"].author_id == about.notice.user_id
    if about.count == 1:
        sentence = (
            _("%(who)s replied to your argument on “%(title)s”.")
            if own
            else _("%(who)s replied in a discussion where you wrote, on “%(title)s”.")
        )
    elif own:
        sentence = ngettext(
            "%(count)s reply to your argument on “%(title)s”.",
            "%(count)s replies to your argument on “%(title)s”.",
            about.count,
        )
    else:
        sentence = ngettext(
            "%(count)s new reply in a discussion where you wrote, on “%(title)s”.",
            "%(count)s new replies in a discussion where you wrote, on “%(title)s”.",
            about.count,
        )
    action = ngettext("Read the reply", "Read the replies", about.count)
    return Words(sentence % said(about), action, page_of_argument(about))
