"""Accounts: who was warned or suspended, where new ones meet, and one account with what it wrote."""

from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from accounts.permissions import signed_in_user
from common.refusals import Refusal
from common.requests import Request
from common.states import Answers, answers
from consultations.moderation.backoffice.access import for_moderators
from consultations.moderation.backoffice.account_forms import AccountForm
from consultations.moderation.backoffice.frame import framed
from consultations.moderation.enums import Act
from consultations.moderation.selectors.accounts import bursts, decisions_on_accounts, texts_to_show
from consultations.moderation.services.accounts import lift, suspend, warn


@answers(Answers.READ_ONLY)
@for_moderators
def accounts(request: Request) -> HttpResponse:
    at = timezone.now()
    context = framed(request, at=at, tab="accounts", decisions=decisions_on_accounts(), bursts=bursts(at=at))
    return render(request, "moderation/backoffice/accounts.html", context)


@answers(Answers.READ_ONLY)
@for_moderators
def account(request: Request, person: int) -> HttpResponse:
    """What the person wrote is shown before anything of it is hidden."""
    at = timezone.now()
    found = get_object_or_404(User, pk=person, is_active=True)
    suspended = found.is_suspended(at)
    wanted = Act(request.POST["act"]) if request.POST.get("act") in Act.values else None
    history = decisions_on_accounts(found)
    forms = _forms(request, suspended=suspended, wanted=wanted, seen=history[0].pk if history else 0)
    form, notice, status = forms.get(wanted) if wanted else None, "", 200
    if form is not None:
        status = 422
        if form.is_valid():
            try:
                made = _carry_out(request, found, wanted, form, at=at)
            except Refusal as refusal:
                notice, status = str(refusal.message), refusal.status
            else:
                return redirect(f"{reverse('desk_account', args=[found.pk])}?{urlencode({'fait': made.pk})}")
    context = framed(
        request,
        at=at,
        tab="accounts",
        person=found,
        suspended=suspended,
        history=history,
        texts=texts_to_show(found),
        chosen=request.POST.getlist("text") if form is not None else None,
        forms=forms,
        notice=notice,
    )
    return render(request, "moderation/backoffice/account.html", context, status=status)


def _forms(request: Request, *, suspended: bool, wanted: Act | None, seen: int) -> dict[Act | None, AccountForm]:
    """Those that go with the account as it is now; the one that was sent with what was typed."""
    acts = [Act.RESTORE] if suspended else [Act.WARN, Act.SUSPEND]
    return {
        act: AccountForm(request.POST if act == wanted else None, act=act, prefix=act.lower(), initial={"seen": seen})
        for act in acts
    }


def _carry_out(request: Request, person: User, act: Act | None, form: AccountForm, *, at: datetime) -> Any:
    given: dict[str, Any] = {
        "user": person,
        "ground": form.cleaned_data["ground"],
        "facts": form.cleaned_data["facts"],
        "seen": form.cleaned_data["seen"] or 0,
        "moderator": signed_in_user(request),
        "at": at,
    }
    if act == Act.SUSPEND:
        texts = [each.partition("-") for each in request.POST.getlist("text")]
        chosen = [(kind, int(pk)) for kind, _dash, pk in texts if pk.isdecimal() and len(pk) < 19]
        return suspend(until=form.until(at), texts=chosen, **given)
    return lift(**given) if act == Act.RESTORE else warn(**given)
