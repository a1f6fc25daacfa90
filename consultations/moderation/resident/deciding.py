"""A decision as whoever wrote the text reads it, and how they contest it."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.begun import ask_who
from accounts.models import User
from common.limits import limited_by
from common.refusals import Refusal
from common.requests import Request
from common.states import Answers, answers
from consultations.cocreation.actions import REWORK
from consultations.framing.selectors import calendar_of
from consultations.moderation.enums import Act, Kind
from consultations.moderation.grounds import GROUNDS
from consultations.moderation.limits import APPEALS
from consultations.moderation.models import Decision
from consultations.moderation.resident.forms import AppealForm
from consultations.moderation.selectors.decisions import decision_for, own_text
from consultations.moderation.services.appealing import appeal
from consultations.moderation.services.deciding import last_decision
from consultations.moderation.subjects import Subject, subject_of
from consultations.moderation.words import title_of, what_stays
from consultations.participation.actions import ARGUE, PROPOSE
from consultations.participation.enums import Status
from consultations.participation.permissions import works_on


@answers(Answers.READ_ONLY)
@limited_by(APPEALS)
def decision(request: Request, decision: int) -> HttpResponse:
    """What was decided and why, the text as it was, and the way to contest it. Nobody else's business: 404."""
    if not isinstance(request.user, User):
        if not Decision.objects.filter(pk=decision).exists():
            raise Http404
        return ask_who(request)
    found = decision_for(user=request.user, pk=decision)
    if found is None:
        raise Http404
    form, notice, status = AppealForm(request.POST or None), "", 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                appeal(decision=found, author=request.user, at=timezone.now(), **form.cleaned_data)
            except Refusal as refusal:
                notice, status = str(refusal.message), refusal.status
            else:
                messages.success(request, _("Your contestation is sent."))
                return redirect(f"{reverse('decision', args=[found.pk])}#contester")
    subject = subject_of(found.kind, found.case.subject_id)
    last = last_decision(found.case)
    in_force = last is not None and last.pk == found.pk
    contested = getattr(found, "appeal", None)
    ground = GROUNDS.get(found.ground)
    context = {
        "decision": found,
        "title": title_of(found),
        "stays": what_stays(found, subject),
        "subject": subject,
        "parts": own_text(found, subject),
        "in_force": in_force,
        "since": last,
        "appeal": contested,
        "answer": getattr(contested, "answer", None),
        "is_of_charter": ground is not None and not ground.is_law,
        "may_appeal": in_force and found.may_be_contested and contested is None and timezone.now() < found.appeal_until,
        "ways": _ways(found, subject, request.user) if in_force and subject is not None else [],
        "form": form,
        "notice": notice,
    }
    return render(request, "moderation/resident/decision.html", context, status=status)


def _ways(decision: Decision, subject: Subject, user: User) -> list[tuple[str, str]]:
    """What the author can do about it beside contesting: words and address, the first one first."""
    if user.is_suspended(timezone.now()):
        return []
    if decision.kind == Kind.NAME and decision.act == Act.HIDE and not user.public_name:
        return [(_("Choose another name"), reverse("welcome"))]
    proposal, row = subject.proposal, subject.row
    if proposal is None:
        return []
    may: Any = calendar_of(proposal.challenge.consultation, at=timezone.now()).may
    takes = proposal.status == Status.PUBLISHED and not proposal.merged_into_id
    workshop = reverse("workshop", args=[proposal.pk, proposal.slug])
    if (decision.kind, decision.act) in ((Kind.PROPOSAL, Act.REDACT), (Kind.ANSWER, Act.HIDE)):
        if takes and may(REWORK) and works_on(user=user, proposal=proposal):
            if decision.kind == Kind.ANSWER:
                return [(_("Answer the argument anew"), f"{workshop}#inbox-{row.pk}")]
            return [(_("Rewrite my proposal"), f"{workshop}?texte#texte")]
    elif decision.act == Act.HIDE and decision.kind == Kind.PROPOSAL and may(PROPOSE):
        return [(_("Write another proposal"), proposal.challenge.get_absolute_url())]
    elif decision.act == Act.HIDE and decision.kind == Kind.ARGUMENT and takes and may(ARGUE):
        place = reverse("proposal", args=[proposal.pk, proposal.slug])
        return [(_("Rewrite my argument"), f"{place}?argumenter&redire={row.pk}#argumenter")]
    elif decision.act == Act.HIDE and decision.kind == Kind.REPLY and takes and may(ARGUE):
        there = row.argument
        if not there.is_hidden and not there.is_removed:
            return [(_("Write another reply"), f"{there.get_absolute_url()}?repondre#argument-{there.pk}")]
    return []
