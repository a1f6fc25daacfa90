"""The page of a challenge at the desk: its texts, what is said in their margins, and what both sides think of it."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from accounts.abilities import may
from accounts.permissions import Asks, role_required, signed_in_user
from common.meanwhile import ChangedMeanwhile
from common.requests import Request
from common.text import whole_number
from consultations.framing.abilities import DISCUSS, FRAME, HAVE_ACCOMPANY
from consultations.framing.backoffice.chosen import chosen_consultation, of_consultation
from consultations.framing.enums import MarginField, Side
from consultations.framing.models import Challenge, Consultation, MarginComment
from consultations.framing.permissions import SIGNS_AS, discusses, side_of
from consultations.framing.selectors import documents_of, library_news
from consultations.framing.selectors.margins import margin_of
from consultations.framing.services import accompaniment, advising, margins
from consultations.framing.services import challenges as services
from consultations.framing.services.uses import is_in_use

View = Callable[..., HttpResponse]


class CommentForm(forms.Form):
    """A comment on the field that its page names, or an answer to one."""

    words = margins.WORDS.field(label=gettext_lazy("Your comment"), rows=3)

    def __init__(self, *args: Any, about: str, **kwargs: Any) -> None:
        super().__init__(*args, **{"auto_id": f"id_%s_{about}", **kwargs})


def for_those_who_frame(view: View) -> View:
    """And for the service's team, where the city has it accompany it."""

    @role_required(DISCUSS, second_factor=Asks.ONCE_OPEN)
    @wraps(view)
    def guarded(request: Request, *args: Any, **kwargs: Any) -> HttpResponse:
        if not discusses(user=signed_in_user(request), municipality=request.tenant):
            raise Http404
        return view(request, *args, **kwargs)

    return guarded


@for_those_who_frame
def lead_on(request: Request) -> HttpResponse:
    """To the challenges of the consultation that is being worked on: where somebody of the service comes in."""
    found = chosen_consultation(request)
    if found is None:
        raise Http404
    return redirect("desk_challenges", found.slug)


@for_those_who_frame
@of_consultation
def challenge_page(request: Request, consultation: Consultation, slug: str) -> HttpResponse:
    return _page(request, challenge_of(consultation, slug))


@require_POST
@for_those_who_frame
@of_consultation
def comment(request: Request, consultation: Consultation, slug: str, field: str) -> HttpResponse:
    challenge = challenge_of(consultation, slug)
    if field not in MarginField.values:
        raise Http404
    form = CommentForm(request.POST, about=field)
    return _written(request, challenge, form, margins.comment, about=field, field=field)


@require_POST
@for_those_who_frame
@of_consultation
def reply(request: Request, consultation: Consultation, slug: str, number: int) -> HttpResponse:
    challenge = challenge_of(consultation, slug)
    _comment_of(challenge, number)
    return _written(
        request, challenge, CommentForm(request.POST, about=str(number)), margins.reply, about=number, number=number
    )


@require_POST
@for_those_who_frame
@of_consultation
def resolve(request: Request, consultation: Consultation, slug: str, number: int) -> HttpResponse:
    challenge = challenge_of(consultation, slug)
    _comment_of(challenge, number)
    found = margins.resolve(
        challenge=challenge, number=number, at=timezone.now(), signed=_name(request), **_who(request)
    )
    messages.success(request, _("This comment is settled."))
    return _back(challenge, found)


@require_POST
@for_those_who_frame
@of_consultation
def reopen(request: Request, consultation: Consultation, slug: str, number: int) -> HttpResponse:
    challenge = challenge_of(consultation, slug)
    _comment_of(challenge, number)
    found = margins.reopen(challenge=challenge, number=number, **_who(request))
    messages.success(request, _("This comment is open again."))
    return _back(challenge, found)


@require_POST
@for_those_who_frame
@of_consultation
def validate(request: Request, consultation: Consultation, slug: str) -> HttpResponse:
    """For the side of whoever presses."""
    challenge, user = challenge_of(consultation, slug), signed_in_user(request)
    revision = whole_number(request.POST.get("revision", ""))
    read: dict[str, Any] = {"challenge": challenge, "revision": revision, "at": timezone.now()}
    try:
        if side_of(user) == Side.CITY:
            services.validate_challenge(actor=user, **read)
        else:
            advising.advise_challenge(signed=_name(request), **read, **_who(request))
        messages.success(request, _("This challenge is validated."))
    except ChangedMeanwhile:
        messages.warning(request, _("Its text changed since you read it. Read it again, then validate it."))
    return redirect("desk_challenge", consultation.slug, slug)


@require_POST
@for_those_who_frame
@of_consultation
def unvalidate(request: Request, consultation: Consultation, slug: str) -> HttpResponse:
    challenge, user = challenge_of(consultation, slug), signed_in_user(request)
    if side_of(user) == Side.CITY:
        services.unvalidate_challenge(challenge=challenge, actor=user)
    else:
        advising.withdraw_advice(challenge=challenge, **_who(request))
    messages.success(request, _("This challenge is no longer validated."))
    return redirect("desk_challenge", consultation.slug, slug)


@require_POST
@role_required(HAVE_ACCOMPANY)
def accompany(request: Request) -> HttpResponse:
    """Let the service's team in to frame, or out."""
    user = signed_in_user(request)
    if request.POST.get("do") == "end":
        accompaniment.end_accompaniment(municipality=request.tenant, actor=user)
        messages.success(request, _("The service no longer accompanies you: nobody of it comes in any more."))
    else:
        accompaniment.ask_for_accompaniment(municipality=request.tenant, actor=user, at=timezone.now())
        messages.success(request, _("The service’s team may now come in, comment on your challenges and advise you."))
    return redirect("desk_framing")


def challenge_of(consultation: Consultation, slug: str) -> Challenge:
    """Of this consultation: no other's stands at its address."""
    found = consultation.challenges.select_related("validated_by").filter(slug=slug).first()
    if found is None:
        raise Http404
    found.consultation = consultation
    return found


def _who(request: Request) -> dict[str, Any]:
    return {"actor": signed_in_user(request), "municipality": request.tenant}


def _name(request: Request) -> str:
    """With which somebody of the service signs."""
    return str(request.session.get(SIGNS_AS, ""))


def _comment_of(challenge: Challenge, number: int) -> None:
    if not challenge.margin_comments.filter(pk=number).exists():
        raise Http404


def _written(
    request: Request, challenge: Challenge, form: CommentForm, service: Any, *, about: object, **more: Any
) -> HttpResponse:
    """Where it was written; what cannot be said stays in its form, with why."""
    if form.is_valid():
        given = {"text": form.cleaned_data["words"], "at": timezone.now(), "signed": _name(request)}
        try:
            written = service(challenge=challenge, **given, **_who(request), **more)
        except (margins.CommentResolved, margins.MarginFull) as refusal:
            form.add_error("words", str(refusal.message))
        else:
            messages.success(request, _("Your comment is there."))
            return _back(challenge, written)
    return _page(request, challenge, typed={str(about): form}, status=422)


def _back(challenge: Challenge, comment: MarginComment) -> HttpResponse:
    page = reverse("desk_challenge", args=[challenge.consultation.slug, challenge.slug])
    return redirect(f"{page}#{comment.field}")


def _page(
    request: Request, challenge: Challenge, *, typed: dict[str, CommentForm] | None = None, status: int = 200
) -> HttpResponse:
    typed = typed or {}
    documents = documents_of(challenge.consultation)
    sections: list[dict[str, Any]] = [
        {
            "section": section,
            "is_empty": not getattr(challenge, section.about, documents),
            "form": typed.get(section.about.value) or CommentForm(about=section.about.value),
            "threads": [
                (each, typed.get(str(each.comment.pk)) or CommentForm(about=str(each.comment.pk)))
                for each in section.open
            ],
            "resolved": [(each, typed.get(str(each.comment.pk))) for each in section.resolved],
            "is_answered": any(str(each.comment.pk) in typed for each in section.resolved),
        }
        for section in margin_of(challenge)
    ]
    context = {
        "challenge": challenge,
        "consultation": challenge.consultation,
        "sections": sections,
        "open_count": sum(len(each["threads"]) for each in sections),
        "documents": documents,
        "news": library_news([challenge]).get(challenge.pk),
        "is_in_use": is_in_use(challenge),
        "frames": may(request.user, FRAME),
        "is_service": side_of(signed_in_user(request)) == Side.SERVICE,
        "takes_comments": not challenge.consultation.is_archived,
    }
    return render(request, "framing/backoffice/challenge.html", context, status=status)
