"""The door of the team: an invitation, and the button that takes the place."""

from allauth.account.internal.flows.login import perform_login, record_authentication
from allauth.account.models import Login
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone

from accounts.abilities import abilities
from accounts.invitations import InvitationGone, accept, usable_invitation, was_accepted
from accounts.links import with_token
from accounts.permissions import user_of
from common.requests import Request


@with_token
def join_team(request: Request, token: str) -> HttpResponseBase:
    """Opening the link only shows the page: mail programs that follow links accept nothing."""
    now, present = timezone.now(), user_of(request)
    try:
        if request.method != "POST":
            invitation = usable_invitation(token=token, at=now)
            theirs = [each for each in abilities() if invitation.role in each.roles]
            return render(request, "accounts/web/join_team.html", {"invitation": invitation, "abilities": theirs})
        user = accept(token=token, city=request.tenant, at=now)
    except InvitationGone as refusal:
        # Whoever presses twice, or opens it again where they came in, goes on; to anybody else it is over.
        if (request.method == "POST" or present is not None) and was_accepted(token=token):
            return redirect("signed_in")
        return render(request, "accounts/web/invitation_gone.html", status=refusal.status)
    if present == user:
        return redirect("desk")
    record_authentication(request, user, method="link")
    answer: HttpResponseBase = perform_login(request, Login(user=user, email=user.email))
    return answer
