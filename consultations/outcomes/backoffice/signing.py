"""What waits for somebody's signature: they read, tick, sign; or send one back with a word."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from accounts.permissions import role_required, signed_in_user
from common.refusals import Refusal
from common.requests import Request
from common.templatetags.ui import figure
from common.text import whole_number
from consultations.framing.backoffice.chosen import of_consultation
from consultations.framing.models import Consultation
from consultations.outcomes.abilities import SIGN_ANSWERS
from consultations.outcomes.backoffice.forms import BackForm
from consultations.outcomes.backoffice.listing import say_at
from consultations.outcomes.models import Answer
from consultations.outcomes.selectors.desk import reading_minutes, to_sign_by
from consultations.outcomes.services.signing import AT_MOST, Signed, send_back, sign_answers


@role_required(SIGN_ANSWERS)
@of_consultation
def sign(request: Request, consultation: Consultation) -> HttpResponse:
    if request.method != "POST":
        return _page(request, consultation)
    read = _read(request.POST.getlist("choix"))
    if not read:
        messages.warning(request, _("Tick what you have read and want to sign."))
        return redirect("desk_sign", consultation.slug)
    try:
        signed = sign_answers(consultation=consultation, read=read, actor=signed_in_user(request), at=timezone.now())
    except Refusal as refusal:
        messages.warning(request, str(refusal.message))
        return redirect("desk_sign", consultation.slug)
    if signed.published:
        messages.success(request, _published(len(signed.published)))
    if not signed.refused:
        return redirect("desk_sign", consultation.slug)
    return _page(request, consultation, signed=signed, status=409)


def _read(chosen: list[str]) -> dict[int, int]:
    """Answer → the revision that was read."""
    pairs = (each.partition(".") for each in chosen[:AT_MOST])
    return {whole_number(pk): whole_number(revision) for pk, _dot, revision in pairs if whole_number(pk)}


def _published(count: int) -> str:
    said = ngettext("%(count)s answer is signed and published.", "%(count)s answers are signed and published.", count)
    return said % {"count": figure(count)}


@require_POST
@role_required(SIGN_ANSWERS)
@of_consultation
def back(request: Request, consultation: Consultation, pk: int) -> HttpResponse:
    found = Answer.objects.filter(proposal__challenge__consultation=consultation, signer=signed_in_user(request))
    answer = get_object_or_404(found.select_related("proposal"), pk=pk)
    form = BackForm(request.POST, auto_id=f"back-{pk}-%s")
    if form.is_valid():
        try:
            send_back(
                consultation=consultation,
                answer=answer,
                revision=form.cleaned_data["revision"] or 0,
                words=form.cleaned_data["words"],
                actor=signed_in_user(request),
                at=timezone.now(),
            )
        except Refusal as refusal:
            say_at(form, refusal, {}, otherwise="words")
        else:
            messages.success(request, _("“%(title)s” is sent back.") % {"title": answer.proposal.title})
            return redirect("desk_sign", consultation.slug)
    return _page(request, consultation, back=(pk, form), status=422)


def _page(
    request: Request,
    consultation: Consultation,
    *,
    signed: Signed | None = None,
    back: tuple[int, BackForm] | None = None,
    status: int = 200,
) -> HttpResponse:
    user = signed_in_user(request)
    waiting = to_sign_by(user, consultation, most=AT_MOST)
    refused = signed.refused if signed else {}
    titles = Answer.objects.filter(pk__in=refused).select_related("proposal").order_by("pk")
    length = sum(len(each.own_words) + len(each.reasons) for each in waiting)
    rows = [
        (each, back[1] if back and back[0] == each.pk else BackForm(auto_id=f"back-{each.pk}-%s")) for each in waiting
    ]
    context = {
        "consultation": consultation,
        "rows": rows,
        "refused": [(each, refused[each.pk].message) for each in titles],
        "lost": back[1] if back and back[0] not in {each.pk for each in waiting} else None,
        "minutes": reading_minutes(length),
        "all_ticked": "tout" in request.GET,
        "may_sign": bool(user.public_name and user.function),
    }
    return render(request, "outcomes/backoffice/sign.html", context, status=status)
