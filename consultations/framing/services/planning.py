"""An opening at a day and hour that are set beforehand: then the very same opening, with the same conditions.

It closes without being told: when the last phase in which participants write is over (Consultation.state).
"""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy

from accounts.audit import record
from accounts.mail import send_mail_later
from accounts.models import User
from accounts.selectors import COME_IN
from common.city import present_city
from common.meanwhile import ChangedMeanwhile, mark_of
from common.outbox import enqueue_each_at, outbox_task
from common.refusals import Refusal
from consultations.framing.abilities import FRAME
from consultations.framing.enums import PhaseKind
from consultations.framing.models import Consultation
from consultations.framing.services.consultations import locked
from consultations.framing.services.dates import on_the_minute, refuse_too_far
from consultations.framing.services.forward import TriedOut, lock_consultations
from consultations.framing.services.opening import NotReadyToOpen, open_consultation
from tenants.models import Municipality


class OpenAlready(Refusal):
    code = "open_already"
    message = gettext_lazy("This consultation is open already.")


class MomentIsPast(Refusal):
    code = "moment_is_past"
    status = 422
    message = gettext_lazy("This moment is past: choose one to come, or open it now.")


class AfterItsEnd(Refusal):
    code = "after_its_end"
    status = 422
    message = gettext_lazy("By then the time to propose is over: choose an earlier day, or change the dates first.")


def revision_of_plan(consultation: Consultation) -> str:
    return mark_of(consultation.opening_planned_at)


def plan_opening(
    *, consultation: Consultation, opens_at: datetime, actor: User, at: datetime, revision: str = ""
) -> None:
    """Have it open by itself at that minute, instead of any other that was set; what is missing may be met until then.

    `revision`: of the plan that the actor has seen, if any. The same again changes nothing. Raises OpenAlready,
    ChangedMeanwhile with the consultation as it is now, MomentIsPast, TooFarAhead, AfterItsEnd.
    """
    moment = on_the_minute(opens_at)
    with transaction.atomic():
        consultation = locked(consultation)
        if consultation.opened_at:
            raise OpenAlready
        if consultation.opening_planned_at == moment:
            return
        if revision and revision != revision_of_plan(consultation):
            raise ChangedMeanwhile(consultation)
        if moment <= at:
            raise MomentIsPast
        refuse_too_far(moment, at=at)
        proposing = next((each for each in consultation.phases.all() if each.kind == PhaseKind.PROPOSE), None)
        if proposing and proposing.closes_at and moment >= proposing.closes_at:
            raise AfterItsEnd
        _note(consultation, planned=moment)
        record("opening_planned", actor=actor, subject=consultation, moment=moment.isoformat())
        payload = {
            "consultation_id": consultation.pk,
            "planned": moment.isoformat(),
            "actor_id": actor.pk,
            "set_at": at.isoformat(),
        }
        enqueue_each_at(open_as_planned, [(moment, payload)])


def give_up_plan(*, consultation: Consultation, actor: User) -> bool:
    """It opens by itself no longer; whether it would have."""
    with transaction.atomic():
        consultation = locked(consultation)
        if consultation.opening_planned_at is None:
            return False
        moment = consultation.opening_planned_at
        _note(consultation)
        record("opening_plan_given_up", actor=actor, subject=consultation, moment=moment.isoformat())
    return True


@outbox_task
def open_as_planned(consultation_id: int, planned: str, actor_id: int, set_at: str = "", **kwargs: Any) -> None:
    """Open it, or say to the team why it did not. Nobody does it at that minute: whoever set the moment may have left
    the team since, and the plan is the city's.

    The message is for one moment: where that was changed, given up, or has had its answer, nothing happens.
    """
    at, moment, city = timezone.now(), datetime.fromisoformat(planned), present_city()
    with transaction.atomic():
        found = next((each for each in lock_consultations() if each.pk == consultation_id), None)
        if found is None or found.opening_planned_at != moment:
            return
        why, plan = "", {"planned": set_at or planned, "to": actor_id}
        try:
            open_consultation(consultation=found, municipality=city, actor=None, at=at, plan=plan)
        except NotReadyToOpen as refusal:
            why = "\n".join(refusal.missing)
        except TriedOut as refusal:
            why = str(refusal.message)
        if why:
            _note(found, missed=moment, why=why)
            record("opening_missed", actor=None, subject=found, moment=planned)
        _tell_the_team(found, city, moment=moment, why=why)


def _note(
    consultation: Consultation, *, planned: datetime | None = None, missed: datetime | None = None, why: str = ""
) -> None:
    Consultation.objects.filter(pk=consultation.pk).update(
        opening_planned_at=planned, opening_missed_at=missed, opening_missed_why=why
    )


def _tell_the_team(consultation: Consultation, city: Municipality, *, moment: datetime, why: str) -> None:
    """By mail, in every state of the city."""
    name = "desk_ready" if why else "desk_consultations"
    path = reverse(name, args=[consultation.slug] if why else [], urlconf=settings.ROOT_URLCONF)
    context = {
        "city": city,
        "title": consultation.title,
        "moment": moment,
        "why": why,
        "link": city.url.rstrip("/") + path,
    }
    people = User.objects.filter(COME_IN, is_active=True, role__in=FRAME.in_team)
    for email in people.order_by("pk").values_list("email", flat=True):
        send_mail_later(template="framing/email/planned_opening", to=email, context=context)
