"""Bringing proposals together: choosing, writing, consenting, forming, undoing; and supporters who go along."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.begun import ask_who
from accounts.permissions import is_of_the_team, participant_required, signed_in_user, user_of
from common.differences import difference
from common.limits import limited_by
from common.refusals import Refusal
from common.requests import Request
from consultations.cocreation.enums import Consent
from consultations.cocreation.limits import MERGES
from consultations.cocreation.models import MergeRequest
from consultations.cocreation.resident.forms import ConsentForm, GiveUpForm, MergeTextForm, UndoForm
from consultations.cocreation.selectors.merging import MergePage, merge_page
from consultations.cocreation.services.merging import (
    answer_merge,
    form_collective,
    give_up_merge,
    reword_merge,
    undo_merge,
)
from consultations.framing.context import remember
from consultations.participation.enums import ReactionValue, Status
from consultations.participation.limits import PRESSES, WRITING
from consultations.participation.models import Proposal
from consultations.participation.permissions import may_facilitate
from consultations.participation.resident.acting import attempt, keep_for_later, number_in
from consultations.participation.resident.begun import FollowOne, React
from consultations.participation.resident.gone import gone_is_404
from consultations.participation.services.following import follow
from consultations.participation.services.reactions import react
from consultations.participation.services.refusals import ChangedMeanwhile


def named(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Residents act under a public name; the team acts as the team."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any) -> HttpResponse:
        let_in = view if is_of_the_team(request) else participant_required(view)
        return let_in(request, *args)

    return guarded


# ── Consenting ────────────────────────────────────────────────────────────────


def _concerned(view: Callable[[HttpRequest, MergePage], HttpResponse]) -> Callable[..., HttpResponse]:
    """For those who work on one of its proposals, whoever began it, and facilitators. To others it does not exist."""

    @wraps(view)
    def guarded(request: HttpRequest, pk: int) -> HttpResponse:
        user = user_of(request)
        page = merge_page(pk=pk, user=user, at=timezone.now())
        if page is None:
            raise Http404
        if user is None:
            return ask_who(request, reverse("merge", args=[pk]))
        if not page.is_concerned:
            raise Http404
        return named(view)(request, page)

    return guarded


def _only_sent(view: Callable[[HttpRequest, MergePage], HttpResponse]) -> Callable[..., HttpResponse]:
    """For forms of the page of a merge request: a refusal, loaded again from the address bar, leads back to it."""

    @wraps(view)
    def sent(request: HttpRequest, page: MergePage) -> HttpResponse:
        return view(request, page) if request.method == "POST" else redirect("merge", page.merge_request.pk)

    return _concerned(sent)


@_concerned
def merge(request: HttpRequest, page: MergePage) -> HttpResponse:
    """Who is asked, the text, who agrees; and what this person can do about it."""
    return _page(request, page)


def _page(
    request: HttpRequest,
    page: MergePage,
    *,
    answered: int = 0,
    answer_form: ConsentForm | None = None,
    undo_form: UndoForm | None = None,
    give_up_form: GiveUpForm | None = None,
    notice: str = "",
    status: int = 200,
) -> HttpResponse:
    answers = [
        (
            view,
            answer_form
            if answer_form and view.source.pk == answered
            else ConsentForm(initial={"reason": view.source.reason}, auto_id=f"id_{view.source.pk}_%s"),
        )
        for view in page.mine
        # Whoever began it agrees by writing it, and gives it up rather than disagree.
        if not (view.agrees and page.merge_request.started_by == request.user)
    ]
    may_write = page.is_asking and page.calendar.may_merge
    has_place = (give_up_form and page.leads) or any(view.source.pk == answered for view, _form in answers)
    refused = answer_form or give_up_form
    context = {
        "page": page,
        "merge_request": page.merge_request,
        "facilitates": may_facilitate(user=signed_in_user(request)),
        "challenge": page.merge_request.challenge,
        "calendar": page.calendar,
        "answers": answers,
        "undo_form": undo_form or UndoForm(auto_id="id_undo_%s"),
        "give_up_form": give_up_form or GiveUpForm(auto_id="id_give_up_%s"),
        "notice": notice,
        # A reason whose form is not on the page any more.
        "kept": "" if refused is None or (may_write and has_place) else refused["reason"].value() or "",
    }
    remember(request, page.merge_request.challenge.consultation)
    return render(request, "cocreation/resident/merge.html", context, status=status)


def _now(request: HttpRequest, page: MergePage) -> MergePage:
    """As it is by now: what was refused had changed meanwhile."""
    return merge_page(pk=page.merge_request.pk, user=signed_in_user(request), at=timezone.now()) or page


@limited_by(WRITING)
@_only_sent
def answer(request: HttpRequest, page: MergePage) -> HttpResponse:
    """Agree or not, for one of one's own proposals, to the text that the page showed."""
    key = number_in(request, "source")
    view = next((each for each in page.sources if each.source.pk == key and each.is_mine), None)
    if view is None:
        raise Http404
    form = ConsentForm(request.POST, auto_id=f"id_{key}_%s")
    if not form.is_valid():
        return _page(request, page, answered=key, answer_form=form, status=422)
    agrees = form.cleaned_data["answer"] == Consent.AGREED
    try:
        answer_merge(
            source=view.source,
            actor=signed_in_user(request),
            agrees=agrees,
            reason=form.cleaned_data["reason"],
            revision=number_in(request, "revision"),
            at=timezone.now(),
        )
    except Proposal.DoesNotExist:
        notice = _("Your proposal can no longer be brought together.")
        return _page(request, _now(request, page), answered=key, answer_form=form, notice=notice, status=409)
    except Refusal as refusal:
        return _page(request, _now(request, page), answered=key, answer_form=form, **refusal.answer)
    messages.success(request, _("Thank you, you agree.") if agrees else _("Your answer is noted, with its reason."))
    return redirect("merge", page.merge_request.pk)


@limited_by(MERGES)
@_concerned
def reword(request: HttpRequest, page: MergePage) -> HttpResponse:
    """Change the common text. Where another saved meanwhile, both are shown and nothing is overwritten."""
    merge_request = page.merge_request
    if not page.leads:
        raise Http404
    if not page.is_asking and request.method != "POST":
        return redirect("merge", merge_request.pk)
    form = MergeTextForm(request.POST or None, initial=merge_request.texts)
    if request.method != "POST":
        return _reword_page(request, page, form)
    if not form.is_valid():
        return _reword_page(request, page, form, revision=number_in(request, "revision"), status=422)
    try:
        reword_merge(
            merge_request=merge_request,
            actor=signed_in_user(request),
            revision=number_in(request, "revision"),
            at=timezone.now(),
            **form.cleaned_data,
        )
    except ChangedMeanwhile:
        page = _now(request, page)
        return _reword_page(request, page, form, conflict=_conflict(page.merge_request, form), status=409)
    except Refusal as refusal:
        return _reword_page(request, page, form, **refusal.answer)
    messages.success(request, _("The text is saved. The other authors are asked again."))
    return redirect("merge", merge_request.pk)


def _reword_page(
    request: HttpRequest,
    page: MergePage,
    form: MergeTextForm,
    *,
    revision: int | None = None,
    conflict: list[Any] | None = None,
    notice: str = "",
    status: int = 200,
) -> HttpResponse:
    context = {
        "page": page,
        "merge_request": page.merge_request,
        "challenge": page.merge_request.challenge,
        "calendar": page.calendar,
        "sources": [view.proposal for view in page.sources if view.joins],
        "form": form,
        # The one that was read; after a conflict that of the text shown beside, so that saving once more is a choice.
        "revision": page.merge_request.revision if revision is None else revision,
        "conflict": conflict,
        "notice": notice,
    }
    remember(request, page.merge_request.challenge.consultation)
    return render(request, "cocreation/resident/merge_reword.html", context, status=status)


def _conflict(merge_request: MergeRequest, form: MergeTextForm) -> list[Any]:
    return [
        (form[name].label, difference(now, typed))
        for name, typed in form.cleaned_data.items()
        if (now := getattr(merge_request, name)) != typed
    ]


# ── Settling ──────────────────────────────────────────────────────────────────


@_only_sent
def form(request: HttpRequest, page: MergePage) -> HttpResponse:
    """Publish the collective proposal of those who agree, as the page named them."""
    if not page.leads:
        raise Http404
    try:
        proposal = form_collective(
            merge_request=page.merge_request,
            actor=signed_in_user(request),
            revision=number_in(request, "revision"),
            source_ids=[
                view.source.pk for view in page.sources if str(view.source.pk) in request.POST.getlist("source")
            ],
            at=timezone.now(),
        )
    except Refusal as refusal:
        return _page(request, _now(request, page), **refusal.answer)
    messages.success(request, _("The collective proposal is published. All its authors are named."))
    return redirect(proposal)


@limited_by(WRITING)
@_only_sent
def give_up(request: HttpRequest, page: MergePage) -> HttpResponse:
    form = GiveUpForm(request.POST, auto_id="id_give_up_%s")
    said = _("It is given up. The proposals stay as they are.")
    return _end(request, page, form, give_up_merge, said=said, give_up_form=form)


@limited_by(WRITING)
@_only_sent
def undo(request: HttpRequest, page: MergePage) -> HttpResponse:
    """Take the collective proposal apart; the reason is public."""
    form = UndoForm(request.POST, auto_id="id_undo_%s")
    return _end(
        request, page, form, undo_merge, said=_("It is undone. Each proposal is on its own again."), undo_form=form
    )


def _end(
    request: HttpRequest,
    page: MergePage,
    form: GiveUpForm | UndoForm,
    end: Callable[..., MergeRequest],
    *,
    said: str,
    **shown: Any,
) -> HttpResponse:
    """`shown`: the form under its name, where it must be mended or has come too late."""
    if not page.leads:
        raise Http404
    refused = attempt(form, end, merge_request=page.merge_request, actor=signed_in_user(request))
    if refused is not None:
        return _page(request, _now(request, page), **shown, **refused)
    messages.success(request, said)
    return redirect("merge", page.merge_request.pk)


# ── Supporters who go along ───────────────────────────────────────────────────


@limited_by(PRESSES)
@require_POST
@gone_is_404
def join(request: Request, pk: int, slug: str) -> HttpResponse:
    """From a proposal that is now part of a collective one: support that one too, or follow it. Never by itself."""
    source = Proposal.objects.published().select_related("merged_into").get(pk=pk)
    collective = source.merged_into
    if collective is None or collective.status != Status.PUBLISHED:
        messages.warning(request, _("This proposal is on its own again: you can react to it here."))
        return redirect(source)
    follows = request.POST.get("do") == "follow"
    user = user_of(request)
    if user is None or not user.public_name:
        if follows:
            return keep_for_later(request, FollowOne(proposal=collective.pk))
        like = React(proposal=collective.pk, value=ReactionValue.LIKE.value, seen_version=collective.version)
        return keep_for_later(request, like)
    if follows:
        follow(user=user, at=timezone.now(), proposal=collective)
        messages.success(request, _("You follow the collective proposal: we tell you what becomes of it."))
        return redirect(source)
    try:
        react(proposal=collective, user=user, value=ReactionValue.LIKE, at=timezone.now())
    except Refusal as refusal:
        messages.warning(request, str(refusal.message))
        return redirect(source)
    messages.success(request, _("Your support for the collective proposal is counted. You can read it here."))
    return redirect(collective)
