"""Typing sheets: one page, from the keyboard. What a script sends is answered to it, sheet by sheet."""

import uuid
from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.models import User
from accounts.permissions import role_required, signed_in_user
from common.limits import limited_by
from common.refusals import Refusal
from consultations.framing.backoffice.chosen import chosen_consultation, of_consultation
from consultations.framing.models import Challenge, Consultation
from consultations.offline import codes, selectors
from consultations.offline.abilities import ENTER_SHEETS
from consultations.offline.forms import PileForm, SheetForm
from consultations.offline.limits import ENTRIES, LOOKING
from consultations.offline.models import PLACE_MAX, Entry
from consultations.offline.services.entering import Entered, enter
from consultations.offline.services.refusals import OtherSheet, SheetEntered, SheetTakenOut
from consultations.offline.services.typed import Typed
from consultations.participation.enums import Channel

_KEPT = (
    *("channel", "place", "given_on", "meeting", "title", "solution", "problem", "benefit"),
    *("stance", "name", "age_band", "capacity"),
)


@require_safe
@role_required(ENTER_SHEETS)
def begin(request: HttpRequest) -> HttpResponse:
    """In the consultation that this person was on."""
    found = chosen_consultation(request)
    if found is None:
        return redirect("desk_consultations")
    asked = request.GET.urlencode()
    return redirect(reverse("desk_entries", args=[found.slug]) + (f"?{asked}" if asked else ""))


@role_required(ENTER_SHEETS)
@limited_by(ENTRIES)
@of_consultation
def sheets(request: HttpRequest, consultation: Consultation) -> HttpResponse:
    challenges = list(Challenge.objects.filter(consultation=consultation).shown())
    by = signed_in_user(request)
    if request.method != "POST":
        meeting = request.GET.get("rendez-vous", "")
        form = _blank(consultation, challenges, by, meeting=int(meeting) if _is_number(meeting) else None)
        if form.initial["meeting"]:
            form.initial.update(_at_the_meeting(request))
        draft = request.GET.get("reprendre", "")
        form.initial.update(selectors.own_draft(consultation, by, int(draft)) if _is_number(draft) else {})
        return _page(request, consultation, form)
    # A page that stayed open while somebody else signed in: its sheets wait for whoever typed them.
    if request.headers.get("X-Sheets-Of", store := _store(consultation, by)) != store:
        raise PermissionDenied
    form, entered, first, anew = SheetForm(request.POST, challenges=challenges), None, None, {}
    status = 0
    if form.is_valid():
        try:
            entered = enter(
                consultation=consultation,
                typed=_typed(form),
                by=by,
                at=timezone.now(),
                key=form.cleaned_data["key"] or uuid.uuid4(),
                code=form.cleaned_data["code"],
                is_draft="brouillon" in request.POST,
            )
        except SheetEntered as refusal:
            first, status = refusal.entry, refusal.status
            form.add_error("sheet", str(refusal.message))
        except (OtherSheet, SheetTakenOut) as refusal:
            anew, status = SheetForm.drawn(), refusal.status
            form.data = {**request.POST.dict(), **anew}
            form.add_error(None, str(refusal.message))
        except Refusal as refusal:
            field = getattr(refusal, "field", "")
            form.add_error(field if field in form.fields else None, str(refusal.message))
    if "application/json" in request.headers.get("Accept", ""):
        return _told(request, consultation, form, entered, first, anew, status or 422)
    if entered is not None:
        form = _blank(consultation, challenges, by, meeting=form.cleaned_data["meeting"])
    return _page(request, consultation, form, entered=entered, first=first, status=status)


def _at_the_meeting(request: HttpRequest) -> dict[str, Any]:
    """What the page of a meeting says of it, so that nobody types it."""
    said: dict[str, Any] = {"channel": Channel.WORKSHOP, "place": request.GET.get("lieu", "")[:PLACE_MAX]}
    try:
        day = date.fromisoformat(request.GET.get("jour", ""))
    except ValueError:
        return said
    return said | ({"given_on": day} if day <= timezone.localdate() else {})


def _store(consultation: Consultation, by: User) -> str:
    """Under what a browser keeps the sheets that wait: by consultation and typist."""
    return f"{consultation.pk}:{by.pk}"


def _is_number(typed: str) -> bool:
    return typed.isascii() and typed.isdigit() and 0 < len(typed) < 18


def _typed(form: SheetForm) -> Typed:
    given = form.cleaned_data
    number = given["about"].strip().lstrip("n°Nº#").strip()
    return Typed(
        kind=given["kind"],
        challenge=form.challenges.get(given["challenge"]),
        about=int(number) if _is_number(number) else None,
        sheet=given["sheet"] if isinstance(given["sheet"], int) else None,
        printed=given["sheet"] if isinstance(given["sheet"], str) else "",
        neighbourhood=given.get("neighbourhood", ""),
        **{name: given[name] for name in _KEPT},
    )


def _blank(consultation: Consultation, challenges: list[Challenge], by: Any, *, meeting: int | None) -> SheetForm:
    """Ready for the next sheet: what stays from one to the next stands in it."""
    desk = selectors.desk_row(consultation, by)
    initial: dict[str, Any] = {"kind": "PROPOSAL", "given_on": timezone.localdate(), "meeting": meeting}
    if desk is not None:
        initial |= {"challenge": str(desk.challenge_id or ""), "channel": desk.channel, "place": desk.place}
        initial["given_on"] = desk.given_on or initial["given_on"]
    return SheetForm(initial={**initial, **SheetForm.drawn()}, challenges=challenges)


def _page(
    request: HttpRequest,
    consultation: Consultation,
    form: SheetForm,
    *,
    entered: Entered | None = None,
    first: Entry | None = None,
    status: int = 0,
) -> HttpResponse:
    by = signed_in_user(request)
    shown = selectors.desk_of(consultation, by)
    desk = shown["desk"]
    context = {
        "consultation": consultation,
        "form": form,
        "entered": entered,
        "code": codes.shown(entered.code) if entered and entered.code else "",
        "first": first and _first(first),
        "pile_form": PileForm(initial={"size": desk.pile if desk and desk.pile else None}),
        "store": _store(consultation, by),
        "alphabet": codes.ALPHABET,
        **shown,
    }
    status = status or (422 if form.errors else 200)
    return render(request, "offline/backoffice/sheets.html", context, status=status)


def _first(entry: Entry) -> dict[str, Any]:
    return {"entry": entry, "words": selectors.words_now(entry)}


def _told(
    request: HttpRequest,
    consultation: Consultation,
    form: SheetForm,
    entered: Entered | None,
    first: Entry | None,
    anew: dict[str, str],
    status: int,
) -> HttpResponse:
    """To the script: what became of the sheet, and how the last ones stand now."""
    if entered is None:
        labels = {name: f"{field.label}\u00a0: " for name, field in form.fields.items()}
        said = [labels.get(name, "") + " ".join(map(str, errors)) for name, errors in form.errors.items()]
        more: dict[str, Any] = {"first": reverse("desk_entry", args=[consultation.slug, first.pk])} if first else {}
        more |= {"anew": anew} if anew else {}
        return JsonResponse({"message": " ".join(said), **more}, status=status)
    shown = selectors.desk_of(consultation, signed_in_user(request))
    desk = shown["desk"]
    return JsonResponse(
        {
            "key": str(entered.entry.key),
            "code": codes.shown(entered.code) if entered.code else "",
            "printed": bool(entered.entry.receipt and entered.entry.receipt.is_printed),
            "pile": _("%(done)s/%(pile)s") % {"done": shown["done"], "pile": desk.pile} if desk and desk.pile else "",
            "last": render_to_string(
                "offline/backoffice/_last.html", {"consultation": consultation, **shown}, request=request
            ),
        }
    )


@require_POST
@role_required(ENTER_SHEETS)
@limited_by(LOOKING)
@of_consultation
def close(request: HttpRequest, consultation: Consultation) -> HttpResponse:
    """Beside what is typed: proposals that say nearly the same, or those that an argument may be about."""
    if request.POST.get("kind") == "ARGUMENT":
        found = selectors.found_by(consultation, words=request.POST.get("about", "").strip()[:200])
    else:
        found = selectors.close_to(consultation, text=request.POST.get("solution", "")[:2000])
    context = {"found": found, "of_argument": request.POST.get("kind") == "ARGUMENT"}
    return render(request, "offline/backoffice/_close.html", context)
