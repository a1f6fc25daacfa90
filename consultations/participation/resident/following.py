"""Following: a button that says what it will do, on the pages of challenges and proposals."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.models import User
from accounts.permissions import signed_in_user, user_of
from common.kept_parts import kept_part
from common.limits import limited_by
from common.pagecache import fills
from common.requests import Request
from consultations.framing.models import Challenge
from consultations.participation.limits import PRESSES
from consultations.participation.models import Proposal
from consultations.participation.resident.acting import keep_for_later
from consultations.participation.resident.begun import FollowOne
from consultations.participation.resident.reading import ProposalRequest, standing_here
from consultations.participation.services.following import follow, unfollow


@limited_by(PRESSES)
@require_POST
def follow_proposal(request: Request, pk: int, slug: str) -> HttpResponse:
    proposal = get_object_or_404(Proposal.objects.published(), pk=pk)
    return _follow(request, {"proposal": proposal}, f"{proposal.get_absolute_url()}#suivre", pk=pk, slug=slug)


@limited_by(PRESSES)
@require_POST
def follow_challenge(request: Request, slug: str) -> HttpResponse:
    challenge = get_object_or_404(Challenge.objects.shown(), slug=slug)
    return _follow(request, {"challenge": challenge}, f"{challenge.get_absolute_url()}#suivre", slug=slug)


def _follow(request: Request, what: dict[str, Challenge | Proposal], back: str, **named: Any) -> HttpResponse:
    """Follow, or no longer, as the form says: pressed twice, or on two devices, the result is the same."""
    wanted = request.POST.get("suivre") != "non"
    if not isinstance(request.user, User):
        return keep_for_later(request, FollowOne(**{name: thing.pk for name, thing in what.items()}, follows=wanted))
    user = signed_in_user(request)
    if wanted:
        follow(user=user, at=timezone.now(), **what)  # type: ignore[arg-type]
    else:
        unfollow(user=user, **what)  # type: ignore[arg-type]
    if request.htmx:
        context = _context(follows=wanted, **named)
        return render(request, "participation/resident/_follow.html", {**context, "is_new": True})
    if not wanted:  # that one follows is said where one may no longer
        messages.success(request, _("You no longer follow it."))
    return redirect(back)


@fills("follow")
def follow_button(request: ProposalRequest, *, pk: int = 0, slug: str = "", **kwargs: Any) -> str:
    """Follow, or no longer; to those who work on a proposal, that they hear of it anyway."""
    if not request.tenant.takes_writing:
        return ""
    user = user_of(request)
    is_author = follows = False
    if user is not None and pk:
        standing = standing_here(request, pk)
        is_author, follows = standing.is_author, standing.follows
    elif user is not None:
        follows = user.follows.filter(challenge__slug=slug).exists()

    def make() -> str:
        context = _context(pk=pk, slug=slug, follows=follows)
        return render_to_string(
            "participation/resident/_follow.html", {**context, "is_author": is_author}, request=request
        )

    return kept_part(request, f"follow {is_author} {follows}", make)


def _context(*, slug: str, follows: bool, pk: int = 0) -> dict[str, Any]:
    action = (
        reverse("proposal_follow", args=[pk, slug or "proposition"]) if pk else reverse("challenge_follow", args=[slug])
    )
    return {"action": action, "follows": follows, "of_proposal": bool(pk)}
