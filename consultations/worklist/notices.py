"""What keeps a consultation alive, told by itself or by a press of the team (notifications)."""

from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from common.templatetags.ui import deadline
from consultations.cocreation.events import authors_reminded
from consultations.participation.enums import Status
from consultations.participation.models import Argument
from consultations.participation.notices import PROPOSAL, each_with_proposal
from consultations.participation.selectors.audience import people_of_consultation, those_who_work_on
from consultations.worklist.events import phase_told
from consultations.worklist.models import PhaseTold
from notifications.registry import notice_type, subject
from notifications.types import About, Notification, Words


def _told_rows(user: User) -> QuerySet[PhaseTold]:
    return PhaseTold.objects.select_related("consultation").prefetch_related("consultation__phases")


PHASE_TOLD = subject("phase_told", PhaseTold, read=_told_rows)


def _told(told_id: int, **kwargs: Any) -> Notification:
    told = PhaseTold.objects.get(pk=told_id)
    people = people_of_consultation(told.consultation_id)
    return Notification(
        fact=PHASE_TOLD.reference(told.pk),
        group=f"phase.{told.pk}",
        recipients={person: {"phase_told": told.pk} for person in people},
    )


@notice_type(
    "PHASE_TOLD",
    gettext_lazy("A stage of a consultation begins, or ends soon"),
    weight=52,
    event=phase_told,
    notification=_told,
    subjects=(PHASE_TOLD,),
)
def _phase(about: About) -> Words:
    """Of a date that was changed since nothing is asked any more: the new one is news of its own."""
    told: PhaseTold = about["phase_told"]
    consultation = told.consultation
    now = next((each for each in consultation.phases.all() if each.kind == told.kind), None)
    moment = now and (now.opens_at if told.begins else now.closes_at)
    said = {"title": consultation.title, "phase": told.get_kind_display(), "day": deadline(told.moment)}
    if told.begins:
        sentence = _("In “%(title)s” a new stage has begun: “%(phase)s”.") % said
    else:
        sentence = _("“%(phase)s” ends on %(day)s in “%(title)s”.") % said
    action = _("See what you can do now") if told.begins else _("Take part before it ends")
    return Words(sentence, action, consultation.get_absolute_url(), is_over=moment != told.moment)


# ── The team asks whoever works on a proposal to answer (the week's list of those who animate) ───────


def _reminded(proposal_id: int, day: str, actor_id: int, **kwargs: Any) -> Notification | None:
    """Where an argument still waits."""
    if not _unanswered().filter(proposal=proposal_id).exists():
        return None
    return Notification(
        fact=f"reminded:{proposal_id}.{day}",
        group=str(proposal_id),
        recipients=each_with_proposal(those_who_work_on([proposal_id])),
        actor_id=actor_id,
    )


def _unanswered() -> QuerySet[Argument]:
    return Argument.objects.filter(status=Status.PUBLISHED, verdict="")


@notice_type(
    "AUTHOR_REMINDED",
    gettext_lazy("Arguments that have waited long for your answer"),
    weight=29,
    event=authors_reminded,
    notification=_reminded,
    subjects=(PROPOSAL,),
)
def _author_reminded(about: About) -> Words:
    proposal = about["proposal"]
    sentence = _("Arguments have waited for your answer on “%(title)s”. A word is enough: taken up, or not, and why.")
    return Words(
        sentence % {"title": proposal.title},
        _("Answer"),
        reverse("workshop", args=[proposal.pk, proposal.slug]),
        is_over=bool(proposal.merged_into_id),
    )
