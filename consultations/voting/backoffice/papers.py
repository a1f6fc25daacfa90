"""Ballots from paper, at the desk: entered by one, confirmed by another."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from accounts.permissions import role_required, signed_in_user
from common.refusals import Refusal
from consultations.framing.backoffice.chosen import of_consultation
from consultations.framing.models import Consultation
from consultations.voting.abilities import RUN_VOTES
from consultations.voting.backoffice.forms import PaperForm
from consultations.voting.backoffice.votes import vote_of
from consultations.voting.enums import Electorate
from consultations.voting.models import PaperBallot, Vote
from consultations.voting.selectors.desk import papers_of
from consultations.voting.services.paper import confirm_paper, enter_paper, take_paper_out
from consultations.voting.services.refusals import PaperSentBefore
from consultations.voting.templatetags.voting import grouped_receipt

_TAKEN_OUT = gettext_lazy("The ballot is taken out. If it was not entered twice, enter it again as the paper says.")
_ELSEWHERE = gettext_lazy(
    "Ballot %(receipt)s does not count: its address has voted already, on the site or on paper. It is taken out; write "
    "that on the paper and keep it apart."
)


@role_required(RUN_VOTES)
@of_consultation
def papers(request: HttpRequest, consultation: Consultation, number: int) -> HttpResponse:
    found = vote_of(consultation, number)
    items = [each for each in found.items.all() if each.withdrawn_at is None]
    asked: dict[str, Any] = {"items": items, "by_codes": found.electorate == Electorate.CODES}
    form = PaperForm(request.POST if request.method == "POST" else None, **asked)
    if form.is_valid():
        try:
            made = enter_paper(
                vote=found,
                numbers=[int(each) for each in form.cleaned_data["choices"]],
                by=signed_in_user(request),
                at=timezone.now(),
                code=form.cleaned_data.get("code", ""),
                email=form.cleaned_data.get("email", ""),
                form=form.cleaned_data["form"] or uuid.uuid4(),
            )
        except PaperSentBefore as refusal:
            data = request.POST.copy()
            data["form"] = str(uuid.uuid4())
            form = PaperForm(data, **asked)
            form.add_error(None, str(refusal.message))
        except Refusal as refusal:
            form.add_error(getattr(refusal, "field", "") or "choices", str(refusal.message))
        else:
            said = _("Entered. Write its receipt on the ballot: %(receipt)s. It counts once a colleague confirms it.")
            messages.success(request, said % {"receipt": grouped_receipt(made.receipt)})
            return redirect("desk_vote_papers", consultation.slug, number)
    context = {"consultation": consultation, "vote": found, "form": form, **papers_of(found, timezone.now())}
    return render(request, "voting/backoffice/papers.html", context, status=422 if form.errors else 200)


def _paper_of(found: Vote, pk: int) -> PaperBallot:
    paper = found.paper_ballots.filter(pk=pk).first()
    if paper is None:
        raise Http404
    paper.vote = found
    return paper


@require_POST
@role_required(RUN_VOTES)
@of_consultation
def confirm(request: HttpRequest, consultation: Consultation, number: int, paper: int) -> HttpResponse:
    found = _paper_of(vote_of(consultation, number), paper)
    try:
        counts = confirm_paper(paper=found, by=signed_in_user(request), at=timezone.now())
    except Refusal as refusal:
        messages.warning(request, str(refusal.message))
    else:
        if counts:
            messages.success(request, _("The ballot is confirmed: it counts."))
        else:
            messages.warning(request, _ELSEWHERE % {"receipt": grouped_receipt(found.receipt)})
    return redirect("desk_vote_papers", consultation.slug, number)


@require_POST
@role_required(RUN_VOTES)
@of_consultation
def take_out(request: HttpRequest, consultation: Consultation, number: int, paper: int) -> HttpResponse:
    try:
        take_paper_out(
            paper=_paper_of(vote_of(consultation, number), paper), by=signed_in_user(request), at=timezone.now()
        )
    except Refusal as refusal:
        messages.warning(request, str(refusal.message))
    else:
        messages.success(
            request,
            _TAKEN_OUT,
        )
    return redirect("desk_vote_papers", consultation.slug, number)
