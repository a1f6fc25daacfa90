"""Facts of participation become notices.

Called by a worker, in the city of the fact, at least once (common.outbox.tell_later). Who hears of what is decided
here and nowhere else; the actor never does. How they hear of it: services.telling, and the words: selectors.wording.
"""

from typing import Any

from django.dispatch import receiver
from django.utils import timezone

from accounts.selectors import person_of
from consultations.animation.enums import NoticeKind
from consultations.animation.selectors import (
    followers_of_challenges,
    followers_of_consultation,
    people_of_thread,
    those_who_argued,
    those_who_follow,
    those_who_reacted,
    those_who_work_on,
)
from consultations.animation.services import Telling, tell_people
from consultations.framing.events import dates_changed as dates_changed_event
from consultations.participation import events
from consultations.participation.enums import Status
from consultations.participation.models import (
    Argument,
    CoAuthorInvitation,
    CollectiveProposal,
    CollectiveSource,
    Proposal,
    ProposalVersion,
    Reply,
)


def _tell(*tellings: Telling) -> None:
    tell_people(list(tellings), at=timezone.now())


@receiver(events.proposal_submitted)
def proposal_submitted(sender: object, proposal_id: int, **kwargs: Any) -> None:
    """Those who follow the challenge."""
    proposal = Proposal.objects.published().filter(pk=proposal_id).first()
    if proposal is None:
        return
    _tell(
        Telling(
            kind=NoticeKind.NEW_PROPOSAL,
            fact=f"proposal {proposal.pk}",
            group=str(proposal.challenge_id),
            people=dict.fromkeys(followers_of_challenges([proposal.challenge_id]), proposal.pk),
            actor_id=proposal.author_id,
            challenges=proposal.challenge_id,
        )
    )


@receiver(events.argument_given)
def argument_given(sender: object, argument_id: int, **kwargs: Any) -> None:
    """Those who work on the proposal; not those who follow it, whom a lively one would flood."""
    argument = Argument.objects.filter(pk=argument_id, status=Status.PUBLISHED).first()
    if argument is None:
        return
    _tell(
        Telling(
            kind=NoticeKind.NEW_ARGUMENT,
            fact=f"argument {argument.pk}",
            group=str(argument.proposal_id),
            people=those_who_work_on([argument.proposal_id]),
            actor_id=argument.author_id,
            argument_id=argument.pk,
        )
    )


@receiver(events.argument_answered)
def argument_answered(sender: object, argument_id: int, **kwargs: Any) -> None:
    """Its author. A verdict taken back is not news: the notice that waits says so when it is read."""
    argument = Argument.objects.filter(pk=argument_id, status=Status.PUBLISHED).first()
    if argument is None or argument.author_id is None or not argument.verdict:
        return
    _tell(
        Telling(
            kind=NoticeKind.ARGUMENT_ANSWERED,
            fact=f"verdict {argument.pk}.{argument.verdict_revision}",
            group=str(argument.pk),
            people={argument.author_id: argument.proposal_id},
            actor_id=argument.verdict_by_id,
            argument_id=argument.pk,
        )
    )


@receiver(events.reply_given)
def reply_given(sender: object, reply_id: int, **kwargs: Any) -> None:
    """The argument's author, and those who replied before."""
    reply = Reply.objects.select_related("argument").filter(pk=reply_id, status=Status.PUBLISHED).first()
    if reply is None:
        return
    _tell(
        Telling(
            kind=NoticeKind.NEW_REPLY,
            fact=f"reply {reply.pk}",
            group=str(reply.argument_id),
            people=dict.fromkeys(people_of_thread(reply), reply.argument.proposal_id),
            actor_id=reply.author_id,
            argument_id=reply.argument_id,
        )
    )


@receiver(events.version_published)
def version_published(sender: object, proposal_id: int, version: int, **kwargs: Any) -> None:
    """Whoever reacted to it, argued, follows it, or works on it with the one who published."""
    made = ProposalVersion.objects.filter(proposal_id=proposal_id, number=version).first()
    if made is None:
        return
    this = [proposal_id]
    _tell(
        Telling(
            kind=NoticeKind.NEW_VERSION,
            fact=f"version {proposal_id}.{version}",
            group=str(proposal_id),
            people=those_who_reacted(this) | those_who_argued(this) | those_who_follow(this) | those_who_work_on(this),
            actor_id=made.made_by_id,
        )
    )


@receiver(events.coauthor_invited)
def coauthor_invited(sender: object, key: str, **kwargs: Any) -> None:
    """The one who is invited, if they have an account here: others get the invitation itself by e-mail."""
    invitation = CoAuthorInvitation.objects.filter(pk=key, answered_at__isnull=True).first()
    guest = _guest(invitation)
    if invitation is None or guest is None:
        return
    _tell(
        Telling(
            kind=NoticeKind.COAUTHOR_INVITED,
            fact=f"invitation {invitation.pk}",
            group=str(invitation.pk),
            people={guest: invitation.proposal_id},
            actor_id=invitation.invited_by_id,
            invitation_key=str(invitation.pk),
        )
    )


@receiver(events.coauthor_answered)
def coauthor_answered(sender: object, key: str, **kwargs: Any) -> None:
    """The one who invited; nobody where they took the invitation back themselves."""
    invitation = CoAuthorInvitation.objects.filter(pk=key, accepted__isnull=False).first()
    if invitation is None:
        return
    _tell(
        Telling(
            kind=NoticeKind.COAUTHOR_ANSWERED,
            fact=f"answer {invitation.pk}",
            group=str(invitation.pk),
            people={invitation.invited_by_id: invitation.proposal_id},
            actor_id=_guest(invitation),
            invitation_key=str(invitation.pk),
        )
    )


def _guest(invitation: CoAuthorInvitation | None) -> int | None:
    if invitation is None or invitation.user_id:
        return invitation.user_id if invitation else None
    guest = person_of(invitation.email)
    return guest.pk if guest else None


@receiver(events.stewardship_taken)
def stewardship_taken(sender: object, proposal_id: int, user_id: int, **kwargs: Any) -> None:
    """Its author, if there is one still, those who work on it, and those who follow it."""
    this = [proposal_id]
    _tell(
        Telling(
            kind=NoticeKind.STEWARDSHIP,
            fact=f"stewardship {proposal_id}.{user_id}",
            group=str(proposal_id),
            people=those_who_work_on(this) | those_who_follow(this),
            actor_id=user_id,
        )
    )


@receiver(events.merge_asked)
def merge_asked(sender: object, collective_id: int, source_ids: list[int], **kwargs: Any) -> None:
    """Those who work on the proposals whose consent is asked, each once for a text."""
    collective = CollectiveProposal.objects.filter(pk=collective_id).first()
    if collective is None:
        return
    sources = CollectiveSource.objects.filter(collective=collective, pk__in=source_ids)
    _tell(
        Telling(
            kind=NoticeKind.MERGE_ASKED,
            fact=f"asked {collective.pk}.{collective.revision}",
            group=str(collective.pk),
            people=those_who_work_on(sources.values_list("proposal_id", flat=True)),
            actor_id=collective.started_by_id,
            collective_id=collective.pk,
        )
    )


@receiver(events.merge_answered)
def merge_answered(sender: object, source_id: int, **kwargs: Any) -> None:
    """The one who began."""
    source = CollectiveSource.objects.select_related("collective").filter(pk=source_id).first()
    if source is None or source.collective.started_by_id is None:
        return
    _tell(
        Telling(
            kind=NoticeKind.MERGE_ANSWERED,
            fact=f"consent {source.pk}.{source.revision}.{source.consent}",
            group=str(source.pk),
            people={source.collective.started_by_id: source.proposal_id},
            actor_id=source.answered_by_id,
            collective_id=source.collective_id,
        )
    )


@receiver(events.collective_formed)
def collective_formed(sender: object, collective_id: int, **kwargs: Any) -> None:
    """Whoever reacted to one of its sources, argued, follows it or wrote it."""
    collective = CollectiveProposal.objects.filter(pk=collective_id).first()
    if collective is None:
        return
    _tell(
        Telling(
            kind=NoticeKind.MERGED,
            fact=f"formed {collective.pk}",
            group=str(collective.pk),
            people=_people_of_sources(collective),
            actor_id=collective.started_by_id,
            collective_id=collective.pk,
        )
    )


@receiver(events.collective_undone)
def collective_undone(sender: object, collective_id: int, **kwargs: Any) -> None:
    """The same, and whoever had taken to the collective proposal itself."""
    collective = CollectiveProposal.objects.filter(pk=collective_id).first()
    if collective is None:
        return
    itself = [collective.proposal_id] if collective.proposal_id else []
    came_since = those_who_reacted(itself) | those_who_argued(itself) | those_who_follow(itself)
    _tell(
        Telling(
            kind=NoticeKind.MERGE_UNDONE,
            fact=f"undone {collective.pk}",
            group=str(collective.pk),
            people=came_since | _people_of_sources(collective),
            actor_id=collective.ended_by_id,
            collective_id=collective.pk,
        )
    )


def _people_of_sources(collective: CollectiveProposal) -> dict[int, int]:
    """Who is tied to one of them → that one; the one that they wrote before one that they only read."""
    sources = list(collective.sources.values_list("proposal_id", flat=True))
    readers = those_who_argued(sources) | those_who_follow(sources) | those_who_reacted(sources)
    return readers | those_who_work_on(sources)


@receiver(dates_changed_event)
def dates_changed(
    sender: object, consultation_id: int, change: int, actor_id: int | None = None, **kwargs: Any
) -> None:
    """Whoever follows something of the consultation."""
    followers = followers_of_consultation(consultation_id)
    _tell(
        Telling(
            kind=NoticeKind.DATES_CHANGED,
            fact=f"dates {change}",
            group=str(consultation_id),
            people=dict.fromkeys(followers),
            actor_id=actor_id,
            challenges=followers,
        )
    )
