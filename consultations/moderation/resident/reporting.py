"""To report, in two screens: why, then what to look at. Signed in or not."""

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.permissions import user_of
from common.limits import limited_by
from common.refusals import Refusal
from common.requests import Request
from common.states import Answers, answers
from consultations.moderation.enums import Kind, Reason
from consultations.moderation.limits import REPORTS
from consultations.moderation.models import Report
from consultations.moderation.resident.forms import ReportForm
from consultations.moderation.services.reporting import report, reportable
from consultations.moderation.subjects import Subject

# What each reason is, for who has to choose.
REASONS = {
    Reason.PERSONAL: _("a name, a number, an address, a photo"),
    Reason.INSULT: _("against a person or a group"),
    Reason.ADVERTISING: _("a sale, a link, a campaign"),
    Reason.OFF_TOPIC: _("without connection, or published several times"),
    Reason.ILLEGAL: _("threat, defamation, forgery…"),
    Reason.OTHER: _("you write it on the next screen"),
}
_MADE = "reports_made"
_REMEMBERED = 20


@answers(Answers.READ_ONLY)
@limited_by(REPORTS)
def report_it(request: Request, kind: str, subject: int) -> HttpResponse:
    """Choose a reason; then say more, and send. `kind` as in addresses: argument, reponse, nom…"""
    if kind.upper() not in Kind.values:
        raise Http404
    user = user_of(request)
    try:
        found = reportable(kind.upper(), subject, by=user)
    except Refusal as refusal:
        if refusal.status == 404:
            raise Http404 from refusal
        return render(
            request, "moderation/resident/not_reported.html", {"notice": refusal.message}, status=refusal.status
        )
    reason = request.POST.get("raison") or request.GET.get("raison", "")
    if reason not in Reason.values:
        context = {"subject": found, "reasons": [(each.value, each.label, hint) for each, hint in REASONS.items()]}
        return render(request, "moderation/resident/report.html", context)
    form = ReportForm(request.POST or None, reason=reason, signed_in=user is not None)
    notice = ""
    if request.method == "POST" and form.is_valid():
        try:
            made = report(
                kind=found.kind, pk=found.pk, reason=reason, reporter=user, at=timezone.now(), **form.cleaned_data
            )
        except Refusal as refusal:
            notice = str(refusal.message)
            return _second_screen(request, found, reason, form, notice=notice, status=refusal.status)
        request.session[_MADE] = [*request.session.get(_MADE, []), made.pk][-_REMEMBERED:]
        return redirect("reported", report=made.pk)
    return _second_screen(request, found, reason, form, status=422 if form.is_bound else 200)


def _second_screen(
    request: Request, found: Subject, reason: str, form: ReportForm, *, notice: str = "", status: int = 200
) -> HttpResponse:
    context = {
        "subject": found,
        "reason": Reason(reason),
        "is_illegal": reason == Reason.ILLEGAL,
        "form": form,
        "notice": notice,
    }
    return render(request, "moderation/resident/report_more.html", context, status=status)


def reported(request: Request, report: int) -> HttpResponse:
    """What comes next. Only for who made it, in the same browser."""
    if report not in request.session.get(_MADE, []):
        raise Http404
    made = Report.objects.select_related("case").filter(pk=report).first()
    if made is None:
        raise Http404
    context = {
        "report": made,
        "back": reverse("home"),
        "will_hear": bool(made.email or made.reporter_id),
    }
    return render(request, "moderation/resident/reported.html", context)
