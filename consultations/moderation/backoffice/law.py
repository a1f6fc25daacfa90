"""What the law asks for: evidence with the note for the authorities, an order that is obeyed, what was public when."""

import csv
from collections.abc import Iterator
from datetime import date, datetime, time

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.audit import record
from accounts.permissions import signed_in_user
from common.limits import limited_by
from common.refusals import Refusal
from common.requests import Request
from common.states import Answers, answers
from consultations.moderation.backoffice.access import for_moderators, for_moderators_and_administrators
from consultations.moderation.backoffice.account_forms import OrderForm
from consultations.moderation.backoffice.forms import JournalForm
from consultations.moderation.backoffice.frame import framed
from consultations.moderation.limits import ORDERS
from consultations.moderation.models import EVIDENCE_KEPT, Evidence
from consultations.moderation.selectors.journal import periods
from consultations.moderation.services.orders import obey


@answers(Answers.READ_ONLY)
@for_moderators
def evidence(request: Request) -> HttpResponse:
    found = Evidence.objects.select_related("decision__case")[:100]
    context = framed(request, at=timezone.now(), tab="law", evidence=found)
    return render(request, "moderation/backoffice/evidence.html", context)


@answers(Answers.READ_ONLY)
@for_moderators
def note(request: Request, evidence: int) -> HttpResponse:
    """The note for the authorities, to be printed or copied."""
    found = get_object_or_404(Evidence.objects.select_related("decision__case"), pk=evidence)
    record("evidence_read", actor=signed_in_user(request), subject=found)
    context = {
        "evidence": found,
        "decision": found.decision,
        "content": found.content,
        "until": found.frozen_at + EVIDENCE_KEPT,
    }
    return render(request, "moderation/backoffice/note.html", context)


@answers(Answers.READ_ONLY)
@limited_by(ORDERS)
@for_moderators_and_administrators
def order(request: Request) -> HttpResponse:
    """One press, within the hour."""
    form, notice, status = OrderForm(request.POST or None), "", 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                made = obey(moderator=signed_in_user(request), at=timezone.now(), **form.cleaned_data)
            except Refusal as refusal:
                notice, status = str(refusal.message), refusal.status
            else:
                messages.success(request, _("Hidden for everyone: %(number)s.") % {"number": made.number})
                return redirect("desk_order")
    context = {"form": form, "notice": notice}
    return render(request, "moderation/backoffice/order.html", context, status=status)


@for_moderators_and_administrators
def journal(request: Request) -> HttpResponse:
    """What was public at the end of a day, or all periods: a CSV, line by line."""
    form = JournalForm(request.GET if "jour" in request.GET else {"jour": timezone.localdate()})
    if "telecharger" not in request.GET or not form.is_valid():
        status = 422 if form.errors else 200
        return render(request, "moderation/backoffice/journal.html", {"form": form}, status=status)
    day = form.cleaned_data["jour"] if "jour" in request.GET else None
    name = f"public-{day:%Y-%m-%d}.csv" if day else "public.csv"
    # Not a stream: that would be read when the request, and with it the city, is left.
    response = HttpResponse("".join(_lines(day)), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


class _Echo:
    """What csv writes, it gives back."""

    def write(self, line: str) -> str:
        return line


def _lines(day: date | None) -> Iterator[str]:
    here = timezone.get_current_timezone()
    on = datetime.combine(day, time(23, 59, 59), tzinfo=here) if day else None
    writer = csv.writer(_Echo(), delimiter=";")
    yield "\ufeff" + writer.writerow([_("kind"), _("number"), _("public since"), _("public until")])
    for each in periods(on=on):
        yield writer.writerow([each.kind, each.number, _moment(each.since), _moment(each.until)])


def _moment(at: datetime | None) -> str:
    return timezone.localtime(at).isoformat(timespec="seconds") if at is not None else ""
