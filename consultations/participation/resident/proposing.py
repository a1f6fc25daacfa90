"""Proposing: three questions, a title, a read-through. Saved at every step, before signing in too."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache

from accounts.models import User
from accounts.permissions import signed_in_user
from common.text import clean_text
from consultations.framing.models import Calendar, Challenge
from consultations.framing.permissions import city_visible
from consultations.framing.selectors import calendar_of, challenge_by_slug
from consultations.participation import services
from consultations.participation.models import Draft
from consultations.participation.resident.acting import keep_for_later
from consultations.participation.resident.forms import STEPS, StepForm, WholeProposalForm
from consultations.participation.selectors import unfinished_draft

STEP_OF_PATH = {"solution": "solution", "probleme": "problem", "benefice": "benefit", "titre": "title"}
PATH_OF_STEP = {step: path for path, step in STEP_OF_PATH.items()}
STEP_LABELS = {
    "solution": _("Your solution"),
    "problem": _("The problem"),
    "benefit": _("The benefit"),
    "title": _("The title"),
}


@never_cache
@city_visible
def begin(request: HttpRequest, slug: str) -> HttpResponse:
    """The first question. Nothing is stored until something is typed."""
    challenge = challenge_by_slug(slug)
    if challenge is None:
        raise Http404
    if request.method == "POST":
        draft = Draft.objects.create(challenge=challenge, author=_user(request))
        if draft.author is None:
            _remember(request, draft)
        return _save_step(request, draft, "solution")
    begun = unfinished_draft(challenge=challenge, user=_user(request), keys=request.session.get("draft_keys", []))
    return _page(request, challenge, StepForm(step="solution"), "solution", begun=begun)


@never_cache
@city_visible
def step(request: HttpRequest, key: UUID, step: str) -> HttpResponse:
    draft = _own_draft(request, key)
    if draft.proposal is not None:
        return redirect(draft.proposal)
    name = STEP_OF_PATH.get(step)
    if name is None:
        raise Http404
    if request.method == "POST":
        return _save_step(request, draft, name)
    return _page(request, draft.challenge, StepForm(step=name, initial={name: getattr(draft, name)}), name, draft=draft)


def _save_step(request: HttpRequest, draft: Draft, name: str) -> HttpResponse:
    """Save what is there, good or not yet; only then judge it."""
    form = StepForm(request.POST, step=name)
    valid = form.is_valid()
    kept = form.cleaned_data[name] if valid else clean_text(request.POST.get(name, ""), one_line=name == "title")
    longest = 300 if name == "title" else 20_000
    services.save_draft(draft=draft, **{name: kept[:longest]})
    here = reverse("draft", args=[draft.pk, PATH_OF_STEP[name]])
    if "autosave" in request.POST:
        response = HttpResponse(status=204)
        response.headers["X-Draft-Url"] = here
        return response
    if not valid:
        return _page(request, draft.challenge, form, name, draft=draft, status=422)
    if "later" in request.POST:
        return redirect(draft.challenge)
    following = STEPS.index(name) + 1
    if following < len(STEPS) and "review" not in request.POST:
        return redirect("draft", draft.pk, PATH_OF_STEP[STEPS[following]])
    return redirect("draft_review", draft.pk)


@never_cache
@city_visible
def review(request: HttpRequest, key: UUID) -> HttpResponse:
    """The proposal as others will see it; publishing it."""
    draft = _own_draft(request, key)
    if draft.proposal is not None:
        return redirect(draft.proposal)
    form = WholeProposalForm({name: getattr(draft, name) for name in STEPS})
    if not form.is_valid():
        first = next(name for name in STEPS if name in form.errors)
        return redirect("draft", draft.pk, PATH_OF_STEP[first])
    notice, status = "", 200
    if request.method == "POST":
        user = _user(request)
        if user is None or not user.public_name:
            return keep_for_later(request, {"do": "publish", "draft": str(draft.pk)})
        try:
            return redirect(services.submit_proposal(draft=draft, author=user, at=timezone.now()))
        except services.Refused as refusal:
            notice, status = str(refusal.message), 409
    context = {
        "draft": draft,
        "challenge": draft.challenge,
        "calendar": _calendar(draft.challenge),
        "steps": _stepper("review", draft),
        "notice": notice,
    }
    return render(request, "participation/resident/review.html", context, status=status)


@never_cache
@city_visible
def discard(request: HttpRequest, key: UUID) -> HttpResponse:
    """Throw a draft away, after asking."""
    draft = _own_draft(request, key)
    if draft.proposal is not None:
        return redirect(draft.proposal)
    if request.method == "POST":
        draft.delete()
        return redirect("proposal_new", draft.challenge.slug)
    return render(request, "participation/resident/discard.html", {"draft": draft, "challenge": draft.challenge})


def _page(
    request: HttpRequest,
    challenge: Challenge,
    form: StepForm,
    name: str,
    *,
    draft: Draft | None = None,
    begun: Draft | None = None,
    status: int = 200,
) -> HttpResponse:
    number = STEPS.index(name)
    context = {
        "challenge": challenge,
        "calendar": _calendar(challenge),
        "form": form,
        "field": form[name],
        "step": name,
        "steps": _stepper(name, draft),
        "next_label": STEP_LABELS[STEPS[number + 1]] if number + 1 < len(STEPS) else "",
        "example": challenge.examples[number % len(challenge.examples)] if challenge.examples else None,
        "draft": draft,
        "begun": begun,
    }
    return render(request, "participation/resident/step.html", context, status=status)


def _stepper(current: str, draft: Draft | None) -> list[dict[str, object]]:
    """The steps with their state; those already written can be gone back to."""
    names = [*STEPS, "review"]
    place = names.index(current)
    steps: list[dict[str, object]] = []
    for number, name in enumerate(names):
        written = draft is not None and name in STEPS and bool(getattr(draft, name))
        steps.append(
            {
                "label": STEP_LABELS.get(name, _("Read through")),
                "state": "now" if number == place else ("done" if number < place else "next"),
                "url": reverse("draft", args=[draft.pk, PATH_OF_STEP[name]]) if written and draft else "",
            }
        )
    return steps


def _calendar(challenge: Challenge) -> Calendar:
    return calendar_of(challenge.consultation, at=timezone.now())


def _own_draft(request: HttpRequest, key: UUID) -> Draft:
    """A draft of this person, or of this visitor's session; anybody else's does not exist. A published one leads on."""
    draft = Draft.objects.select_related("challenge__consultation", "proposal").filter(pk=key).first()
    user = _user(request)
    if draft is None:
        raise Http404
    if draft.author_id is None and str(draft.pk) in request.session.get("draft_keys", []):
        if user is not None:
            draft.author = user
            draft.save(update_fields=["author", "updated_at"])
        return draft
    if user is None or draft.author_id != user.pk:
        raise Http404
    return draft


def _remember(request: HttpRequest, draft: Draft) -> None:
    request.session["draft_keys"] = [*request.session.get("draft_keys", []), str(draft.pk)][-20:]


def _user(request: HttpRequest) -> User | None:
    return signed_in_user(request) if request.user.is_authenticated else None
