"""The answer to one proposal: its draft, the opinions on it, its delay; and who no longer needs one."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.abilities import may
from accounts.permissions import role_required, signed_in_user
from common.meanwhile import ChangedMeanwhile, sent_again, theirs_beside
from common.refusals import Refusal
from common.requests import Request
from common.text import typed_words, whole_number
from consultations.framing.backoffice.chosen import of_consultation
from consultations.framing.models import Consultation
from consultations.outcomes.abilities import PREPARE_ANSWERS, SEE_ANSWERS
from consultations.outcomes.backoffice.forms import AnswerForm, LateForm
from consultations.outcomes.backoffice.listing import say_at
from consultations.outcomes.backoffice.words import given_to_sign
from consultations.outcomes.models import Opinion
from consultations.outcomes.selectors.clock import promise_of
from consultations.outcomes.selectors.desk import AnswerPage, answer_page
from consultations.outcomes.services import opinions as services
from consultations.outcomes.services.lateness import tell_late
from consultations.outcomes.services.refusals import (
    AnswerIncomplete,
    DayPassed,
    NotAble,
    NotAfterPromise,
    NotAnswerable,
    TooFar,
)
from consultations.outcomes.services.writing import TEXT, give_up_correction, write_answers


@role_required(SEE_ANSWERS)
@of_consultation
def answer(request: Request, consultation: Consultation, pk: int) -> HttpResponse:
    """Who only follows reads it; who prepares answers writes it here."""
    page = _found(consultation, pk)
    if request.method != "POST":
        return _shown(request, consultation, page)
    if not may(request.user, PREPARE_ANSWERS):
        raise Http404
    form = AnswerForm(request.POST, answer=page.answer)
    gives = request.POST.get("do") == "give"
    if not form.is_valid():
        return _shown(request, consultation, page, form=form)
    try:
        write_answers(
            consultation=consultation,
            texts={pk: form.text()},
            revisions={pk: form.cleaned_data["revision"] or 0},
            actor=signed_in_user(request),
            at=timezone.now(),
            signer_id=form.cleaned_data["signer"],
            gives=gives,
            seen={pk: version} if (version := whole_number(request.POST.get("version", ""))) and gives else None,
        )
    except Refusal as refusal:
        return _refused(request, consultation, pk, form, refusal)
    messages.success(request, given_to_sign([pk]) if gives else _("The draft is kept."))
    return redirect("desk_answer", consultation.slug, pk)


def _refused(request: Request, consultation: Consultation, pk: int, form: AnswerForm, refusal: Refusal) -> HttpResponse:
    """Everything typed stays in sight."""
    page = _found(consultation, pk)
    if isinstance(refusal, ChangedMeanwhile):
        now = refusal.now[pk]
        conflict = {
            "who": now.writer.own_name if now.writer_id and now.writer_id != request.user.pk else "",
            "fields": theirs_beside(form, {name: getattr(now, name) for name in TEXT}),
        }
        again = AnswerForm(sent_again(request, now.revision), answer=page.answer)
        return _shown(request, consultation, page, form=again, conflict=conflict, status=409)
    if isinstance(refusal, NotAnswerable):
        return _shown(request, consultation, page, typed=typed_words(request), status=refusal.status)
    if isinstance(refusal, AnswerIncomplete):
        for name, words in refusal.fields.items():
            form.add_error(name if name in form.fields else None, forms.ValidationError(words, code=refusal.code))
    else:
        say_at(form, refusal, {NotAble: "signer"})
    return _shown(request, consultation, page, form=form, status=refusal.status)


def _found(consultation: Consultation, pk: int) -> AnswerPage:
    page = answer_page(consultation, pk)
    if page is None:
        raise Http404
    return page


def _shown(
    request: Request,
    consultation: Consultation,
    page: AnswerPage,
    *,
    form: AnswerForm | None = None,
    late_form: forms.Form | None = None,
    status: int = 0,
    **more: Any,
) -> HttpResponse:
    at = timezone.now()
    promise = promise_of(consultation, at=at)
    answered = page.answer is not None and page.answer.current is not None and not page.answer.current.is_hidden
    context = {
        "consultation": consultation,
        "page": page,
        "proposal": page.proposal,
        "answer": page.answer,
        "form": form or AnswerForm(answer=page.answer),
        "late_form": late_form or LateForm(initial=_told(page)),
        "takes_delay": promise.until is not None and not answered,
        "promise": promise,
        "today": timezone.localdate(at),
        "may_prepare": may(request.user, PREPARE_ANSWERS) and not consultation.is_archived,
        **more,
    }
    name = "answer" if page.is_answerable else "not_answerable"
    refused = (form is not None and form.errors) or (late_form is not None and late_form.errors)
    return render(request, f"outcomes/backoffice/{name}.html", context, status=status or (422 if refused else 200))


def _told(page: AnswerPage) -> dict[str, Any]:
    """The delay as it is told."""
    return {"why": page.answer.late_why, "until": page.answer.late_until} if page.answer else {}


# ── What is beside its text ──────────────────────────────────────────────────


@require_POST
@role_required(PREPARE_ANSWERS)
@of_consultation
def late(request: Request, consultation: Consultation, pk: int) -> HttpResponse:
    """Why it is late, and its new date."""
    page = _found(consultation, pk)
    form = LateForm(request.POST)
    if form.is_valid():
        try:
            tell_late(
                consultation=consultation,
                proposal_id=pk,
                actor=signed_in_user(request),
                at=timezone.now(),
                **form.cleaned_data,
            )
        except Refusal as refusal:
            say_at(form, refusal, {DayPassed: "until", NotAfterPromise: "until", TooFar: "until"}, otherwise="why")
        else:
            messages.success(request, _("It is told beside the proposal, with the new date."))
            return redirect("desk_answer", consultation.slug, pk)
    return _shown(request, consultation, page, late_form=form)


@require_POST
@role_required(PREPARE_ANSWERS)
@of_consultation
def give_up(request: Request, consultation: Consultation, pk: int) -> HttpResponse:
    """Leave what is published as it is."""
    try:
        give_up_correction(consultation=consultation, proposal_id=pk, actor=signed_in_user(request), at=timezone.now())
        messages.success(request, _("The answer stays as it is published."))
    except Refusal as refusal:
        messages.warning(request, str(refusal.message))
    return redirect("desk_answer", consultation.slug, pk)


@require_POST
@role_required(PREPARE_ANSWERS)
@of_consultation
def opinion_request(request: Request, consultation: Consultation, pk: int) -> HttpResponse:
    """Remind somebody of what they are asked, or ask no longer."""
    opinion = get_object_or_404(Opinion.objects.filter(answer__proposal__challenge__consultation=consultation), pk=pk)
    do = {"remind": services.remind, "take-back": services.take_back_request}.get(request.POST.get("do", ""))
    if do is None:
        raise Http404
    try:
        do(consultation=consultation, opinion=opinion, actor=signed_in_user(request), at=timezone.now())
        said = _("A notification reminds %(name)s.") if do is services.remind else _("%(name)s is no longer asked.")
        messages.success(request, said % {"name": opinion.service_name})
    except Refusal as refusal:
        messages.warning(request, str(refusal.message))
    return redirect("desk_answer", consultation.slug, opinion.answer.proposal_id)
