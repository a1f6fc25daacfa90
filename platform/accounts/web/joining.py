"""The door of the team: an invitation, and the button that takes the place."""

from allauth.account.internal.flows.login import perform_login, record_authentication
from allauth.account.models import Login
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone

from accounts.abilities import abilities
from accounts.invitations import InvitationGone, accept, usable_invitation, was_accepted
from accounts.links import with_token
from accounts.models import TeamInvitation, User
from accounts.permissions import user_of
from accounts.selectors import person_of
from common.requests import Request


@with_token
def join_team(request: Request, token: str) -> HttpResponseBase:
    """Opening the link only shows the page: mail programs that follow links accept nothing."""
    now, present = timezone.now(), user_of(request)
    try:
        if request.method != "POST":
            return _page(request, usable_invitation(token=token, at=now), present)
        if present and request.POST.get("leaves") != str(present.pk):
            invitation = usable_invitation(token=token, at=now)
            if present != person_of(invitation.email):  # they have signed in since the page was made
                return _page(request, invitation, present, status=409)
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


def _page(request: Request, invitation: TeamInvitation, present: User | None, *, status: int = 200) -> HttpResponseBase:
    """To who is signed in as somebody else it says that pressing leaves that account."""
    context = {
        "invitation": invitation,
        "abilities": [each for each in abilities() if invitation.role in each.roles],
        "leaves": present if present != person_of(invitation.email) else None,
    }
    return render(request, "accounts/web/join_team.html", context, status=status)
