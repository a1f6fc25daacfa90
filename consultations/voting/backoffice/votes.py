"""The desk's votes: prepared, announced, followed."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from accounts.abilities import may
from accounts.permissions import role_required, signed_in_user
from common.meanwhile import ChangedMeanwhile, sent_again, theirs_beside
from common.refusals import Refusal
from common.sheets import csv_response
from common.templatetags.ui import figure
from consultations.framing.backoffice.chosen import in_archives_too, of_consultation
from consultations.framing.models import Consultation
from consultations.outcomes.abilities import PREPARE_ANSWERS
from consultations.voting.abilities import RUN_VOTES, SEE_VOTES
from consultations.voting.backoffice.forms import CodesForm, VoteForm, field_of
from consultations.voting.models import Vote
from consultations.voting.rules import are_enough
from consultations.voting.selectors.desk import desk_vote, is_alone, votes_of, who_voted
from consultations.voting.services.codes import make_codes
from consultations.voting.services.outcome import Prepared, prepare_outcome
from consultations.voting.services.refusals import RuleStands
from consultations.voting.services.setting import announce_vote, change_vote, create_vote, discard_vote

_FIELDS = (
    "title",
    "introduction",
    "method",
    "budget",
    "least",
    "most",
    "seats",
    "electorate",
    "neighbourhood",
    "opens_at",
    "closes_at",
)
_A_PAGE = 100


def vote_of(consultation: Consultation, number: int) -> Vote:
    found = consultation.votes.filter(number=number).first()
    if found is None:
        raise Http404
    found.consultation = consultation
    return found


@require_safe
@role_required(SEE_VOTES)
@of_consultation
def votes(request: HttpRequest, consultation: Consultation) -> HttpResponse:
    at = timezone.now()
    context = {
        "consultation": consultation,
        "rows": [(each, each.state(at)) for each in votes_of(consultation)],
        "may_run": may(request.user, RUN_VOTES) and not consultation.is_archived,
    }
    return render(request, "voting/backoffice/votes.html", context)


@role_required(RUN_VOTES)
@of_consultation
def new(request: HttpRequest, consultation: Consultation) -> HttpResponse:
    at = timezone.now()
    form = VoteForm(request.POST if request.method == "POST" else None, consultation=consultation, at=at)
    if form.is_valid():
        given = {name: form.cleaned_data[name] for name in _FIELDS if name in form.cleaned_data}
        try:
            made = create_vote(consultation=consultation, by=signed_in_user(request), at=at, **given)
        except Refusal as refusal:
            _beside(form, refusal)
        else:
            messages.success(request, _("The vote is prepared. Put projects to it, then announce it."))
            return redirect("desk_vote", consultation.slug, made.number)
    return _form_page(request, consultation, form)


def _beside(form: VoteForm, refusal: Refusal) -> None:
    form.add_error(field_of(refusal) or None, str(refusal.message))


def stands_page(request: HttpRequest, found: Vote, at: datetime) -> HttpResponse | None:
    """In place of a form, once nothing can be changed any more. What was typed already is shown with the refusal."""
    if request.method != "POST" and found.is_set(at):
        return vote_page(request, found, **RuleStands().answer)
    return None


def _form_page(
    request: HttpRequest, consultation: Consultation, form: VoteForm, *, found: Vote | None = None, conflict: Any = None
) -> HttpResponse:
    context = {"consultation": consultation, "form": form, "vote": found, "conflict": conflict}
    status = 409 if conflict else 422 if form.errors else 200
    return render(request, "voting/backoffice/vote_edit.html", context, status=status)


@role_required(RUN_VOTES)
@of_consultation
def edit(request: HttpRequest, consultation: Consultation, number: int) -> HttpResponse:
    """Until it opens. Saved by somebody else meanwhile, their text stands beside what was typed."""
    found, at = vote_of(consultation, number), timezone.now()
    if stands := stands_page(request, found, at):
        return stands
    asked: dict[str, Any] = {"consultation": consultation, "at": at, "place": found.neighbourhood}
    if request.method != "POST":
        form = VoteForm(initial={name: getattr(found, name) for name in (*_FIELDS, "revision")}, **asked)
        return _form_page(request, consultation, form, found=found)
    form = VoteForm(request.POST, **asked)
    if found.is_set(at):
        form.errors.clear()
        _beside(form, RuleStands())
    if not form.is_valid():
        return _form_page(request, consultation, form, found=found)
    given, conflict = {name: form.cleaned_data[name] for name in _FIELDS if name in form.cleaned_data}, None
    try:
        change_vote(
            vote=found,
            revision=form.cleaned_data["revision"],
            by=signed_in_user(request),
            at=at,
            **given,
        )
    except ChangedMeanwhile as meanwhile:
        form = VoteForm(sent_again(request, meanwhile.now.revision), **asked)
        form.is_valid()
        conflict = {"fields": theirs_beside(form, {name: getattr(meanwhile.now, name) for name in _FIELDS})}
    except Refusal as refusal:
        _beside(form, refusal)
    else:
        messages.success(request, _("The vote is changed."))
        return redirect("desk_vote", consultation.slug, number)
    return _form_page(request, consultation, form, found=found, conflict=conflict)


@require_safe
@role_required(SEE_VOTES)
@of_consultation
@in_archives_too
def vote(request: HttpRequest, consultation: Consultation, number: int) -> HttpResponse:
    """Everything about one: what is set, what is put to it, who may do what next."""
    return vote_page(request, vote_of(consultation, number))


def vote_page(
    request: HttpRequest, found: Vote, *, notice: str = "", form: CodesForm | None = None, status: int = 200
) -> HttpResponse:
    page = desk_vote(found, at=timezone.now())
    context = {
        "consultation": found.consultation,
        "page": page,
        "may_run": may(request.user, RUN_VOTES) and not found.consultation.is_archived,
        "may_answer": may(request.user, PREPARE_ANSWERS) and not found.consultation.is_archived,
        "notice": notice,
        "is_alone": found.closed_at is None and is_alone(),
        "codes_form": form or CodesForm(there=page.codes),
    }
    return render(request, "voting/backoffice/vote.html", context, status=status)


@require_POST
@role_required(RUN_VOTES)
@of_consultation
def announce(request: HttpRequest, consultation: Consultation, number: int) -> HttpResponse:
    found = vote_of(consultation, number)
    try:
        announce_vote(vote=found, by=signed_in_user(request), at=timezone.now())
    except Refusal as refusal:
        return vote_page(request, found, **refusal.answer)
    messages.success(request, _("The vote is announced: everybody sees it, and it opens and closes by itself."))
    return redirect("desk_vote", consultation.slug, number)


@require_POST
@role_required(RUN_VOTES)
@of_consultation
def discard(request: HttpRequest, consultation: Consultation, number: int) -> HttpResponse:
    found = vote_of(consultation, number)
    try:
        discard_vote(vote=found, by=signed_in_user(request), at=timezone.now())
    except Refusal as refusal:
        return vote_page(request, found, **refusal.answer)
    messages.success(request, _("The vote is deleted. Nobody had voted."))
    return redirect("desk_votes", consultation.slug)


@require_POST
@role_required(RUN_VOTES)
@of_consultation
def codes(request: HttpRequest, consultation: Consultation, number: int) -> HttpResponse:
    """A file for whoever prints the letters: this once, for nothing but hashes is kept."""
    found = vote_of(consultation, number)
    there = found.codes.count()
    form = CodesForm(request.POST, there=there)
    if form.is_valid():
        try:
            made = make_codes(
                vote=found,
                amount=form.cleaned_data["amount"],
                by=signed_in_user(request),
                at=timezone.now(),
                known=form.cleaned_data["revision"],
                instead=form.cleaned_data.get("instead", False),
            )
        except Refusal as refusal:
            form = CodesForm({**request.POST.dict(), "revision": there}, there=there)
            form.add_error("amount", str(refusal.message))
        else:
            rows = ([place, code] for place, code in enumerate(made, start=1))
            return csv_response(f"codes-vote-{number}.csv", [_("Letter"), _("Code")], rows)
    return vote_page(request, found, form=form, status=422)


@require_POST
@role_required(PREPARE_ANSWERS)
@of_consultation
def answers(request: HttpRequest, consultation: Consultation, number: int) -> HttpResponse:
    """From a result to drafts of answers and to projects: what somebody has begun stays theirs."""
    found = vote_of(consultation, number)
    try:
        made = prepare_outcome(vote=found, actor=signed_in_user(request), at=timezone.now())
    except Refusal as refusal:
        return vote_page(request, found, **refusal.answer)
    if made.otherwise:
        told = _("Decided otherwise than this vote, and left as they are: %(titles)s")
        titles = ", ".join(_("“%(title)s”") % {"title": each} for each in made.otherwise)
        messages.warning(request, told % {"titles": titles})
    if not (made.answers or made.projects):
        told = _("Nothing to prepare: answers are begun already, from this vote or otherwise, and stay as they are.")
        messages.info(request, told)
        return redirect("desk_vote", consultation.slug, number)
    messages.success(request, _told(made))
    return redirect("desk_answers", consultation.slug)


def _told(made: Prepared) -> str:
    words = []
    if made.answers:
        told = ngettext(
            "The draft of %(count)s answer is prepared.", "The drafts of %(count)s answers are prepared.", made.answers
        )
        words.append(told % {"count": figure(made.answers)})
    if made.projects:
        told = ngettext("%(count)s project is prepared.", "%(count)s projects are prepared.", made.projects)
        words.append(told % {"count": figure(made.projects)})
    words.append(_("Read the answers, have them signed, then publish the projects."))
    return " ".join(words)


@require_safe
@role_required(RUN_VOTES)
@of_consultation
def voters(request: HttpRequest, consultation: Consultation, number: int) -> HttpResponse:
    """Who voted, by public name. What they chose stands nowhere."""
    found = vote_of(consultation, number)
    page = Paginator(who_voted(found), _A_PAGE).get_page(request.GET.get("page"))
    people = found.voters.filter(has_voted=True).count()
    context = {"consultation": consultation, "vote": found, "page_obj": page, "people": people}
    context["are_few"] = not are_enough(people)
    context["unnamed"] = 0 if context["are_few"] else people - page.paginator.count
    return render(request, "voting/backoffice/voters.html", context)
