"""The results of a consultation as the team prepares them: its own words, and what the council gets."""

from io import BytesIO
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from accounts.abilities import may
from accounts.permissions import role_required, signed_in_user
from common.meanwhile import ChangedMeanwhile, sent_again, theirs_beside
from common.requests import Request
from common.sheets import write_book
from common.states import Answers, answers
from common.text import WordsField
from consultations.framing.backoffice.chosen import of_consultation
from consultations.framing.models import Consultation
from consultations.outcomes.abilities import PREPARE_ANSWERS, SEE_ANSWERS
from consultations.outcomes.models import TAKEAWAYS_MAX, Takeaways
from consultations.outcomes.selectors.clock import answers_url
from consultations.outcomes.selectors.council import council_pdf, council_sheets
from consultations.outcomes.selectors.results import OVER, results_of
from consultations.outcomes.services.takeaways import write_takeaways

_PDF = "application/pdf"
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class TakeawaysForm(forms.Form):
    text = WordsField(
        label=gettext_lazy("What we retain of it"),
        help_text=gettext_lazy("At the top of the results, in your own words. Leave it empty to say nothing."),
        rows=5,
        maximum=TAKEAWAYS_MAX,
        required=False,
    )
    revision = forms.IntegerField(widget=forms.HiddenInput, min_value=0)


@role_required(SEE_ANSWERS)
@of_consultation
def report(request: HttpRequest, consultation: Consultation) -> HttpResponse:
    """What residents read of the results, what is missing in them, and the files for the council."""
    kept = Takeaways.objects.filter(consultation=consultation).first() or Takeaways()
    form = TakeawaysForm(initial={"text": kept.text, "revision": kept.revision})
    return _report_page(request, consultation, form)


@require_POST
@role_required(PREPARE_ANSWERS)
@of_consultation
def takeaways(request: HttpRequest, consultation: Consultation) -> HttpResponse:
    """What the city says of it in its own words."""
    form = TakeawaysForm(request.POST)
    if not form.is_valid():
        return _report_page(request, consultation, form, status=422)
    try:
        actor = signed_in_user(request)
        write_takeaways(consultation=consultation, actor=actor, at=timezone.now(), **form.cleaned_data)
    except ChangedMeanwhile as meanwhile:
        form, conflict = _conflict(request, meanwhile.now)
        return _report_page(request, consultation, form, conflict=conflict, status=meanwhile.status)
    messages.success(request, _("It stands at the top of the results."))
    return redirect("desk_report", consultation.slug)


def _report_page(
    request: HttpRequest,
    consultation: Consultation,
    form: TakeawaysForm,
    *,
    conflict: dict[str, Any] | None = None,
    status: int = 200,
) -> HttpResponse:
    at, writes = timezone.now(), may(request.user, PREPARE_ANSWERS) and not consultation.is_archived
    context = {
        "consultation": consultation,
        "answers_url": answers_url(consultation),
        "results": results_of(consultation, at=at),
        "is_over": consultation.state(at) in OVER,
        "form": form if writes else None,
        "conflict": conflict,
    }
    return render(request, "outcomes/backoffice/report.html", context, status=status)


def _conflict(request: HttpRequest, now: Takeaways) -> tuple[TakeawaysForm, dict[str, Any]]:
    """What the other saved, beside what was typed; saving once more is then a decision."""
    form = TakeawaysForm(sent_again(request, now.revision))
    form.is_valid()
    return form, {"who": "", "fields": theirs_beside(form, {"text": now.text})}


@answers(Answers.READ_ONLY)
@require_safe
@role_required(SEE_ANSWERS)
@of_consultation
def council_pack(request: Request, consultation: Consultation, kind: str) -> HttpResponse:
    """Made while one waits: two thousand answers take two seconds. None of what has never opened."""
    at = timezone.now()
    if consultation.opened_at is None:
        raise Http404
    if kind == "pdf":
        content, content_type = council_pdf(consultation, at=at), _PDF
    else:
        file = BytesIO()
        write_book(file, council_sheets(consultation))
        content, content_type = file.getvalue(), _XLSX
    name = f"{request.tenant.slug}-{consultation.slug}-conseil-{timezone.localtime(at):%Y-%m-%d}.{kind}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return HttpResponse(content, content_type=content_type, headers=headers)
