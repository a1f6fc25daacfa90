"""What is a person's own: their address, what was done, their copy of what is held. In every state of a city."""

from tempfile import TemporaryFile

from django.contrib import messages
from django.contrib.auth import logout, update_session_auth_hash
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts import address_change, erasure, own_copy
from accounts.begun import ask_who
from accounts.kept import SensitiveAction
from accounts.limits import ADDRESS_CHANGES, ADDRESS_MAILS, OWN_COPIES
from accounts.links import with_token
from accounts.mail import send_security_notice
from accounts.own_journal import own_journal
from accounts.permissions import fresh_proof_required, signed_in_user, staff_prove_first
from accounts.taking_functions import take_function
from accounts.web.own_forms import CodeForm, NewAddressForm
from common.limits import consume, limited_by
from common.requests import Request
from common.text import whole_number

# ── One's function in the team ──────────────────────────────────────────────


@never_cache
@staff_prove_first
def function(request: Request) -> HttpResponse:
    """Of whoever is in the team: what stands beside their name."""
    if not request.user.is_authenticated:
        return ask_who(request)
    user = signed_in_user(request)
    if not user.is_staff_member:
        raise Http404
    return take_function(request, member=user, template="accounts/web/own_function.html", then="account")


# ── Another address ──────────────────────────────────────────────────────────


@never_cache
@limited_by(ADDRESS_CHANGES)
@fresh_proof_required(SensitiveAction(gettext_lazy("Change the address of your account"), NewAddressForm))
def address(request: Request) -> HttpResponse:
    """Where to write from now on: a code goes there."""
    user, at = signed_in_user(request), timezone.now()
    form = NewAddressForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        email = form.cleaned_data["email"].lower()
        consume(ADDRESS_MAILS, key=email)
        try:
            address_change.ask_address_change(user=user, email=email, city=request.tenant, at=at)
            return redirect("own_address_code")
        except address_change.AddressRefused as refusal:
            form.add_error("email", str(refusal.message))
    context = {"form": form, "person": user, "asked": address_change.asked_change(user=user, at=at)}
    return render(request, "accounts/web/own_address.html", context, status=422 if form.errors else 200)


@never_cache
def address_code(request: Request) -> HttpResponse:
    """The code that the new address was sent."""
    if not request.user.is_authenticated:
        return redirect("sign_in")
    user, at = signed_in_user(request), timezone.now()
    change = address_change.asked_change(user=user, at=at)
    if change is None:  # confirmed already, by a second press; or over
        return redirect("account")
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            user = address_change.confirm_address_change(
                user=user, code=form.cleaned_data["code"], city=request.tenant, at=at
            )
        except (address_change.TooManyGuesses, address_change.NothingAsked) as refusal:
            messages.warning(request, str(refusal.message))
            return redirect("own_address")
        except address_change.AddressRefused as refusal:
            form.add_error("code", str(refusal.message))
        else:
            update_session_auth_hash(request, user)
            messages.success(request, _("Your address is changed. You are signed out on your other devices."))
            return redirect("account")
    context = {"form": form, "person": user, "asked": change}
    return render(request, "accounts/web/own_address_code.html", context, status=422 if form.errors else 200)


@require_POST
def address_cancel(request: HttpRequest) -> HttpResponse:
    if not request.user.is_authenticated:
        return redirect("sign_in")
    address_change.cancel_address_change(user=signed_in_user(request))
    messages.success(request, _("Your address stays as it is."))
    return redirect("account")


@with_token
def address_undo(request: Request, token: str) -> HttpResponse:
    """From the mail to the former address, signed in or not: opening it only shows a button."""
    at = timezone.now()
    try:
        change = address_change.undoable_change(token=token, at=at)
        if request.method != "POST":
            return render(request, "accounts/web/own_address_undo.html", {"change": change})
        user = address_change.undo_address_change(token=token, city=request.tenant, at=at)
    except address_change.UndoRefused as refusal:
        return render(request, "accounts/web/own_address_undo_refused.html", status=refusal.status)
    except address_change.FormerAddressTaken as refusal:
        context = {"change": change, "refusal": refusal.message}
        return render(request, "accounts/web/own_address_undo.html", context, status=refusal.status)
    if request.user.is_authenticated and request.user.pk == user.pk:
        logout(request)
    messages.success(request, _("Your account has its former address again. All devices are signed out: sign in anew."))
    return redirect("sign_in")


# ── What was done ────────────────────────────────────────────────────────────


@never_cache
@require_safe
def journal(request: Request) -> HttpResponse:
    """To what is theirs, the last first."""
    if not request.user.is_authenticated:
        return ask_who(request)
    shown = own_journal(signed_in_user(request), before=whole_number(request.GET.get("avant", "")) or 0)
    return render(request, "accounts/web/own_journal.html", {"journal": shown})


# ── One's data ───────────────────────────────────────────────────────────────


@never_cache
@limited_by(OWN_COPIES)
@fresh_proof_required(SensitiveAction(gettext_lazy("Take a copy of all that is held about you")))
def data(request: Request) -> HttpResponse:
    """What is held about them, and a copy of it. Made whole before the first byte leaves."""
    user, at = signed_in_user(request), timezone.now()
    context = {"files": own_copy.files_about(user), "person": user, "refusal": ""}
    if request.method != "POST":
        return render(request, "accounts/web/own_data.html", context)
    file = TemporaryFile()  # noqa: SIM115 (the response closes it)
    try:
        own_copy.write_copy(user=user, city=request.tenant, target=file, at=at)
    except erasure.AddressChangedLately as refusal:
        return render(
            request, "accounts/web/own_data.html", {**context, "refusal": refusal.message}, status=refusal.status
        )
    send_security_notice(
        user=user,
        what=_("A copy of all that is held about you was taken."),
        city=request.tenant,
        subject=_("A copy of your data was taken"),
    )
    file.seek(0)
    name = f"mes-donnees-{request.tenant.slug}-{timezone.localtime(at):%Y-%m-%d}.zip"
    return FileResponse(file, as_attachment=True, filename=name, headers={"Cache-Control": "no-store"})  # type: ignore[return-value]
