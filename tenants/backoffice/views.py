"""The city's desk: its addresses, and the proof that it speaks for its authority."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.links import with_token
from accounts.permissions import role_required, signed_in_user
from common.limits import TooMany, consume
from common.requests import Request
from tenants.abilities import MANAGE_ADDRESS
from tenants.backoffice.forms import AuthorityMailForm
from tenants.domains import acting
from tenants.limits import VERIFICATION_MAILS
from tenants.verification import by_mail
from tenants.verification.requests import ask_again, latest_of


@role_required(MANAGE_ADDRESS, fresh=acting.ASK)
def address(request: Request) -> HttpResponse:
    """The addresses of the platform; asking for a domain of one's own."""
    return acting.ask(request, _place(request)) if request.method == "POST" else acting.show(request, _place(request))


@require_POST
@role_required(MANAGE_ADDRESS)
def check_domain(request: Request) -> HttpResponse:
    return acting.check(request, _place(request))


@require_POST
@role_required(MANAGE_ADDRESS)
def give_up_domain(request: Request) -> HttpResponse:
    return acting.give_up(request, _place(request))


@require_POST
@role_required(MANAGE_ADDRESS, fresh=acting.LEAVE)
def leave_domain(request: Request) -> HttpResponse:
    return acting.leave(request, _place(request))


@require_POST
@role_required(MANAGE_ADDRESS, fresh=acting.FORGET)
def forget_domain(request: Request) -> HttpResponse:
    return acting.forget(request, _place(request))


@require_POST
@role_required(MANAGE_ADDRESS, fresh=acting.RENAME)
def rename(request: Request) -> HttpResponse:
    return acting.rename(request, _place(request))


@role_required(MANAGE_ADDRESS)
def verification(request: Request) -> HttpResponse:
    """Where the verification stands, and what helps it: a link sent to the authority's own domain."""
    municipality = request.tenant
    asks_again = "again" in request.POST
    form = AuthorityMailForm(None if asks_again else request.POST or None)
    if asks_again:
        try:
            consume(VERIFICATION_MAILS, request=request, key=municipality.schema_name)
        except TooMany as refusal:
            messages.error(request, str(refusal.message))
        else:
            ask_again(municipality=municipality, asker_email=signed_in_user(request).email, at=timezone.now())
            messages.success(request, _("Our team has your request."))
        return redirect("desk_verification")
    if request.method == "POST" and form.is_valid():
        email = form.cleaned_data["email"]
        try:
            consume(VERIFICATION_MAILS, request=request, key=municipality.schema_name)
        except TooMany as refusal:
            form.add_error("email", refusal.message)
        else:
            by_mail.send_link(municipality=municipality, email=email, actor=signed_in_user(request))
            messages.success(request, _("The link is on its way to %(email)s.") % {"email": email})
            return redirect("desk_verification")
    context = {
        "form": form,
        "verified_at": municipality.verified_at,
        "asked": latest_of(municipality),
        "days": by_mail.LINK_DAYS,
    }
    return render(request, "tenants/backoffice/verification.html", context, status=422 if form.errors else 200)


@with_token
def verification_by_link(request: Request, token: str) -> HttpResponse:
    """For whoever reads the authority's mail, signed in or not. Opening only shows a button."""
    municipality = request.tenant
    try:
        asked = by_mail.request_of(token=token, municipality=municipality)
    except by_mail.LinkRefused as refusal:
        return render(request, "tenants/backoffice/verification_refused.html", status=refusal.status)
    verified, pressed = municipality.verified_at is not None, False
    if request.method == "POST" and not verified:
        verified, pressed = by_mail.vouch(municipality=municipality, request=asked, at=timezone.now()), True
    context = {"asked": asked, "verified": verified, "pressed": pressed}
    return render(request, "tenants/backoffice/verification_link.html", context)


def _place(request: Request) -> acting.Place:
    names = {
        "page": "desk_address",
        "check": "desk_domain_check",
        "give_up": "desk_domain_give_up",
        "leave": "desk_domain_leave",
        "forget": "desk_domain_forget",
        "rename": "desk_rename",
    }
    urls = {action: reverse(name) for action, name in names.items()}
    return acting.Place(request.tenant, "tenants/backoffice/address.html", urls, by_city=True)
