"""Rewriting the text of a proposal, in its workshop: kept as one types, then published."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.permissions import signed_in_user
from common.refusals import Refusal
from common.requests import Request
from consultations.cocreation.models import HeldVersion, ReworkDraft
from consultations.cocreation.resident.forms import ReworkForm
from consultations.cocreation.resident.workshop import (
    address_of,
    at_work,
    changes_in,
    frame,
    kept_text,
    rework_form,
    text_context,
    workshop_page,
)
from consultations.cocreation.selectors.workshop import reconciled_with_device, rework_draft, texts_of
from consultations.cocreation.services.held_versions import take_back_version
from consultations.cocreation.services.refusals import NothingChanged
from consultations.cocreation.services.rework import discard_rework, publish_version, save_rework
from consultations.participation.enums import Status
from consultations.participation.models import Proposal
from consultations.participation.promises import said_and_promised
from consultations.participation.rules import PARTS
from consultations.participation.services.refusals import ChangedMeanwhile


@require_POST
@at_work
def live_difference(request: HttpRequest, proposal: Proposal) -> HttpResponse:
    """What would change in the one part that was sent, for the place under its field."""
    name = next((name for name in PARTS if name in request.POST), None)
    if name is None:
        raise Http404
    context = {"name": name, **changes_in(proposal, name, request.POST[name])}
    return render(request, "cocreation/resident/_workshop_difference.html", context)


@at_work
def rework(request: Request, proposal: Proposal) -> HttpResponse:
    """Keep what was typed; then publish it, if that was asked. Kept first: whatever refuses, the words are there."""
    if request.method != "POST":
        return redirect(_to_the_text(proposal))
    form = ReworkForm(request.POST, proposal=proposal)
    is_valid, texts = form.is_valid(), form.typed()
    note, base_version, by = texts.pop("note"), form.number("base_version"), signed_in_user(request)
    sent: dict[str, Any] = {"proposal": proposal, "by": by, "texts": texts, "note": note, "base_version": base_version}
    try:
        draft = save_rework(**sent, seen_revision=form.number("seen"), at=timezone.now())
    except ChangedMeanwhile:
        return _two_devices(request, proposal, texts=texts, note=note, base_version=base_version)
    if "autosave" in request.POST:
        return HttpResponse(status=204, headers={"X-Draft-Seen": str(draft.revision)})
    if "publish" not in request.POST:
        return redirect(_to_the_text(proposal))
    if base_version == proposal.version and texts == texts_of(proposal):
        # Before anything else is asked: nobody writes a note about a text that stays as it is.
        kept = text_context(
            proposal, rework_form(proposal, texts, draft=draft), draft=draft, notice=str(NothingChanged.message)
        )
        return workshop_page(request, proposal, text=kept, status=409)
    if not is_valid:
        return _text_again(request, proposal, draft, status=422)
    try:
        version = publish_version(**sent, at=timezone.now())
    except ChangedMeanwhile:
        return workshop_page(request, proposal, text=kept_text(request, proposal), status=409)
    except (Refusal, Proposal.DoesNotExist) as refusal:
        notice = str(getattr(refusal, "message", _("This proposal was hidden meanwhile.")))
        return _text_again(request, proposal, draft, notice=notice, status=409)
    if isinstance(version, HeldVersion):
        messages.success(request, said_and_promised(_("Your version is sent."), version))
        return redirect(_to_the_text(proposal))
    messages.success(
        request, _("Version %(number)s is published. Those who follow it are told.") % {"number": version.number}
    )
    return redirect(proposal)


def _to_the_text(proposal: Proposal) -> str:
    return f"{address_of(proposal)}?texte#texte"


def _text_again(
    request: Request, proposal: Proposal, draft: ReworkDraft, *, status: int, notice: str = ""
) -> HttpResponse:
    """The text as it was sent, with what is wrong; the next saving follows the one just made."""
    again = ReworkForm({**request.POST.dict(), "seen": str(draft.revision)}, proposal=proposal)
    return workshop_page(
        request, proposal, text=text_context(proposal, again, draft=draft, notice=notice), status=status
    )


def _two_devices(
    request: Request, proposal: Proposal, *, texts: dict[str, str], note: str, base_version: int
) -> HttpResponse:
    """The same person has kept other words from another device: both are shown, and saving again is a decision."""
    if "autosave" in request.POST:
        return HttpResponse(status=409)
    draft = rework_draft(proposal=proposal, user=signed_in_user(request))
    meeting = reconciled_with_device(draft=draft, mine=texts, note=note) if draft else None
    form = rework_form(proposal, texts, draft=draft, note=note, base_version=base_version)
    return workshop_page(request, proposal, text=text_context(proposal, form, draft=draft, meeting=meeting), status=409)


@at_work
def discard(request: HttpRequest, proposal: Proposal) -> HttpResponse:
    """Go back to the published text, after asking."""
    if request.method == "POST":
        discard_rework(proposal=proposal, by=signed_in_user(request))
        return redirect(address_of(proposal))
    return render(request, "cocreation/resident/workshop_discard.html", frame(request, proposal))


@require_POST
@at_work
def take_back(request: HttpRequest, proposal: Proposal) -> HttpResponse:
    """Go on writing what was sent to be read: it no longer waits."""
    held = get_object_or_404(proposal.held_versions.filter(status=Status.HELD, author=signed_in_user(request)))
    try:
        take_back_version(held=held, author=signed_in_user(request), at=timezone.now())
        messages.success(request, _("Your version no longer waits: go on writing it."))
    except Refusal as refusal:
        messages.warning(request, str(refusal.message))
    return redirect(_to_the_text(proposal))
