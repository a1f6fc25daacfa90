"""A decision as whoever wrote the text reads it, and how they contest it."""

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from accounts.begun import ask_who
from accounts.models import User
from common.limits import limited_by
from common.refusals import Refusal
from common.requests import Request
from common.states import Answers, answers
from consultations.moderation.enums import Act
from consultations.moderation.limits import APPEALS
from consultations.moderation.models import Decision
from consultations.moderation.resident.forms import AppealForm
from consultations.moderation.selectors.decisions import decision_for
from consultations.moderation.services.appealing import appeal
from consultations.moderation.subjects import subject_of
from consultations.moderation.words import title_of


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
                return redirect("decision", decision=found.pk)
    subject = subject_of(found.kind, found.case.subject_id)
    context = {
        "decision": found,
        "title": title_of(found),
        "subject": subject,
        "appeal": getattr(found, "appeal", None),
        "may_appeal": found.is_restriction and not hasattr(found, "appeal") and timezone.now() < found.appeal_until,
        "originals": found.originals.all() if found.act == Act.REDACT else [],
        "form": form,
        "notice": notice,
    }
    return render(request, "moderation/resident/decision.html", context, status=status)
