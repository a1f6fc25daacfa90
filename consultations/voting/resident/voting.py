"""The ballot: chosen, read through, confirmed, changed until the end."""

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.begun import ask_who
from accounts.models import User
from accounts.permissions import signed_in_user, user_of
from common.limits import give_back, key_of, limited_by
from common.refusals import Refusal
from common.requests import Request
from consultations.framing.context import remember
from consultations.framing.selectors import consultations_to_read
from consultations.voting.limits import BALLOTS, CODES
from consultations.voting.models import Vote
from consultations.voting.resident.forms import CodeForm
from consultations.voting.sealing import RECEIPT_LENGTH, as_drawn
from consultations.voting.selectors.ballot import ballot_page
from consultations.voting.selectors.result import was_counted, was_late
from consultations.voting.services.ballots import choose as choose_item
from consultations.voting.services.ballots import confirm
from consultations.voting.services.codes import use_code

_LONGEST = 40  # of what somebody copies of a receipt


def vote_of(request: Request, slug: str, number: int) -> Vote:
    """One that everybody sees, of a consultation that may be read."""
    consultation = consultations_to_read().filter(slug=slug).first()
    found = consultation.votes.exclude(announced_at=None).filter(number=number).first() if consultation else None
    if found is None or consultation is None:
        raise Http404
    found.consultation = consultation
    remember(request, consultation)
    return found


def _number(typed: str | None) -> int:
    return int(typed) if typed and typed.isascii() and typed.isdigit() and len(typed) < 6 else 0


def _page(
    request: Request,
    found: Vote,
    *,
    status: int = 200,
    form: CodeForm | None = None,
    refused: tuple[int, str] = (0, ""),
) -> HttpResponse:
    by_price = request.GET.get("ordre") == "prix"
    shown = ballot_page(found, user_of(request), at=timezone.now(), by_price=by_price, refused=refused)
    context = {"page": shown, "vote": found, "consultation": found.consultation, "form": form or CodeForm()}
    part = getattr(request, "htmx", False)
    template = "voting/resident/_ballot.html" if part else "voting/resident/vote.html"
    return render(request, template, context, status=200 if part else status)


@require_safe
def vote(request: Request, slug: str, number: int) -> HttpResponse:
    found = vote_of(request, slug, number)
    return redirect("vote_result", slug, number) if found.counted_at else _page(request, found)


@require_POST
@limited_by(BALLOTS)
def choose(request: Request, slug: str, number: int) -> HttpResponse:
    """One press, kept at once. Without JavaScript the page comes back at the card that was pressed."""
    found = vote_of(request, slug, number)
    if not request.user.is_authenticated:
        return ask_who(request, back=found.get_absolute_url())
    wanted = "ajouter" in request.POST
    item = _number(request.POST.get("ajouter") if wanted else request.POST.get("retirer"))
    try:
        choose_item(vote=found, user=signed_in_user(request), number=item, wanted=wanted, at=timezone.now())
    except Refusal as refusal:
        return _page(request, found, status=refusal.status, refused=(item, str(refusal.message)))
    if getattr(request, "htmx", False):
        return _page(request, found)
    order = "?ordre=prix" if request.GET.get("ordre") == "prix" else ""
    return HttpResponseRedirect(f"{found.get_absolute_url()}{order}#p{item}")


@limited_by(CODES)
@require_POST
def code(request: Request, slug: str, number: int) -> HttpResponse:
    found = vote_of(request, slug, number)
    if not request.user.is_authenticated:
        return ask_who(request, back=found.get_absolute_url())
    form = CodeForm(request.POST)
    if form.is_valid():
        try:
            use_code(vote=found, user=signed_in_user(request), typed=form.cleaned_data["code"], at=timezone.now())
        except Refusal as refusal:
            form.add_error("code", str(refusal.message))
        else:
            give_back(CODES, request=request, key=key_of(request))
            return redirect(found)
    return _page(request, found, status=422, form=form)


@limited_by(BALLOTS)
def review(request: Request, slug: str, number: int) -> HttpResponse:
    """Read through what stands in the basket, then confirm it."""
    found = vote_of(request, slug, number)
    if not request.user.is_authenticated:
        return ask_who(request, back=found.get_absolute_url())
    user, refusal = signed_in_user(request), None
    if request.method == "POST":
        seen = [_number(each) for each in request.POST.get("vu", "").split(",") if each]
        try:
            confirm(vote=found, user=user, seen=seen, at=timezone.now())
        except Refusal as said:
            refusal = said
        else:
            if "encore" in request.POST:
                messages.success(request, _("Your choice is recorded anew: it counts instead of the former one."))
            return redirect("vote_receipt", slug, number)
    return _review_page(request, found, user, refusal)


def _review_page(request: Request, found: Vote, user: User, refusal: Refusal | None) -> HttpResponse:
    shown = ballot_page(found, user, at=timezone.now())
    if refusal is None and not (shown.is_open and shown.may_vote):
        return redirect(found)
    context = {
        "page": shown,
        "vote": found,
        "consultation": found.consultation,
        "refused": str(refusal.message) if refusal else "",
        "seen": ",".join(str(number) for number in sorted(shown.basket.numbers)),
    }
    return render(request, "voting/resident/review.html", context, status=refusal.status if refusal else 200)


@require_safe
def receipt(request: Request, slug: str, number: int) -> HttpResponse:
    """Until the close to the person alone. Then nothing ties them to their ballot any more: whoever has the receipt
    sees whether it is among those that were counted.
    """
    found = vote_of(request, slug, number)
    if found.counted_at is not None:
        return _among_counted(request, found)
    if not request.user.is_authenticated:
        return ask_who(request)
    shown = ballot_page(found, signed_in_user(request), at=timezone.now())
    confirmed = shown.basket.confirmed
    if confirmed is None:
        return redirect(reverse("vote", args=[slug, number]))
    items = [each.item for each in shown.cards if each.item.number in confirmed.items]
    context = {
        "page": shown,
        "vote": found,
        "consultation": found.consultation,
        "confirmed": confirmed,
        "items": items,
        "spent": sum(each.cost or 0 for each in items),
        "at": timezone.localtime(confirmed.at) if confirmed.at else None,
    }
    return render(request, "voting/resident/receipt.html", context)


def _among_counted(request: Request, found: Vote) -> HttpResponse:
    """Which the published list says as well, to whoever reads it through."""
    typed = request.GET.get("recu", "")[:_LONGEST]
    code = as_drawn(typed)
    context = {"vote": found, "consultation": found.consultation, "typed": typed, "code": code}
    context |= {"is_whole": len(code) == RECEIPT_LENGTH, "is_counted": was_counted(found, code)}
    context["is_late"] = not context["is_counted"] and was_late(found, code)
    return render(request, "voting/resident/receipt_counted.html", context)
