"""Reacting and arguing. What a visitor does before signing in is kept, and done once they are in."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.core import ratelimit
from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist
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
from consultations.framing.models import Challenge
from consultations.framing.permissions import city_visible
from consultations.framing.selectors import calendar_of
from consultations.participation import services
from consultations.participation.models import Argument, Draft, Proposal
from consultations.participation.nudges import nudges_for
from consultations.participation.resident.forms import ArgumentForm, ReactionForm
from consultations.participation.resident.reading import reaction_response

View = Callable[..., HttpResponse]


def gone_is_404(view: View) -> View:
    """What was hidden between the page and the press does not exist any more."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except ObjectDoesNotExist as gone:
            raise Http404 from gone

    return guarded


@require_POST
@city_visible
@gone_is_404
def react(request: HttpRequest, pk: int, slug: str) -> HttpResponse:
    """Count the reaction and open the composer in its place; or take the reaction back."""
    proposal = published(pk)
    withdraws = "withdraw" in request.POST
    form = ReactionForm(request.POST)
    if not withdraws and not form.is_valid():
        return reaction_response(request, pk=pk, notice=_("Choose one of the three answers."), status=422)
    value = "" if withdraws else form.cleaned_data["reaction"]
    if not can_act(request):
        return keep_for_later(request, {"do": "withdraw" if withdraws else "react", "proposal": pk, "value": value})
    user = signed_in_user(request)
    try:
        if withdraws:
            services.withdraw_reaction(proposal=proposal, user=user, at=timezone.now())
        else:
            services.react(proposal=proposal, user=user, value=value, at=timezone.now())
    except services.Refused as refusal:
        return reaction_response(request, pk=pk, notice=str(refusal.message), status=409)
    said = "withdrawn" if withdraws else "counted"
    if request.htmx:  # type: ignore[attr-defined]
        return reaction_response(request, pk=pk, said=said)
    return redirect(_after(proposal, "retire" if withdraws else "argumenter"))


@require_POST
@city_visible
@gone_is_404
def argue(request: HttpRequest, pk: int, slug: str) -> HttpResponse:
    """Publish an argument; whatever goes wrong, the words stay in the page."""
    proposal = published(pk)
    form = ArgumentForm(request.POST)
    if not form.is_valid():
        return reaction_response(request, pk=pk, form=form, compose=True, status=422)
    if not can_act(request):
        return keep_for_later(request, {"do": "argue", "proposal": pk, **form.cleaned_data})
    if not writes_calmly(request):
        return reaction_response(request, pk=pk, form=form, compose=True, notice=too_fast(), status=409)
    try:
        argument = services.argue(
            proposal=proposal, author=signed_in_user(request), at=timezone.now(), **form.cleaned_data
        )
    except services.Refused as refusal:
        return reaction_response(request, pk=pk, form=form, compose=True, notice=str(refusal.message), status=409)
    messages.success(request, _("Your argument is published. You can mend it for fifteen minutes."))
    for nudge in nudges_for(argument.text):
        messages.warning(request, str(nudge.message))
    return go_to(request, f"{proposal.get_absolute_url()}#argument-{argument.pk}")


# ── What they share ──────────────────────────────────────────────────────────


def published(pk: int) -> Proposal:
    return Proposal.objects.published().select_related("challenge__consultation").get(pk=pk)


def _after(proposal: Proposal, what: str) -> str:
    """Where a page that is loaded anew says what came of a press: the composer, where there is one."""
    may_argue = calendar_of(proposal.challenge.consultation, at=timezone.now()).may_argue
    place = "argumenter" if what == "argumenter" and may_argue else "reaction"
    return f"{proposal.get_absolute_url()}?{what}#{place}"


def can_act(request: HttpRequest) -> bool:
    return request.user.is_authenticated and bool(signed_in_user(request).public_name)


def writes_calmly(request: HttpRequest) -> bool:
    """Counts one writing; False for who writes faster than anybody thinks (settings: ACCOUNT_RATE_LIMITS)."""
    return ratelimit.consume(request, action="write", key=str(request.user.pk))


def too_fast() -> str:
    return _("That is a lot at once. Your text is kept in the page: send it again in a minute.")


def go_to(request: HttpRequest, target: str) -> HttpResponse:
    return HttpResponseClientRedirect(target) if request.htmx else redirect(target)  # type: ignore[attr-defined]


# ── Before and after signing in ──────────────────────────────────────────────


def keep_for_later(request: HttpRequest, deed: dict[str, Any]) -> HttpResponse:
    """Remember what a visitor wanted to do, and ask who they are. At most ten things: a session is not a store."""
    pending = [kept for kept in request.session.get("pending", []) if kept != deed]
    request.session["pending"] = [*pending, deed][-10:]
    request.session["after_sign_in"] = reverse("resume")
    return go_to(request, reverse("welcome") if request.user.is_authenticated else reverse("sign_in"))


@never_cache
@city_visible
def resume(request: HttpRequest) -> HttpResponse:
    """Do what was kept before signing in, then show it. Done once: it leaves the session first."""
    if not can_act(request):
        return redirect("signed_in" if request.user.is_authenticated else "sign_in")
    user = signed_in_user(request)
    target: Any = "home"
    for deed in request.session.pop("pending", []):
        try:
            target = _do(deed, user) or target
        except services.Refused as refusal:
            messages.warning(request, _refusal(refusal, deed))
            target = _place(deed) or target
    return redirect(target)


def _do(deed: dict[str, Any], user: User) -> str | None:
    """Where to see what was done; None where its object is not there any more."""
    deed = dict(deed)
    kind = deed.pop("do")
    try:
        if kind == "publish":
            draft = Draft.objects.filter(pk=deed["draft"]).first()
            if draft is None:
                return None
            return services.submit_proposal(draft=draft, author=user, at=timezone.now()).get_absolute_url()
        if kind == "follow":
            return _follow(deed, user)
        if "argument" in deed:
            return _do_to_argument(
                kind, Argument.objects.select_related("proposal").get(pk=deed["argument"]), deed, user
            )
        return _do_to_proposal(kind, published(deed.pop("proposal")), deed, user)
    except ObjectDoesNotExist:
        return None


def _follow(deed: dict[str, Any], user: User) -> str:
    if "challenge" in deed:
        challenge = Challenge.objects.get(pk=deed["challenge"])
        services.follow(user=user, challenge=challenge, at=timezone.now())
        return f"{challenge.get_absolute_url()}#suivre"
    proposal = published(deed["proposal"])
    services.follow(user=user, proposal=proposal, at=timezone.now())
    return f"{proposal.get_absolute_url()}#suivre"


def _do_to_proposal(kind: str, proposal: Proposal, deed: dict[str, Any], user: User) -> str:
    now = timezone.now()
    if kind == "react":
        services.react(proposal=proposal, user=user, value=deed["value"], at=now)
        return _after(proposal, "argumenter")
    if kind == "withdraw":
        services.withdraw_reaction(proposal=proposal, user=user, at=now)
        return _after(proposal, "retire")
    argument = services.argue(proposal=proposal, author=user, at=now, **deed)
    return f"{proposal.get_absolute_url()}#argument-{argument.pk}"


def _do_to_argument(kind: str, argument: Argument, deed: dict[str, Any], user: User) -> str:
    if kind == "useful":
        services.mark_useful(argument=argument, user=user, useful=deed["useful"], at=timezone.now())
    else:
        services.reply(argument=argument, author=user, text=deed["text"], at=timezone.now())
    return f"{argument.get_absolute_url()}#argument-{argument.pk}"


def _place(deed: dict[str, Any]) -> str | None:
    if deed["do"] == "publish":
        return reverse("draft_review", args=[deed["draft"]])
    return reverse("proposal_short", args=[deed["proposal"]])


def _refusal(refusal: services.Refused, deed: dict[str, Any]) -> str:
    """The sentence and, where a text was kept, the text: it is nowhere else."""
    if "text" not in deed:
        return str(refusal.message)
    return f"{refusal.message} {_('Your text:')} « {deed['text']} »"
