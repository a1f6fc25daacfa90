"""What a visitor did before signing in (acting.keep_for_later): done once they are in, and told where it cannot be."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from accounts.models import User
from accounts.permissions import signed_in_user
from consultations.framing.models import Challenge
from consultations.framing.permissions import city_visible
from consultations.participation import services
from consultations.participation.enums import ReactionValue
from consultations.participation.models import Argument, Draft, Proposal
from consultations.participation.resident.acting import after_press, can_act, published

TEXT = ("title", "solution", "problem", "benefit")
# For how long a press waits without being asked for again: an hour, the time to find a mail.
_WAITS_SECONDS = 3600


@never_cache
@city_visible
def resume(request: HttpRequest) -> HttpResponse:
    """Do what was kept before signing in, then show it. Done once: it leaves the session first.

    What was begun long ago, or came here in a link, is shown and asked for first: whoever asks for a link to
    somebody's address, or sat at this computer before, must not act in their name.
    """
    if not can_act(request):
        return redirect("signed_in" if request.user.is_authenticated else "sign_in")
    if request.method != "POST" and _is_to_be_asked(request):
        deeds = [_shown(deed) for deed in request.session["pending"]]
        return render(request, "participation/resident/resume.html", {"deeds": deeds})
    request.session.pop("pending_at", None)
    pending = request.session.pop("pending", [])
    if "drop" in request.POST:
        messages.info(request, _("Nothing was done. You can take part yourself from here."))
        return redirect("home")
    return redirect(_done(request, pending, signed_in_user(request)))


def _is_to_be_asked(request: HttpRequest) -> bool:
    """A link carries what was begun, not when (accounts.adapter.CARRIED_KEYS)."""
    since = request.session.get("pending_at", 0)
    return bool(request.session.get("pending")) and timezone.now().timestamp() - since > _WAITS_SECONDS


def _done(request: HttpRequest, pending: list[dict[str, Any]], user: User) -> str:
    """Do them one by one, each for itself; where to see the last one."""
    target = reverse("home")
    for deed in pending:
        try:
            target = _do(deed, user)
        except services.Refused as refusal:
            messages.warning(request, _with_text(str(refusal.message), deed))
            target = _place(deed)
        except ObjectDoesNotExist:
            messages.warning(request, _with_text(_("What this was about can no longer be read here."), deed))
    return target


def _do(deed: dict[str, Any], user: User) -> str:
    """Where to see what was done. Raises DoesNotExist where its object is not there any more."""
    deed = dict(deed)
    kind = deed.pop("do")
    if kind == "publish":
        draft = Draft.objects.get(pk=deed["draft"])
        return services.submit_proposal(draft=draft, author=user, at=timezone.now()).get_absolute_url()
    if kind == "follow":
        return _follow(deed, user)
    if "argument" in deed:
        return _do_to_argument(kind, Argument.objects.select_related("proposal").get(pk=deed["argument"]), deed, user)
    return _do_to_proposal(kind, published(deed.pop("proposal")), deed, user)


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
        services.react(proposal=proposal, user=user, value=deed["value"], seen_version=deed["seen_version"], at=now)
        return after_press(proposal, "argumenter")
    if kind == "withdraw":
        services.withdraw_reaction(proposal=proposal, user=user, at=now)
        return after_press(proposal, "retire")
    argument = services.argue(proposal=proposal, author=user, at=now, **deed)
    return f"{proposal.get_absolute_url()}#argument-{argument.pk}"


def _do_to_argument(kind: str, argument: Argument, deed: dict[str, Any], user: User) -> str:
    if kind == "useful":
        services.mark_useful(argument=argument, user=user, useful=deed["useful"], at=timezone.now())
    else:
        services.reply(argument=argument, author=user, text=deed["text"], at=timezone.now())
    return f"{argument.get_absolute_url()}#argument-{argument.pk}"


def _place(deed: dict[str, Any]) -> str:
    if deed["do"] == "publish":
        return reverse("draft_review", args=[deed["draft"]])
    return reverse("proposal_short", args=[deed["proposal"]])


def _with_text(sentence: str, deed: dict[str, Any]) -> str:
    """The sentence and, where a text was kept, the text: it is nowhere else."""
    return f"{sentence} {_('Your text:')} « {deed['text']} »" if "text" in deed else sentence


def _shown(deed: dict[str, Any]) -> dict[str, str]:
    """What would be done, about what, and in which words."""
    labels = {
        "react": _("React: %(reaction)s"),
        "withdraw": _("Take back a reaction"),
        "argue": _("Publish an argument"),
        "useful": _("Say whether an argument is useful"),
        "reply": _("Publish a reply"),
        "follow": _("Follow"),
        "publish": _("Publish a proposal"),
    }
    label = labels[deed["do"]]
    if deed["do"] == "react":
        label %= {"reaction": ReactionValue(deed["value"]).label}
    return {"label": label, "about": _about(deed), "text": deed.get("text", "") or _draft_of(deed)}


def _draft_of(deed: dict[str, Any]) -> str:
    draft = Draft.objects.filter(pk=deed["draft"]).first() if "draft" in deed else None
    return "\n\n".join(getattr(draft, name) for name in TEXT) if draft is not None else ""


def _about(deed: dict[str, Any]) -> str:
    if "challenge" in deed:
        return str(Challenge.objects.filter(pk=deed["challenge"]).first() or "")
    return Proposal.objects.published().filter(pk=deed.get("proposal", 0)).values_list("title", flat=True).first() or ""
