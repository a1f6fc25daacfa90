"""Reacting and arguing. What a visitor does before signing in is kept, and done once they are in."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST
from django_htmx.http import HttpResponseClientRedirect

from accounts.models import User
from accounts.permissions import signed_in_user
from consultations.framing.permissions import city_visible
from consultations.participation import services
from consultations.participation.models import Draft, Proposal
from consultations.participation.resident.forms import ArgumentForm, ReactionForm
from consultations.participation.resident.reading import reaction_response


@require_POST
@city_visible
def react(request: HttpRequest, pk: int, slug: str) -> HttpResponse:
    """Count the reaction and open the composer in its place."""
    proposal = _published(pk)
    form = ReactionForm(request.POST)
    if not form.is_valid():
        return reaction_response(request, pk=pk, notice=_("Choose one of the three answers."), status=422)
    value = form.cleaned_data["reaction"]
    if not _can_act(request):
        return keep_for_later(request, {"do": "react", "proposal": pk, "value": value})
    try:
        services.react(proposal=proposal, user=signed_in_user(request), value=value, at=timezone.now())
    except services.Refused as refusal:
        return reaction_response(request, pk=pk, notice=str(refusal.message), status=409)
    if request.htmx:  # type: ignore[attr-defined]
        return reaction_response(request, pk=pk, compose=True)
    return redirect(f"{proposal.get_absolute_url()}?argumenter#argumenter")


@require_POST
@city_visible
def argue(request: HttpRequest, pk: int, slug: str) -> HttpResponse:
    """Publish an argument; whatever goes wrong, the words stay in the page."""
    proposal = _published(pk)
    form = ArgumentForm(request.POST)
    if not form.is_valid():
        return reaction_response(request, pk=pk, form=form, compose=True, status=422)
    if not _can_act(request):
        return keep_for_later(request, {"do": "argue", "proposal": pk, **form.cleaned_data})
    try:
        argument = services.argue(
            proposal=proposal, author=signed_in_user(request), at=timezone.now(), **form.cleaned_data
        )
    except services.Refused as refusal:
        return reaction_response(request, pk=pk, form=form, compose=True, notice=str(refusal.message), status=409)
    messages.success(request, _("Your argument is published."))
    target = f"{proposal.get_absolute_url()}#argument-{argument.pk}"
    return HttpResponseClientRedirect(target) if request.htmx else redirect(target)  # type: ignore[attr-defined]


def keep_for_later(request: HttpRequest, deed: dict[str, Any]) -> HttpResponse:
    """Remember what a visitor wanted to do, and ask who they are. At most ten things: a session is not a store."""
    pending = [kept for kept in request.session.get("pending", []) if kept != deed]
    request.session["pending"] = [*pending, deed][-10:]
    request.session["after_sign_in"] = reverse("resume")
    target = reverse("welcome") if request.user.is_authenticated else reverse("sign_in")
    return HttpResponseClientRedirect(target) if request.htmx else redirect(target)  # type: ignore[attr-defined]


@never_cache
@city_visible
def resume(request: HttpRequest) -> HttpResponse:
    """Do what was kept before signing in, then show it. Done once: it leaves the session first."""
    if not _can_act(request):
        return redirect("signed_in" if request.user.is_authenticated else "sign_in")
    user = signed_in_user(request)
    target: Any = "home"
    for deed in request.session.pop("pending", []):
        try:
            target = _do(deed, user) or target
        except services.Refused as refusal:
            messages.warning(request, str(refusal.message))
            target = _place(deed) or target
    return redirect(target)


def _do(deed: dict[str, Any], user: User) -> str | None:
    now = timezone.now()
    deed = dict(deed)
    kind = deed.pop("do")
    if kind == "publish":
        draft = Draft.objects.filter(pk=deed["draft"]).first()
        return services.submit_proposal(draft=draft, author=user, at=now).get_absolute_url() if draft else None
    proposal = Proposal.objects.published().filter(pk=deed.pop("proposal")).first()
    if proposal is None:
        return None
    if kind == "react":
        services.react(proposal=proposal, user=user, value=deed["value"], at=now)
        return f"{proposal.get_absolute_url()}?argumenter#argumenter"
    argument = services.argue(proposal=proposal, author=user, at=now, **deed)
    return f"{proposal.get_absolute_url()}#argument-{argument.pk}"


def _place(deed: dict[str, Any]) -> str | None:
    if deed["do"] == "publish":
        return reverse("draft_review", args=[deed["draft"]])
    return reverse("proposal_short", args=[deed["proposal"]])


def _can_act(request: HttpRequest) -> bool:
    return request.user.is_authenticated and bool(signed_in_user(request).public_name)


def _published(pk: int) -> Proposal:
    proposal = Proposal.objects.published().select_related("challenge").filter(pk=pk).first()
    if proposal is None:
        raise Http404
    return proposal
