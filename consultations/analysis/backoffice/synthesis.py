"""The desk's syntheses: composed of people's sentences, read again, published, or taken back."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from accounts.abilities import SEE_DESK, may
from accounts.permissions import role_required, signed_in_user
from common.differences import Piece
from common.meanwhile import ChangedMeanwhile, sent_again, theirs_beside
from common.text import whole_number
from consultations.analysis.abilities import COMPOSE
from consultations.analysis.models import Synthesis
from consultations.analysis.selectors.synthesis_coverage import coverage_of
from consultations.analysis.selectors.synthesis_editor import editor_of
from consultations.analysis.selectors.synthesis_material import Material, material_of
from consultations.analysis.selectors.synthesis_shown import (
    counts_of,
    frozen,
    published_in,
    shown,
    shown_versions,
)
from consultations.analysis.services import synthesis as services
from consultations.analysis.services.synthesis_refusals import NothingToCompose, NothingToSay, QuotedTooOften
from consultations.framing.backoffice.chosen import of_consultation
from consultations.framing.models import Challenge, Consultation


class SynthesisForm(forms.Form):
    """The city's own words: the title, the introduction, and a text for each theme (`texte-`, its number)."""

    title = services.TITLE.field(
        label=gettext_lazy("Title of the synthesis"),
        help_text=gettext_lazy("Left empty, it is the question of the challenge."),
        required=False,
    )
    intro = services.INTRO.field(
        label=gettext_lazy("Your introduction"),
        help_text=gettext_lazy("It will be marked as a text of the authority."),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    revision = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    def __init__(self, kept: Synthesis, data: Any = None) -> None:
        self.kept = kept
        initial = {"title": kept.title, "intro": kept.intro, "revision": kept.revision}
        initial |= {_name(part["topic"]): part["text"] for part in kept.parts}
        super().__init__(data, initial=initial)
        for part in kept.parts:
            self.fields[_name(part["topic"])] = services.LINK_TEXT.field(
                label=gettext_lazy("Your linking text"),
                help_text=gettext_lazy("It will be marked as a text of the authority."),
                required=False,
                widget=forms.Textarea(attrs={"rows": 2}),
            )

    def sent(self) -> services.Sent:
        """What was typed, chosen and pressed; whatever is no number of a place chooses nothing."""
        pressed, _colon, on = str(self.data.get("do", "")).partition(":")
        words = self.cleaned_data
        chosen = {}
        for part in self.kept.parts:
            for slot in part["slots"]:
                key = slot["key"]
                if f"place-{key}" in self.data or f"pour-{key}" in self.data:
                    chosen[key] = services.Chosen(
                        proposal=whole_number(self.data.get(f"place-{key}", "")) or slot["proposal"],
                        pro=self._argument(f"pour-{key}", slot["pro"]),
                        con=self._argument(f"contre-{key}", slot["con"]),
                    )
        return services.Sent(
            title=words.get("title", ""),
            intro=words.get("intro", ""),
            texts={part["topic"]: words.get(_name(part["topic"]), "") for part in self.kept.parts},
            chosen=chosen,
            do=pressed,
            on=whole_number(on),
        )

    def _argument(self, name: str, kept: int | None) -> int | None:
        return (whole_number(self.data[name]) or None) if name in self.data else kept


def _name(topic: int) -> str:
    return f"texte-{topic}"


@role_required(SEE_DESK)
@of_consultation
def syntheses(request: HttpRequest, consultation: Consultation) -> HttpResponse:
    """One for each challenge: being composed, published, or neither."""
    challenges = list(consultation.challenges.order_by("position", "pk"))
    begun = {each.pk: each for each in Synthesis.objects.filter(challenge__in=challenges).order_by("pk")}
    published = published_in(challenges)
    found = dict(zip(published, shown_versions(list(published.values())), strict=True))
    context = {
        "consultation": consultation,
        "rows": [(each, begun.get(each.pk), found.get(each.pk)) for each in challenges],
    }
    return render(request, "analysis/backoffice/syntheses.html", context)


@role_required(SEE_DESK)
@of_consultation
def synthesis(request: HttpRequest, consultation: Consultation, challenge: str) -> HttpResponse:
    """As it is being composed; before that, the way to begin."""
    where = get_object_or_404(consultation.challenges, slug=challenge)
    kept = Synthesis.objects.filter(challenge=where).first()
    return _page(request, consultation, where, kept, SynthesisForm(kept) if kept else None)


def _page(
    request: HttpRequest,
    consultation: Consultation,
    challenge: Challenge,
    kept: Synthesis | None,
    form: SynthesisForm | None,
    *,
    conflict: dict[str, Any] | None = None,
    status: int = 200,
) -> HttpResponse:
    material = material_of(challenge)
    editor = None
    if kept and form:
        chosen = form.sent().chosen if form.is_bound and hasattr(form, "cleaned_data") else None
        editor = editor_of(material, kept, chosen)
    context = {
        "consultation": consultation,
        "challenge": challenge,
        "synthesis": kept,
        "form": form,
        "editor": editor,
        "parts": [(part, form[_name(part.topic)]) for part in editor.parts] if editor and form else [],
        "counts": counts_of(material),
        "conflict": conflict,
        "published": published_in([challenge]).get(challenge.pk),
        "may_compose": _may_compose(request, consultation),
    }
    return render(request, "analysis/backoffice/synthesis.html", context, status=status)


def _may_compose(request: HttpRequest, consultation: Consultation) -> bool:
    return may(request.user, COMPOSE) and not consultation.is_archived


@require_POST
@role_required(COMPOSE)
@of_consultation
def begin(request: HttpRequest, consultation: Consultation, challenge: str) -> HttpResponse:
    where = get_object_or_404(consultation.challenges, slug=challenge)
    try:
        services.begin_synthesis(challenge=where, actor=signed_in_user(request), at=timezone.now())
    except NothingToCompose as refusal:
        messages.warning(request, str(refusal.message))
    return redirect("desk_synthesis", consultation.slug, where.slug)


@require_POST
@role_required(COMPOSE)
@of_consultation
def save(request: HttpRequest, consultation: Consultation, challenge: str) -> HttpResponse:
    """Whatever button was pressed, all that was typed and chosen is kept with it."""
    where = get_object_or_404(consultation.challenges, slug=challenge)
    kept = get_object_or_404(Synthesis.objects.filter(challenge=where))
    form = SynthesisForm(kept, request.POST)
    if not form.is_valid():
        return _page(request, consultation, where, kept, form, status=422)
    sent = form.sent()
    try:
        services.save_synthesis(
            challenge=where,
            sent=sent,
            revision=form.cleaned_data["revision"],
            actor=signed_in_user(request),
            at=timezone.now(),
        )
    except ChangedMeanwhile as meanwhile:
        form = SynthesisForm(meanwhile.now, sent_again(request, meanwhile.now.revision))
        form.is_valid()
        conflict = _conflict(form, meanwhile.now, material_of(where))
        return _page(request, consultation, where, meanwhile.now, form, conflict=conflict, status=meanwhile.status)
    if sent.do == "review":
        return redirect("desk_synthesis_review", consultation.slug, where.slug)
    if not sent.do:
        messages.success(request, _("Kept. Nobody but the team reads it before you publish it."))
    return redirect(reverse("desk_synthesis", args=[consultation.slug, where.slug]) + _anchor(sent))


def _anchor(sent: services.Sent) -> str:
    if sent.do in ("up", "down", "next", "hide", "show"):
        return f"#place-{sent.on}"
    return f"#theme-{sent.on}" if sent.do in ("add", "part-up", "part-down") else ""


def _conflict(form: SynthesisForm, now: Synthesis, material: Material) -> dict[str, Any]:
    """What the other has saved, beside what was typed and chosen; saving once more is then a decision."""
    theirs = {"title": now.title, "intro": now.intro, **{_name(part["topic"]): part["text"] for part in now.parts}}
    fields = theirs_beside(form, theirs)
    chosen = form.sent().chosen
    for number, slot in enumerate((slot for part in now.parts for slot in part["slots"]), start=1):
        said = chosen.get(slot["key"])
        if said and said.proposal != slot["proposal"]:
            mine, other = (material.proposals.get(pk) for pk in (said.proposal, slot["proposal"]))
            pieces = [
                Piece("removed", other.title if other else "…"),
                Piece("added", mine.title if mine else "…", gap=True),
            ]
            fields.append((_("Place %(number)s") % {"number": number}, pieces))
    return {"who": now.updated_by.own_name if now.updated_by else "", "fields": fields}


# ── Publishing ────────────────────────────────────────────────────────────────


@role_required(SEE_DESK)
@of_consultation
def review(request: HttpRequest, consultation: Consultation, challenge: str) -> HttpResponse:
    """As everybody will read it, before it is published."""
    where = get_object_or_404(consultation.challenges, slug=challenge)
    kept = get_object_or_404(Synthesis.objects.filter(challenge=where))
    return _review_page(request, consultation, where, kept)


def _review_page(
    request: HttpRequest,
    consultation: Consultation,
    challenge: Challenge,
    kept: Synthesis,
    *,
    refusal: str = "",
    status: int = 200,
) -> HttpResponse:
    material = material_of(challenge)
    coverage = {**coverage_of(material, kept.parts).told(), **counts_of(material)}
    last = kept.versions.order_by("-number").first()
    after = last.number if last else 0
    context = {
        "consultation": consultation,
        "challenge": challenge,
        "synthesis": kept,
        "shown": shown(kept.title, kept.intro, frozen(material, kept.parts), coverage, number=after + 1),
        "after": after,
        "refusal": refusal,
        "may_compose": _may_compose(request, consultation),
    }
    return render(request, "analysis/backoffice/synthesis_review.html", context, status=status)


@require_POST
@role_required(COMPOSE)
@of_consultation
def publish(request: HttpRequest, consultation: Consultation, challenge: str) -> HttpResponse:
    """What was read again, and nothing else."""
    where = get_object_or_404(consultation.challenges, slug=challenge)
    kept = get_object_or_404(Synthesis.objects.filter(challenge=where))
    try:
        number = services.publish_synthesis(
            challenge=where,
            revision=whole_number(request.POST.get("revision", "")),
            after=whole_number(request.POST.get("after", "")),
            actor=signed_in_user(request),
            at=timezone.now(),
        )
    except ChangedMeanwhile as meanwhile:
        said = _("Somebody has changed or published it since you read it. Here it is as it is now: read it once more.")
        return _review_page(request, consultation, where, meanwhile.now, refusal=said, status=meanwhile.status)
    except (NothingToSay, QuotedTooOften) as refusal:
        said = str(refusal.message)
        return _review_page(request, consultation, where, kept, refusal=said, status=refusal.status)
    messages.success(request, _("Version %(number)s is published: everybody reads it.") % {"number": number})
    return redirect("desk_synthesis", consultation.slug, where.slug)


@require_POST
@role_required(COMPOSE)
@of_consultation
def withdraw(request: HttpRequest, consultation: Consultation, challenge: str) -> HttpResponse:
    where = get_object_or_404(consultation.challenges, slug=challenge)
    services.withdraw_synthesis(challenge=where, actor=signed_in_user(request), at=timezone.now())
    messages.success(request, _("Only the team reads it now. What you composed is kept."))
    return redirect("desk_synthesis", consultation.slug, where.slug)
