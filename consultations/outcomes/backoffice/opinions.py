"""The page of whoever is asked for an opinion: the proposals on which they are, and nothing else."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.permissions import Asks, role_required, signed_in_user
from common.meanwhile import ChangedMeanwhile, sent_again, theirs_beside
from common.refusals import Refusal
from common.requests import Request
from consultations.outcomes.abilities import GIVE_OPINION
from consultations.outcomes.backoffice.forms import OpinionForm
from consultations.outcomes.backoffice.listing import say_at
from consultations.outcomes.enums import AnswerState
from consultations.outcomes.euros import AmountRefused
from consultations.outcomes.models import Opinion
from consultations.outcomes.selectors.opinions import asked_along, awaited_from, given_by, opinion_of
from consultations.outcomes.services.opinions import give_opinion


@role_required(GIVE_OPINION, second_factor=Asks.NEVER)
def opinions(request: Request) -> HttpResponse:
    user = signed_in_user(request)
    context = {"awaited": list(awaited_from(user)), "given": given_by(user), "today": timezone.localdate()}
    return render(request, "outcomes/backoffice/opinions.html", context)


@role_required(GIVE_OPINION, second_factor=Asks.NEVER)
def opinion(request: Request, pk: int) -> HttpResponse:
    """Somebody else's, one that is no longer asked for, and one on what is hidden are no page."""
    user = signed_in_user(request)
    found = opinion_of(user, pk)
    if found is None:
        raise Http404
    if request.method != "POST":
        return _page(request, found, _form(found))
    form = OpinionForm(request.POST)
    if not form.is_valid():
        return _page(request, found, form, status=422)
    said = dict(form.cleaned_data)
    said |= {"revision": said["revision"] or 0, "seen": said.pop("version")}
    try:
        give_opinion(opinion=found, actor=user, at=timezone.now(), **said)
    except ChangedMeanwhile as refusal:
        return _again(request, found, form, refusal.now)
    except Refusal as refusal:
        say_at(form, refusal, {AmountRefused: "cost"}, otherwise="words")
        return _page(request, found, form, status=refusal.status)
    messages.success(
        request, _("Thank you: the team has your opinion on “%(title)s”.") % {"title": found.answer.proposal.title}
    )
    return redirect("opinions")


def _form(found: Opinion) -> OpinionForm:
    names = ("stance", "words", "cost", "revision")
    return OpinionForm(initial={name: getattr(found, name) for name in names})


def _again(request: Request, found: Opinion, form: OpinionForm, now: Opinion) -> HttpResponse:
    """Said otherwise in another window."""
    theirs = theirs_beside(form, {name: getattr(now, name) for name in ("stance", "words", "cost")})
    again = OpinionForm(sent_again(request, now.revision))
    return _page(request, found, again, conflict={"who": "", "fields": theirs}, status=409)


def _page(request: Request, found: Opinion, form: OpinionForm, *, status: int = 200, **more: object) -> HttpResponse:
    context = {
        "opinion": found,
        "proposal": found.answer.proposal,
        "form": form,
        "along": asked_along(found, signed_in_user(request)),
        "is_open": found.answer.state == AnswerState.WRITING,
        **more,
    }
    return render(request, "outcomes/backoffice/opinion.html", context, status=status)
