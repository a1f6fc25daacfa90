"""Reacting and arguing. What a visitor does before signing in is kept, and done once they are in (begun.py)."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from django_htmx.http import HttpResponseClientRedirect

from accounts.begun import PendingAction, TooMuchBegun, keep
from accounts.permissions import signed_in_user
from common.limits import TooMany, consume, key_of, limited_by
from common.refusals import Answer, Refusal
from common.requests import Request
from common.text import whole_number, with_link
from consultations.participation.limits import PRESSES, WRITING
from consultations.participation.nudges import nudges_for
from consultations.participation.resident.begun import (
    Argue,
    React,
    Withdraw,
    after_press,
    argument_published,
    published,
)
from consultations.participation.resident.forms import ArgumentForm, ReactionForm
from consultations.participation.resident.gone import given_back, gone_is_404, typed_in, typed_is_kept
from consultations.participation.resident.reading import reaction_response, stands_here
from consultations.participation.services import arguments, reactions
from consultations.participation.services.reactions import withdraw_reaction
from consultations.participation.services.refusals import TextRenewed


@limited_by(PRESSES)
@require_POST
@gone_is_404
def react(request: Request, pk: int, slug: str) -> HttpResponse:
    """Count the reaction and open the composer in its place; or take the reaction back."""
    proposal = published(pk)
    withdraws = "withdraw" in request.POST
    form = ReactionForm(request.POST)
    if not withdraws and not form.is_valid():
        return reaction_response(request, proposal, notice=_("Choose one of the three answers."), status=422)
    value, seen = "" if withdraws else form.cleaned_data["reaction"], number_in(request, "version")
    if not can_act(request):
        begun = Withdraw(proposal=pk) if withdraws else React(proposal=pk, value=value, seen_version=seen)
        return keep_for_later(request, begun)
    user = signed_in_user(request)
    try:
        if withdraws:
            withdraw_reaction(proposal=proposal, user=user, at=timezone.now())
        else:
            stands_here(
                request,
                reactions.react(proposal=proposal, user=user, value=value, seen_version=seen, at=timezone.now()),
            )
    except TextRenewed as refusal:
        return reaction_response(request, proposal, notice=str(refusal.message), unseen=seen, status=409)
    except Refusal as refusal:
        return reaction_response(request, proposal, **refusal.answer)
    said = "withdrawn" if withdraws else "counted"
    if request.htmx:
        return reaction_response(request, proposal, said=said)
    return redirect(after_press(proposal, "retire" if withdraws else "argumenter", at=timezone.now()))


@require_POST
@typed_is_kept
def argue(request: Request, pk: int, slug: str) -> HttpResponse:
    """Publish an argument; whatever goes wrong, the words stay in the page."""
    proposal = published(pk)
    form = ArgumentForm(request.POST)
    if not form.is_valid():
        return reaction_response(request, proposal, form=form, compose=True, status=422)
    said = {**form.cleaned_data, "seen_version": number_in(request, "version")}
    if not can_act(request):
        return keep_for_later(request, Argue(proposal=pk, **said))
    if notice := writing_too_fast(request):
        return reaction_response(request, proposal, form=form, compose=True, notice=notice, status=409)
    try:
        argument = arguments.argue(proposal=proposal, author=signed_in_user(request), at=timezone.now(), **said)
    except Refusal as refusal:
        return reaction_response(request, proposal, form=form, compose=True, **refusal.answer)
    said_of_it = argument_published(argument)
    shown = said_of_it if argument.is_held else with_link(said_of_it, argument.get_absolute_url())
    messages.success(request, shown)
    for nudge in nudges_for(argument.text):
        messages.warning(request, str(nudge.message))
    return go_to(request, f"{proposal.get_absolute_url()}#argument-{argument.pk}")


# ── What they share ──────────────────────────────────────────────────────────


def attempt(form: forms.Form, do: Callable[..., object], **named: Any) -> Answer | None:
    """Do it with what the form holds. None: it is done; else how the page answers: to be filled in, or refused."""
    if not form.is_valid():
        return {"notice": "", "status": 422 if form.is_bound else 200}
    try:
        do(at=timezone.now(), **named, **form.cleaned_data)
    except Refusal as refusal:
        return refusal.answer
    return None


def can_act(request: HttpRequest) -> bool:
    return request.user.is_authenticated and bool(signed_in_user(request).public_name)


def writing_too_fast(request: HttpRequest) -> str:
    """Count one writing; what to say to whoever writes faster than anybody thinks, else nothing.

    Not in the service: the rollback of a refusal would take the count back, and refusals would be free; what is done
    for somebody after they signed in was counted when they pressed.
    """
    try:
        consume(WRITING, key=key_of(request))
    except TooMany as refusal:
        return kept_in_page(refusal)
    return ""


def kept_in_page(refusal: TooMany) -> str:
    return _("%(why)s Your text is kept in the page.") % {"why": refusal.message}


def number_in(request: HttpRequest, name: str) -> int:
    """A number that a form of ours carries; 0, which nothing ever had, where somebody tampered with it."""
    return whole_number(request.POST.get(name, ""))


def go_to(request: Request, target: str) -> HttpResponse:
    return HttpResponseClientRedirect(target) if request.htmx else redirect(target)


def keep_for_later(request: Request, begun: PendingAction) -> HttpResponse:
    """Remember what a visitor wanted to do, and ask who they are. Where no more may wait, their words are shown."""
    try:
        keep(request, begun)
    except TooMuchBegun:
        return given_back(request, typed_in(request), why=str(TooMuchBegun.message))
    return go_to(request, reverse("welcome") if request.user.is_authenticated else reverse("sign_in"))
