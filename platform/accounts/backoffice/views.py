"""The city's desk: its team. Administrators only."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from accounts import factors, invitations, selectors, services
from accounts.abilities import GIVE_WAY_BACK, MANAGE_TEAM, may
from accounts.backoffice.forms import ROLES, WHAT_THEY_DO, InvitationForm, RoleForm, WayBackForm
from accounts.kept import SensitiveAction
from accounts.limits import INVITATION_MAILS, TEAM_INVITATIONS, WAYS_BACK
from accounts.mailboxes import mailbox_of
from accounts.permissions import role_required, signed_in_user
from accounts.taking_functions import FunctionForm, take_function
from common.limits import TooMany, consume, limited_by
from common.meanwhile import ChangedMeanwhile, mark_of
from common.refusals import Refusal
from common.requests import Request
from common.states import Answers, answers


def _whom(*, pk: int) -> str:
    """The member that an address names, for the page that asks once more."""
    return next((each.email for each in selectors.team() if each.pk == pk), "")


@role_required(MANAGE_TEAM, fresh=SensitiveAction(gettext_lazy("Invite somebody into the team"), InvitationForm))
def team(request: Request) -> HttpResponse:
    """Who is in it, and inviting somebody."""
    form = InvitationForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            consume(TEAM_INVITATIONS, request=request, key=request.tenant.schema_name)
            consume(INVITATION_MAILS, request=request, key=mailbox_of(form.cleaned_data["email"]))
            invited = invitations.invite_to_team(
                **form.cleaned_data, actor=signed_in_user(request), city=request.tenant, at=timezone.now()
            )
            messages.success(request, _("%(email)s is invited.") % {"email": invited.email})
            return redirect("desk_team")
        except (Refusal, TooMany) as refusal:
            form.add_error("email", str(refusal.message))
    return _team_page(request, form=form, way_back=WayBackForm(prefix="way_back"))


def _team_page(request: HttpRequest, *, form: InvitationForm, way_back: WayBackForm) -> HttpResponse:
    members, actor = selectors.team(), signed_in_user(request)
    context = {
        "form": form,
        "way_back": way_back,
        "members": [(each, FunctionForm(member=each, actor=actor), mark_of(each.role)) for each in members],
        "is_alone": len(members) == 1,
        "with_factor": factors.who_has_one(),
        "invitations": selectors.waiting_invitations(),
        "now": timezone.now(),
        "roles": [(code, label, WHAT_THEY_DO[code]) for code, label in ROLES],
    }
    return render(
        request, "accounts/backoffice/team.html", context, status=422 if form.errors or way_back.errors else 200
    )


@require_POST
@role_required(MANAGE_TEAM)
def invite_again(request: Request, pk: int) -> HttpResponse:
    try:
        waiting = next((each for each in selectors.waiting_invitations() if each.pk == pk), None)
        if waiting is None:
            raise invitations.InvitationGone
        consume(TEAM_INVITATIONS, request=request, key=request.tenant.schema_name)
        consume(INVITATION_MAILS, request=request, key=waiting.mailbox)
        sent = invitations.send_again(pk=pk, actor=signed_in_user(request), city=request.tenant, at=timezone.now())
        messages.success(request, _("The invitation of %(email)s is sent again.") % {"email": sent.email})
    except (Refusal, TooMany) as refusal:
        messages.warning(request, str(refusal.message))
    return redirect("desk_team")


@require_POST
@role_required(MANAGE_TEAM)
def withdraw_invitation(request: Request, pk: int) -> HttpResponse:
    try:
        gone = invitations.withdraw(pk=pk, actor=signed_in_user(request))
        messages.success(request, _("The invitation of %(email)s is withdrawn.") % {"email": gone.email})
    except invitations.InvitationGone as refusal:
        messages.warning(request, str(refusal.message))
    return redirect("desk_team")


@require_POST
@role_required(
    MANAGE_TEAM, fresh=SensitiveAction(gettext_lazy("Change the role of somebody in the team"), RoleForm, _whom)
)
def change_role(request: Request, pk: int) -> HttpResponse:
    form = RoleForm(request.POST)
    if not form.is_valid():
        raise Http404
    actor = signed_in_user(request)
    try:
        member = services.change_team_role(member_id=pk, actor=actor, city=request.tenant, **form.cleaned_data)
        said = {"email": member.email, "role": member.get_role_display()}
        messages.success(request, _("%(email)s: the role is now %(role)s.") % said)
        if member.pk == actor.pk and not may(member, MANAGE_TEAM):
            return redirect("desk")
    except (services.LastAdministrator, services.NotInTeam) as refusal:
        messages.warning(request, str(refusal.message))
    except ChangedMeanwhile as meanwhile:
        words = _("%(email)s meanwhile has the role “%(role)s”: a colleague gave it. Nothing was changed.")
        now = {"email": meanwhile.now.email, "role": meanwhile.now.get_role_display()}
        messages.warning(request, words % now)
    return redirect("desk_team")


@require_POST
@role_required(MANAGE_TEAM)
def change_function(request: Request, pk: int) -> HttpResponse:
    """What does not go is mended on a page of its own."""
    member = next((each for each in selectors.team() if each.pk == pk), None)
    if member is None:
        messages.warning(request, str(services.NotInTeam.message))
        return redirect("desk_team")
    return take_function(request, member=member, template="accounts/backoffice/function.html", then="desk_team")


@require_POST
@role_required(MANAGE_TEAM, fresh=SensitiveAction(gettext_lazy("Remove somebody from the team"), about=_whom))
def remove(request: Request, pk: int) -> HttpResponse:
    actor = signed_in_user(request)
    try:
        member = services.remove_from_team(member_id=pk, actor=actor, city=request.tenant)
        messages.success(request, _("%(email)s is no longer in the team.") % {"email": member.email})
        if member.pk == actor.pk:
            return redirect("home")
    except (services.LastAdministrator, services.NotInTeam) as refusal:
        messages.warning(request, str(refusal.message))
    return redirect("desk_team")


@answers(Answers.READ_ONLY)
@require_POST
@role_required(
    GIVE_WAY_BACK,
    fresh=SensitiveAction(gettext_lazy("Take away the second factor that somebody has lost"), about=_whom),
)
def give_way_back(request: Request, pk: int) -> HttpResponse:
    """For a colleague who has lost their second factor."""
    member = next((each for each in selectors.team() if each.pk == pk), None)
    if member is None:
        messages.warning(request, str(services.NotInTeam.message))
        return redirect("desk_team")
    try:
        factors.give_way_back(
            user=member,
            actor=signed_in_user(request),
            city=request.tenant,
        )
        said = _("%(email)s can come in again with the code sent by e-mail, and sets up a new second factor.")
        messages.success(request, said % {"email": member.email})
    except factors.OneselfRefused as refusal:
        messages.warning(request, str(refusal.message))
    return redirect("desk_team")


_WAY_BACK = SensitiveAction(gettext_lazy("Take away the second factor that a participant has lost"), WayBackForm)


@answers(Answers.READ_ONLY)
@require_POST
@limited_by(WAYS_BACK)
@role_required(GIVE_WAY_BACK, fresh=_WAY_BACK)
def give_way_back_by_address(request: Request) -> HttpResponse:
    """For a participant who has lost their second factor, and has said so at the town hall or by letter."""
    form = WayBackForm(request.POST, prefix="way_back")
    if form.is_valid():
        try:
            helped = factors.give_way_back_by_address(
                **form.cleaned_data,
                actor=signed_in_user(request),
                city=request.tenant,
            )
            said = _("%(email)s can come in again with the code sent by e-mail, and sets up a new second factor.")
            messages.success(request, said % {"email": helped.email})
            return redirect("desk_team")
        except (factors.NobodyToHelp, factors.OneselfRefused) as refusal:
            form.add_error("email", str(refusal.message))
    return _team_page(request, form=InvitationForm(), way_back=form)
