"""By receipt, without an account: followed, corrected, erased; attached to an account by whoever is signed in.

What a receipt opened stays open in this browser for half an hour, or until it is closed: never in an address.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import wraps
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.permissions import participant_required, user_of
from common.db import connection
from common.limits import TooMany, consume, exhausted_until, limited_by, range_of
from common.refusals import Refusal
from common.visitors import client_address
from consultations.offline import selectors
from consultations.offline.correcting import corrected
from consultations.offline.enums import GONE
from consultations.offline.forms import ReceiptForm
from consultations.offline.limits import RECEIPT_CHANGES, RECEIPT_TRIES, RECEIPTS_UNKNOWN, RECEIPTS_UNKNOWN_BY_RANGE
from consultations.offline.models import Entry
from consultations.offline.services import own
from consultations.offline.services.receipts import entry_under
from consultations.offline.services.refusals import ReceiptUnknown

_OPEN = timedelta(minutes=30)
_KEY = "offline_receipt"


@limited_by(RECEIPT_TRIES)
def receipt(request: HttpRequest) -> HttpResponse:
    form = ReceiptForm(request.POST or None)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                entry = _looked_up(request, form.cleaned_data["code"])
            except Refusal as refusal:
                form.add_error("code", str(refusal.message))
                status = refusal.status
            else:
                request.session[_KEY] = {"entry": entry.pk, "until": (timezone.now() + _OPEN).timestamp()}
                return redirect("offline_follow")
    return render(request, "offline/resident/receipt.html", {"form": form}, status=status)


def _looked_up(request: HttpRequest, typed: str) -> Entry:
    """Raises TooMany, ReceiptMistyped, ReceiptUnknown."""
    city = connection.schema_name
    here = f"{city}|{range_of(client_address(request))}"
    for limit, key in ((RECEIPTS_UNKNOWN_BY_RANGE, here), (RECEIPTS_UNKNOWN, city)):
        if (until := exhausted_until(limit, key=key)) is not None:
            raise TooMany(limit, limit.rates[0], until)
    try:
        return entry_under(typed)
    except ReceiptUnknown:
        consume(RECEIPTS_UNKNOWN_BY_RANGE, key=here)
        consume(RECEIPTS_UNKNOWN, key=city)
        raise


def _opened(request: HttpRequest, at: datetime) -> Entry | None:
    kept = request.session.get(_KEY)
    if not kept or kept["until"] < at.timestamp():
        return None
    rows = Entry.objects.select_related(
        "consultation", "challenge", "proposal__challenge", "argument__proposal", "about"
    )
    rows = rows.defer("proposal__search", "argument__search", "argument__proposal__search", "about__search")
    return rows.filter(pk=kept["entry"]).exclude(state__in=GONE).first()


def _by_receipt(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Views get what the receipt opened; without one, it is asked for."""

    @wraps(view)
    def opened(request: HttpRequest) -> HttpResponse:
        entry = _opened(request, timezone.now())
        if entry is None:
            request.session.pop(_KEY, None)
            return redirect("offline_receipt")
        try:
            return view(request, entry)
        except Refusal as refusal:
            messages.warning(request, str(refusal.message))
            return redirect("offline_follow")

    return opened


def _context(entry: Entry) -> dict[str, Any]:
    return selectors.followed(entry, at=timezone.now())


@require_safe
@_by_receipt
def follow(request: HttpRequest, entry: Entry) -> HttpResponse:
    user, shown = user_of(request), _context(entry)
    author = shown["thing"].author_id if entry.bound_at and shown["thing"] else None
    is_own = user is not None and author == user.pk
    return render(request, "offline/resident/follow.html", {**shown, "user": user, "author": author, "is_own": is_own})


@limited_by(RECEIPT_CHANGES)
@_by_receipt
def correct(request: HttpRequest, entry: Entry) -> HttpResponse:
    done = corrected(request, entry, by=None, own_of=user_of(request))
    if done.is_done:
        messages.success(request, _("Your contribution is corrected."))
        return redirect("offline_follow")
    context = {"entry": entry, "form": done.form, "conflict": done.conflict}
    return render(request, "offline/resident/correct.html", context, status=done.status)


@limited_by(RECEIPT_CHANGES)
@_by_receipt
def erase(request: HttpRequest, entry: Entry) -> HttpResponse:
    """Asked once more: it is for ever."""
    if request.method != "POST":
        return render(request, "offline/resident/erase.html", _context(entry))
    own.erase(entry=entry, at=timezone.now(), own=user_of(request))
    request.session.pop(_KEY, None)
    messages.success(request, _("Your contribution is erased, and your receipt opens nothing any more."))
    return redirect("offline_receipt")


@require_POST
@participant_required
@limited_by(RECEIPT_CHANGES)
@_by_receipt
def bind(request: HttpRequest, entry: Entry) -> HttpResponse:
    user = user_of(request)
    assert user is not None
    own.bind(entry=entry, user=user, at=timezone.now())
    messages.success(request, _("It is yours: you find it with what you have written here."))
    return redirect("offline_follow")


@require_POST
@limited_by(RECEIPT_CHANGES)
def shut(request: HttpRequest) -> HttpResponse:
    """For whoever comes next to this computer."""
    request.session.pop(_KEY, None)
    return redirect("offline_receipt")
