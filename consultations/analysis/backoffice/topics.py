"""The desk's themes: what was found in each challenge, corrected by hand, and what a new run would change."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from accounts.abilities import SEE_DESK, may
from accounts.permissions import role_required, signed_in_user
from common.limits import limited_by
from common.refusals import Refusal
from common.templatetags.ui import figure
from common.text import whole_number
from consultations.analysis.abilities import COMPOSE
from consultations.analysis.backoffice.runs import standings_of
from consultations.analysis.enums import RunKind
from consultations.analysis.limits import TOPICS
from consultations.analysis.models import Topic, TopicCorrection
from consultations.analysis.selectors.topics import (
    corrections_told,
    difference_of,
    overviews,
    proposals_of,
    titles_of,
    waiting_in,
)
from consultations.analysis.services import topics as services
from consultations.framing.backoffice.chosen import of_consultation
from consultations.framing.models import Challenge, Consultation

# In the place of the number of a theme: proposals that have none.
NONE = 0


class NameForm(forms.Form):
    name = services.NAME.field(label=gettext_lazy("Name of the theme"))


class ApartForm(forms.Form):
    """For what is ticked: a theme of its own."""

    name = services.NAME.field(label=gettext_lazy("Name of the new theme"))


@role_required(SEE_DESK)
@of_consultation
def topics(request: HttpRequest, consultation: Consultation) -> HttpResponse:
    """The themes of all its challenges; while a run is made, how far it is."""
    run = standings_of(request, consultation, RunKind.THEMES, RunKind.DUPLICATES)
    if getattr(request, "htmx", False):
        answer = render(request, "analysis/backoffice/_standing.html", run)
        if not run["waits_for"]:
            answer["HX-Refresh"] = "true"  # what was waited for is there
        return answer
    challenges = list(consultation.challenges.order_by("position", "pk"))
    found, waiting = overviews(challenges), waiting_in(challenges)
    rich = [each for each in challenges if found[each.pk].rows or each.pk in waiting]
    context = {
        **run,
        "challenges": [(each, found[each.pk], each.pk in waiting) for each in rich],
        "bare": [(each, found[each.pk]) for each in challenges if each not in rich],
        "may_compose": may(request.user, COMPOSE) and not consultation.is_archived,
    }
    return render(request, "analysis/backoffice/topics.html", context)


# ── One theme ─────────────────────────────────────────────────────────────────


@role_required(SEE_DESK)
@of_consultation
def topic(request: HttpRequest, consultation: Consultation, challenge: str, number: int) -> HttpResponse:
    """Its texts; for those who may, how it is corrected."""
    return _page(request, _subject(consultation, challenge, number))


@dataclass
class _Subject:
    consultation: Consultation
    challenge: Challenge
    topic: Topic | None

    @property
    def number(self) -> int:
        return self.topic.pk if self.topic else NONE


def _subject(consultation: Consultation, challenge: str, number: int) -> _Subject:
    where = get_object_or_404(consultation.challenges, slug=challenge)
    if number == NONE:
        return _Subject(consultation, where, None)
    found = get_object_or_404(Topic.objects.select_related("challenge"), pk=number, challenge=where)
    return _Subject(consultation, where, found)


def _page(request: HttpRequest, subject: _Subject, *, kept_forms: Any = None, status: int = 200) -> HttpResponse:
    typed: dict[str, Any] = kept_forms or {}
    topic = subject.topic
    found = overviews([subject.challenge])[subject.challenge.pk]
    context = {
        "consultation": subject.consultation,
        "challenge": subject.challenge,
        "topic": topic,
        "number": subject.number,
        "places": proposals_of(subject.challenge, topic),
        "others": [row.topic for row in found.rows if row.topic != topic],
        "row": next((row for row in found.rows if row.topic == topic), None),
        "gone_into": topic.into if topic else None,
        "corrections": corrections_told(subject.challenge, topic),
        "name_form": typed.get("rename") or NameForm(initial={"name": topic.title if topic else ""}, auto_id="own_%s"),
        "apart_form": typed.get("apart") or ApartForm(auto_id="new_%s"),
        "ticked": {whole_number(key) for key in request.POST.getlist("choix")},
        "refusal": typed.get("refusal", ""),
        "may_compose": may(request.user, COMPOSE) and not subject.consultation.is_archived,
    }
    return render(request, "analysis/backoffice/topic.html", context, status=status)


@require_POST
@limited_by(TOPICS)
@role_required(COMPOSE)
@of_consultation
def correct(request: HttpRequest, consultation: Consultation, challenge: str, number: int) -> HttpResponse:
    """One correction, by the button that was pressed. Refused, the page says why and keeps what was typed."""
    subject = _subject(consultation, challenge, number)
    do = _CORRECTIONS.get(request.POST.get("do", ""))
    if do is None:
        raise Http404
    try:
        said, sent = do(request, subject)
    except Refusal as refusal:
        again = {"refusal": str(refusal.message), "rename": NameForm(request.POST, auto_id="own_%s")}
        again["apart"] = ApartForm(request.POST, auto_id="new_%s")
        if request.POST.get("do") != "rename":
            del again["rename"]
        if request.POST.get("do") != "apart":
            del again["apart"]
        return _page(request, subject, kept_forms=again, status=refusal.status)
    if sent is not None:
        return _page(request, subject, kept_forms=sent, status=422)
    messages.success(request, said)
    merged = Topic.objects.filter(pk=subject.number, into__isnull=False).exists()
    return redirect("desk_topics", consultation.slug) if merged else redirect(request.path.removesuffix("corriger/"))


# What is said of it, or the forms that are not right.
_Done = tuple[str, dict[str, Any] | None]


def _said(request: HttpRequest, subject: _Subject) -> dict[str, Any]:
    return {"topic": subject.topic, "actor": signed_in_user(request), "at": timezone.now()}


def _ticked(request: HttpRequest) -> list[int]:
    return [number for key in request.POST.getlist("choix")[:1000] if (number := whole_number(key))]


def _other(request: HttpRequest, subject: _Subject, field: str) -> Topic:
    number = whole_number(request.POST.get(field, ""))
    found = Topic.objects.select_related("challenge").filter(pk=number, challenge=subject.challenge).first()
    if found is None:
        raise NoTopicChosen
    return found


class NoTopicChosen(Refusal):
    code = "no_topic_chosen"
    status = 422
    message = gettext_lazy("Choose a theme in the list.")


def _rename(request: HttpRequest, subject: _Subject) -> _Done:
    form = NameForm(request.POST, auto_id="own_%s")
    if not form.is_valid():
        return "", {"rename": form}
    seen = request.POST.get("seen", "")
    services.rename_topic(**_said(request, _named(subject)), name=form.cleaned_data["name"], seen=seen)
    return _("The theme has its new name, which stays whatever a new analysis finds."), None


def _merge(request: HttpRequest, subject: _Subject) -> _Done:
    other = _other(request, subject, "dans")
    services.merge_topics(**_said(request, _named(subject)), into=other)
    return _("The two themes are one: “%(name)s”.") % {"name": other.title}, None


def _apart(request: HttpRequest, subject: _Subject) -> _Done:
    form = ApartForm(request.POST, auto_id="new_%s")
    if not form.is_valid():
        return "", {"apart": form}
    services.split_topic(
        challenge=subject.challenge,
        proposals=_ticked(request),
        name=form.cleaned_data["name"],
        **_said(request, subject),
    )
    return _("The theme “%(name)s” is made.") % {"name": form.cleaned_data["name"]}, None


def _move(request: HttpRequest, subject: _Subject) -> _Done:
    other = _other(request, subject, "vers")
    count = services.move_proposals(
        challenge=subject.challenge, proposals=_ticked(request), into=other, **_said(request, subject)
    )
    told = ngettext("%(count)s proposal is now in “%(name)s”.", "%(count)s proposals are now in “%(name)s”.", count)
    return told % {"count": figure(count), "name": other.title}, None


def _pin(request: HttpRequest, subject: _Subject) -> _Done:
    count = services.pin_proposals(proposals=_ticked(request), **_said(request, _named(subject)))
    told = ngettext(
        "%(count)s proposal stays here, whatever a new analysis finds.",
        "%(count)s proposals stay here, whatever a new analysis finds.",
        count,
    )
    return told % {"count": figure(count)}, None


def _exclude(request: HttpRequest, subject: _Subject) -> _Done:
    count = services.exclude_proposals(
        challenge=subject.challenge, proposals=_ticked(request), **_said(request, subject)
    )
    told = ngettext(
        "%(count)s proposal is left out of themes and of syntheses.",
        "%(count)s proposals are left out of themes and of syntheses.",
        count,
    )
    return told % {"count": figure(count)}, None


def _named(subject: _Subject) -> _Subject:
    """Proposals without a theme have no name to change."""
    if subject.topic is None:
        raise Http404
    return subject


_CORRECTIONS: dict[str, Callable[[HttpRequest, _Subject], _Done]] = {
    "rename": _rename,
    "merge": _merge,
    "apart": _apart,
    "move": _move,
    "pin": _pin,
    "exclude": _exclude,
}


@require_POST
@limited_by(TOPICS)
@role_required(COMPOSE)
@of_consultation
def undo(request: HttpRequest, consultation: Consultation, challenge: str, correction: int) -> HttpResponse:
    where = get_object_or_404(consultation.challenges, slug=challenge)
    corrections = TopicCorrection.objects.select_related("challenge").filter(challenge=where)
    found = get_object_or_404(corrections, pk=correction)
    try:
        services.undo_correction(correction=found, actor=signed_in_user(request), at=timezone.now())
    except Refusal as refusal:
        messages.warning(request, str(refusal.message))
    else:
        messages.success(request, _("The correction is undone."))
    return redirect("desk_topics", consultation.slug)


# ── What a new run would change ───────────────────────────────────────────────


@role_required(SEE_DESK)
@of_consultation
def difference(request: HttpRequest, consultation: Consultation, challenge: str) -> HttpResponse:
    """Before it is taken: theme by theme, with corrections applied to both."""
    where = get_object_or_404(consultation.challenges, slug=challenge)
    found = difference_of(where)
    titles = titles_of(found.keys) if found else {}
    context = {
        "consultation": consultation,
        "challenge": where,
        "difference": found,
        "changes": [
            (each, [(pk, titles[pk]) for pk in each.comes], [(pk, titles[pk]) for pk in each.goes])
            for each in (found.changes if found else ())
        ],
        "may_compose": may(request.user, COMPOSE) and not consultation.is_archived,
    }
    return render(request, "analysis/backoffice/topic_difference.html", context)


@require_POST
@limited_by(TOPICS)
@role_required(COMPOSE)
@of_consultation
def settle(request: HttpRequest, consultation: Consultation, challenge: str) -> HttpResponse:
    """Take what waits, as it was shown, or put it aside."""
    where = get_object_or_404(consultation.challenges, slug=challenge)
    model, actor = whole_number(request.POST.get("model", "")), signed_in_user(request)
    try:
        if request.POST.get("do") == "take":
            services.take_model(challenge=where, model=model, actor=actor, at=timezone.now())
            messages.success(request, _("The new themes are in force, with all your corrections."))
        else:
            services.put_model_aside(challenge=where, model=model, actor=actor)
            messages.success(request, _("Nothing was changed."))
    except Refusal as refusal:
        messages.warning(request, str(refusal.message))
    return redirect("desk_topics", consultation.slug)
