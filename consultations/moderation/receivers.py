"""What moderation does when others act: the filter reads what they wrote. In a worker, at least once."""

from datetime import datetime
from typing import Any

from django.db.models.signals import post_save
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils import timezone

from accounts.enums import Role
from accounts.events import name_chosen
from accounts.models import User
from accounts.sessions import lasts_while
from common.db import connection
from consultations.cocreation.events import argument_answered, collective_formed, version_published
from consultations.cocreation.models import MergeRequest
from consultations.delegation.selectors import is_operator
from consultations.framing.events import delegation_changed
from consultations.moderation.enums import Act, Kind
from consultations.moderation.events import decision_taken, report_made, text_held
from consultations.moderation.models import Decision, Delegate
from consultations.moderation.permissions import is_asked_for
from consultations.moderation.services.answering import answer_by_mail
from consultations.moderation.services.holding import wait_no_longer, wait_to_be_read
from consultations.moderation.services.leaving import suspend_again
from consultations.moderation.services.listing import list_for_the_service
from consultations.moderation.services.morning import tell_at_once
from consultations.moderation.services.screening import screen
from consultations.moderation.services.visits import GENERATION, end_visits
from consultations.participation.events import argument_given, proposal_submitted, reply_given, text_edited
from consultations.participation.services.holding import held, taken_back
from consultations.participation.services.visibility import Hideable


@receiver(post_save, sender=User)
def come_back_suspended(sender: Any, *, instance: User, created: bool, **kwargs: Any) -> None:
    if created and getattr(connection, "tenant", None) is not None and connection.schema_name != "public":
        suspend_again(instance, at=timezone.now())


@receiver(proposal_submitted)
@receiver(version_published)
def screen_proposal(sender: Any, *, proposal_id: int, **kwargs: Any) -> None:
    """And what its picture is said to show."""
    for kind in (Kind.PROPOSAL, Kind.PICTURE):
        screen(kind=kind, pk=proposal_id, at=timezone.now())


@receiver(name_chosen)
def screen_name(sender: Any, *, user_id: int, **kwargs: Any) -> None:
    screen(kind=Kind.NAME, pk=user_id, at=timezone.now())


@receiver(argument_given)
def screen_argument(sender: Any, *, argument_id: int, **kwargs: Any) -> None:
    screen(kind=Kind.ARGUMENT, pk=argument_id, at=timezone.now())


@receiver(argument_answered)
def screen_answer(sender: Any, *, argument_id: int, **kwargs: Any) -> None:
    screen(kind=Kind.ANSWER, pk=argument_id, at=timezone.now())


@receiver(reply_given)
def screen_reply(sender: Any, *, reply_id: int, **kwargs: Any) -> None:
    screen(kind=Kind.REPLY, pk=reply_id, at=timezone.now())


@receiver(text_edited)
def screen_edited(sender: Any, *, proposal_id: int = 0, argument_id: int = 0, reply_id: int = 0, **kwargs: Any) -> None:
    edited = {Kind.PROPOSAL: proposal_id, Kind.ARGUMENT: argument_id, Kind.REPLY: reply_id}
    for kind, pk in edited.items():
        if pk:
            screen(kind=kind, pk=pk, at=timezone.now())


@receiver(collective_formed)
def screen_collective(sender: Any, *, collective_id: Any, **kwargs: Any) -> None:
    formed = MergeRequest.objects.filter(pk=collective_id).values_list("proposal", flat=True).first()
    if formed:
        screen(kind=Kind.PROPOSAL, pk=formed, at=timezone.now())


@receiver(decision_taken)
def answer_reporters(sender: Any, *, decision_id: int, **kwargs: Any) -> None:
    """Those who left nothing but an address; who has an account reads it in their news."""
    answer_by_mail(decision_id=decision_id)


@receiver(decision_taken)
def read_what_is_left(sender: Any, *, decision_id: int, **kwargs: Any) -> None:
    """Of a text in which words were hidden, or put back: the filter points at other places of it."""
    decision = Decision.objects.select_related("case").get(pk=decision_id)
    if decision.act in (Act.REDACT, Act.RESTORE) and decision.kind != Kind.ACCOUNT:
        screen(kind=decision.kind, pk=decision.case.subject_id, at=timezone.now())


@receiver(report_made)
def tell_of_what_is_grave(sender: Any, *, report_id: int, **kwargs: Any) -> None:
    tell_at_once(report_id=report_id)


@receiver(held)
def somebody_reads_it(sender: Any, *, thing: Hideable, at: datetime, **kwargs: Any) -> None:
    """In the same transaction: nothing waits for nobody."""
    wait_to_be_read(thing=thing, at=at)


@receiver(text_held)
def screen_held(sender: Any, *, kind: str, pk: int, **kwargs: Any) -> None:
    """Whoever reads it sees what the filter points at, as of what is public."""
    screen(kind=kind, pk=pk, at=timezone.now())


@receiver(taken_back)
def nobody_needs_to(sender: type[Hideable], *, key: int, **kwargs: Any) -> None:
    wait_no_longer(model=sender, key=key)


@receiver(delegation_changed)
def begin_or_end_delegation(**kwargs: Any) -> None:
    list_for_the_service()
    end_visits()


@lasts_while(Role.DELEGATE)
def is_still_sent(request: HttpRequest, user: User) -> bool:
    """Whether the city still has the service moderate or accompany it, and the operator still works for it and has
    not left."""
    city = getattr(request, "tenant", None)
    if city is None:  # nobody is a delegate on the service's own site
        return False
    generation = request.session.get(GENERATION)
    delegate = Delegate.objects.filter(user=user).first()
    if delegate is None or generation is None:
        return False
    if not city.is_accompanied and not is_asked_for(user=user, at=timezone.now()):
        return False
    return is_operator(delegate.operator, generation=generation)
