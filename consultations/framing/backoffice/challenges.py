"""The city's desk: its challenges, one by one, and what the library has improved since."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.abilities import may
from accounts.permissions import Asks, role_required, signed_in_user
from common.differences import difference
from common.meanwhile import ChangedMeanwhile, sent_again
from consultations.framing.abilities import FRAME, HAVE_ACCOMPANY
from consultations.framing.backoffice.chosen import consultations_of, of_consultation
from consultations.framing.backoffice.forms import ChallengeForm
from consultations.framing.backoffice.margins import challenge_of, for_those_who_frame
from consultations.framing.models import Challenge, Consultation
from consultations.framing.selectors import (
    FIELD_NAMES,
    challenges_of,
    field_news,
    in_words,
    last_editor,
    library_news,
)
from consultations.framing.selectors.margins import open_comments
from consultations.framing.services import challenges as services


@for_those_who_frame
@of_consultation
def challenge_list(request: HttpRequest, consultation: Consultation) -> HttpResponse:
    """In the order in which people see them, each with its state."""
    challenges = challenges_of(consultation)
    news, comments = library_news(challenges), open_comments(challenges)
    context = {
        "consultation": consultation,
        "rows": [(challenge, challenge.pk in news, comments.get(challenge.pk, 0)) for challenge in challenges],
        "frames": may(request.user, FRAME),
        "others": [each for each in consultations_of(request) if each != consultation],
        "may_have_accompany": may(request.user, HAVE_ACCOMPANY),
        "validated": sum(challenge.is_validated for challenge in challenges),
        "is_full": len(challenges) >= services.MAX,
    }
    return render(request, "framing/backoffice/challenges.html", context)


@role_required(FRAME, second_factor=Asks.ONCE_OPEN)
@of_consultation
def add_challenge(request: HttpRequest, consultation: Consultation) -> HttpResponse:
    """A challenge of the city's own."""
    form = ChallengeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            challenge = services.add_challenge(consultation=consultation, actor=signed_in_user(request), **_texts(form))
            messages.success(request, _("Your challenge is added. Validate it once it has been read through."))
            return redirect("desk_challenge", challenge.consultation.slug, challenge.slug)
        except services.TooManyChallenges as refusal:
            form.add_error(None, str(refusal.message))
    return render(
        request,
        "framing/backoffice/challenge_add.html",
        {"form": form, "consultation": consultation},
        status=422 if form.errors else 200,
    )


@role_required(FRAME, second_factor=Asks.ONCE_OPEN)
@of_consultation
def edit_challenge(request: HttpRequest, consultation: Consultation, slug: str) -> HttpResponse:
    """The city's text. Where another saved meanwhile, both texts are shown and nothing is overwritten."""
    challenge = challenge_of(consultation, slug)
    form = ChallengeForm(request.POST or None, challenge=challenge)
    context: dict[str, Any] = {"form": form, "challenge": challenge, "conflict": None}
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                services.edit_challenge(
                    challenge=challenge,
                    actor=signed_in_user(request),
                    revision=form.cleaned_data["revision"] or 0,
                    **_texts(form),
                )
                messages.success(request, _("Your challenge is saved."))
                return redirect("desk_challenge", consultation.slug, slug)
            except ChangedMeanwhile as meanwhile:
                context |= _conflict(request, form, meanwhile.now)
                status = 409
    return render(request, "framing/backoffice/challenge_edit.html", context, status=status)


def _texts(form: ChallengeForm) -> dict[str, Any]:
    return {name: form.cleaned_data[name] for name in services.TEXTS}


def _conflict(request: HttpRequest, form: ChallengeForm, now: Challenge) -> dict[str, Any]:
    """What the other wrote, beside what was typed; saving once more is then a decision."""
    typed = _texts(form)
    names = {**FIELD_NAMES, "figures": form.fields["figures"].label}
    theirs = [
        (str(names[name]), difference(in_words(name, value), in_words(name, typed[name])))
        for name in services.TEXTS
        if (value := getattr(now, name)) != typed[name]
    ]
    again = ChallengeForm(sent_again(request, now.revision), challenge=now)
    again.is_valid()
    return {"form": again, "challenge": now, "conflict": {"who": last_editor(now), "fields": theirs}}


@role_required(FRAME, second_factor=Asks.ONCE_OPEN)
@of_consultation
def library(request: HttpRequest, consultation: Consultation, slug: str) -> HttpResponse:
    """Field by field: what the library changed, and the city's text. Nothing is taken unless it is ticked."""
    challenge = challenge_of(consultation, slug)
    if request.method == "POST":
        return _take(request, challenge)
    return _library_page(request, challenge)


def _library_page(
    request: HttpRequest, challenge: Challenge, *, ticked: Sequence[str] = (), refusal: str = "", status: int = 200
) -> HttpResponse:
    news = library_news([challenge]).get(challenge.pk)
    context = {
        "challenge": challenge,
        "news": news,
        "fields": field_news(challenge, news) if news else [],
        "ticked": ticked,
        "refusal": refusal,
    }
    return render(request, "framing/backoffice/library.html", context, status=status)


def _take(request: HttpRequest, challenge: Challenge) -> HttpResponse:
    keeps = "keep" in request.POST
    ticked = [] if keeps else [each for each in request.POST.getlist("take") if each in FIELD_NAMES]
    if not ticked and not keeps:
        refusal = _("Tick what you take, or keep your text.")
        return _library_page(request, challenge, refusal=refusal, status=422)
    try:
        services.take_library_wording(
            challenge=challenge,
            actor=signed_in_user(request),
            version=_number(request, "version"),
            fields=ticked,
            revision=_number(request, "revision"),
        )
    except ChangedMeanwhile as meanwhile:
        refusal = _("Somebody changed this challenge meanwhile. Look again, then choose.")
        return _library_page(request, meanwhile.now, ticked=ticked, refusal=refusal, status=409)
    except services.TemplateGone as refusal:
        messages.warning(request, str(refusal.message))
        return redirect("desk_challenge", challenge.consultation.slug, challenge.slug)
    if ticked:
        messages.success(request, _("The library’s wording is in your challenge. Read it through, then validate it."))
    else:
        messages.success(request, _("Your text stays as it is."))
    return redirect("desk_challenge", challenge.consultation.slug, challenge.slug)


@require_POST
@role_required(FRAME, second_factor=Asks.ONCE_OPEN)
@of_consultation
def move(request: HttpRequest, consultation: Consultation, slug: str) -> HttpResponse:
    challenge = challenge_of(consultation, slug)
    services.move_challenge(challenge=challenge, actor=signed_in_user(request), up=request.POST.get("way") == "up")
    messages.success(request, _("The challenge “%(label)s” has moved.") % {"label": challenge.label})
    return redirect(f"{reverse('desk_challenges', args=[consultation.slug])}#challenge-{slug}")


@require_POST
@role_required(FRAME, second_factor=Asks.ONCE_OPEN)
@of_consultation
def remove(request: HttpRequest, consultation: Consultation, slug: str) -> HttpResponse:
    challenge = challenge_of(consultation, slug)
    try:
        services.remove_challenge(challenge=challenge, actor=signed_in_user(request))
    except services.ChallengeInUse as refusal:
        messages.warning(request, str(refusal.message))
        return redirect("desk_challenge", consultation.slug, slug)
    messages.success(request, _("The challenge “%(label)s” is removed.") % {"label": challenge.label})
    return redirect("desk_challenges", consultation.slug)


def _number(request: HttpRequest, name: str) -> int:
    """A number of a hidden field; 0, which no text ever had, where somebody changed it."""
    said = request.POST.get(name, "")
    return int(said) if said.isascii() and said.isdigit() and len(said) < 9 else 0
