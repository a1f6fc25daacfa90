"""Proposing: three questions, a title, a read-through. Saved at every step, before signing in too."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.permissions import user_of
from common.limits import TooMany, consume
from common.pictures import count_pictures
from common.refusals import Refusal
from common.requests import Request
from common.text import visible_length
from consultations.framing.context import remember
from consultations.framing.models import Calendar, Challenge
from consultations.framing.selectors import calendar_of, challenges_to_read
from consultations.framing.services.forward import ClosedAgain
from consultations.participation.limits import BEGINNING
from consultations.participation.models import Draft, Proposal
from consultations.participation.resident.acting import keep_for_later, kept_in_page, number_in, writing_too_fast
from consultations.participation.resident.begun import Publish, proposal_published
from consultations.participation.resident.drafts import remember_draft, writer_of
from consultations.participation.resident.forms import STEPS, DetailsForm, StepForm, WholeProposalForm
from consultations.participation.resident.gone import not_open
from consultations.participation.resident.hints import (
    STEP_OF_PATH,
    codes_of,
    keys_of,
    nudges_on,
    similar_to,
    typed_text,
)
from consultations.participation.selectors.drafts import own_picture, published_picture, unfinished_draft
from consultations.participation.services.drafts import (
    adopt_drafts,
    begin_draft,
    discard_draft,
    mark_of,
    save_details,
    save_draft,
)
from consultations.participation.services.proposals import submit_proposal
from consultations.participation.services.refusals import ChangedMeanwhile, TooManyDrafts

PATH_OF_STEP = {step: path for path, step in STEP_OF_PATH.items()}
STEP_LABELS = {
    "solution": _("Your solution"),
    "problem": _("The problem"),
    "benefit": _("The benefit"),
    "title": _("The title"),
}
# A challenge has examples of solutions alone.
EXAMPLES = {
    "problem": [
        {
            "text": _(
                "In July the school yard stays empty after lunch: it is too hot there. My neighbour, who is 78, makes "
                "a detour to find a bench in the shade."
            ),
            "why": _("A good example: one knows who suffers from what, where and when."),
        }
    ],
    "benefit": [
        {
            "text": _(
                "The children could play outside until the evening, and older people would stop on the square again. "
                "One would see it soon: count how many stay there at five o’clock, before and after."
            ),
            "why": _("A good example: one knows for whom life gets better, and how one will see it."),
        }
    ],
}


# ── The steps ─────────────────────────────────────────────────────────────────


def begin(request: HttpRequest, slug: str) -> HttpResponse:
    """The first question. Nothing is stored until something is typed."""
    challenge = challenges_to_read().filter(slug=slug).first()
    if challenge is None:
        return not_open(request, typed_text(request, "solution"))
    begun = unfinished_draft(challenge=challenge, writer=writer_of(request))
    if request.method == "POST":
        typed = typed_text(request, "solution")
        if not visible_length(typed):
            return _nothing_typed(request, challenge)
        # The very same words again, or more of them: a second press, or a page that was gone back to.
        is_again = begun is not None and bool(begun.solution) and typed.startswith(begun.solution)
        if not is_again and user_of(request) is None:
            try:
                consume(BEGINNING, request=request)
            except TooMany as refusal:
                return _not_begun(request, challenge, kept_in_page(refusal))
        try:
            draft = begun if begun is not None and is_again else _new_draft(request, challenge)
        except (TooManyDrafts, ClosedAgain) as refusal:
            is_listed = isinstance(refusal, TooManyDrafts) and user_of(request)
            listed = gettext("They are all listed in “My participation”.") if is_listed else ""
            return _not_begun(request, challenge, f"{refusal.message} {listed}".strip())
        return _save_step(request, draft, "solution")
    return _page(request, challenge, StepForm(step="solution"), "solution", begun=begun)


def _nothing_typed(request: HttpRequest, challenge: Challenge) -> HttpResponse:
    """There is no draft without words."""
    if "autosave" in request.POST:
        return HttpResponse(status=204)
    if "improve" in request.POST:
        return _improve_instead(request, None)
    return _page(request, challenge, StepForm(request.POST, step="solution"), "solution", status=422)


def _not_begun(request: HttpRequest, challenge: Challenge, notice: str) -> HttpResponse:
    """Too many drafts, of one person or from one network: nothing is kept but what stands in the page."""
    if "autosave" in request.POST:
        return render(request, "429.html", {"message": notice}, status=429)
    form = StepForm(request.POST, step="solution")
    return _page(request, challenge, form, "solution", notice=notice, status=409)


def _new_draft(request: HttpRequest, challenge: Challenge) -> Draft:
    draft = begin_draft(challenge=challenge, writer=writer_of(request))
    if draft.author is None:
        remember_draft(request, str(draft.pk))
    return draft


def step(request: HttpRequest, key: UUID, step: str) -> HttpResponse:
    draft = _own_draft(request, key)
    name = STEP_OF_PATH.get(step)
    if name is None:
        raise Http404
    if draft.proposal is not None:
        typed = typed_text(request, name)
        if request.method != "POST" or typed == getattr(draft, name):
            return redirect(draft.proposal)
        return _published_meanwhile(request, draft, typed)
    if request.method == "POST":
        return _save_step(request, draft, name)
    return _page(request, draft.challenge, StepForm(step=name, initial={name: getattr(draft, name)}), name, draft=draft)


def _save_step(request: HttpRequest, draft: Draft, name: str) -> HttpResponse:
    """Save what is there, good or not yet; only then judge it."""
    form = StepForm(request.POST, step=name)
    is_autosave = "autosave" in request.POST
    try:
        seen, typed = request.POST.get("seen", ""), request.POST.get(name, "")
        save_draft(draft=draft, writer=writer_of(request), seen=seen, **{name: typed})
    except ChangedMeanwhile:
        if is_autosave:
            return HttpResponse(status=409)
        draft.refresh_from_db()
        return _page(request, draft.challenge, form, name, draft=draft, theirs=getattr(draft, name), status=409)
    if is_autosave:
        headers = {
            "X-Draft-Url": reverse("draft", args=[draft.pk, PATH_OF_STEP[name]]),
            "X-Draft-Seen": mark_of(getattr(draft, name)),
        }
        return HttpResponse(status=204, headers=headers)
    if "improve" in request.POST:
        return _improve_instead(request, draft)
    if not form.is_valid():
        return _page(request, draft.challenge, form, name, draft=draft, status=422)
    return redirect(_next(request, draft, name))


def _next(request: HttpRequest, draft: Draft, name: str) -> str:
    """The address after a good step: the next one, or where its author came from."""
    if "later" in request.POST:
        messages.success(request, gettext("Your draft is kept. To resume it, press “Propose a solution” here."))
        return draft.challenge.get_absolute_url()
    following = STEPS.index(name) + 1
    if following == len(STEPS) or "review" in request.POST:
        return reverse("draft_review", args=[draft.pk])
    target = reverse("draft", args=[draft.pk, PATH_OF_STEP[STEPS[following]]])
    # Without JavaScript nobody has seen them while typing: the next page shows them, once.
    close = keys_of(similar_to(request, draft.challenge, draft.solution)) if name == "solution" else ""
    seen = request.POST.get("shown", "").split()
    return target if set(close.split()) <= set(seen) else f"{target}?proches"


def _improve_instead(request: HttpRequest, draft: Draft | None) -> HttpResponse:
    """To the place where one argues about a similar proposal, with the words of the draft, which stays."""
    found = get_object_or_404(Proposal.objects.published(), pk=number_in(request, "improve"))
    words = f"&brouillon={draft.pk}" if draft else ""
    return redirect(f"{found.get_absolute_url()}?argumenter&position=ameliorer{words}#argumenter")


def _published_meanwhile(request: HttpRequest, draft: Draft, typed: str) -> HttpResponse:
    context = {"draft": draft, "challenge": draft.challenge, "proposal": draft.proposal, "typed": typed}
    return render(request, "participation/resident/published_meanwhile.html", context, status=409)


# ── The read-through ──────────────────────────────────────────────────────────


def review(request: Request, key: UUID) -> HttpResponse:
    """The proposal as others will see it, with what is optional; publishing it."""
    draft = _own_draft(request, key)
    if draft.proposal is not None:
        return redirect(draft.proposal)
    whole = WholeProposalForm(draft.texts)
    if not whole.is_valid():
        first = next(name for name in STEPS if name in whole.errors)
        return redirect("draft", draft.pk, PATH_OF_STEP[first])
    if request.method != "POST":
        return _read_through(request, draft, _details_form(request, draft))
    as_seen = "revision" not in request.POST or number_in(request, "revision") == draft.revision
    count_pictures(request)
    form = DetailsForm(request.POST, request.FILES, draft=draft, writer=user_of(request))
    is_good = form.is_valid()
    _save_details(request, draft, form)
    draft = _own_draft(request, key)
    if not is_good:
        return _read_through(request, draft, form, status=422)
    if "details" in request.POST:
        return redirect(reverse("draft_review", args=[draft.pk]))
    if not as_seen:
        notice = str(ChangedMeanwhile.message)
        return _read_through(request, draft, _details_form(request, draft), notice=notice, status=409)
    return _publish(request, draft)


def _publish(request: Request, draft: Draft) -> HttpResponse:
    user = user_of(request)
    if user is None or not user.public_name:
        return keep_for_later(request, Publish(draft=str(draft.pk)))
    if notice := writing_too_fast(request):
        return _read_through(request, draft, _details_form(request, draft), notice=notice, status=409)
    try:
        proposal = submit_proposal(draft=draft, author=user, at=timezone.now(), revision=draft.revision)
    except Refusal as refusal:
        return _read_through(request, draft, _details_form(request, draft), **refusal.answer)
    messages.success(request, proposal_published(proposal))
    return redirect(proposal)


def _save_details(request: HttpRequest, draft: Draft, form: DetailsForm) -> None:
    """What is good is kept, whatever else was refused."""
    given = form.cleaned_data
    save_details(
        draft=draft,
        writer=writer_of(request),
        at=timezone.now(),
        neighbourhood=given.get("neighbourhood", draft.neighbourhood),
        picture_alt=given.get("picture_alt", draft.picture_alt),
        photo=given.get("picture"),
        without_picture=given.get("without_picture", False),
    )


def _details_form(request: HttpRequest, draft: Draft) -> DetailsForm:
    user = user_of(request)
    own = user.neighbourhood if user is not None else ""
    initial = {"neighbourhood": draft.neighbourhood or own, "picture_alt": draft.picture_alt}
    return DetailsForm(initial=initial, draft=draft, writer=user)


def _read_through(
    request: HttpRequest, draft: Draft, form: DetailsForm, *, notice: str = "", status: int = 200
) -> HttpResponse:
    by_step = [(name, nudges_on(name, getattr(draft, name), draft.solution)) for name in STEPS]
    context = {
        "draft": draft,
        "challenge": draft.challenge,
        "calendar": _calendar(draft.challenge),
        "steps": _stepper("review", draft),
        "form": form,
        "nudged": [(STEP_LABELS[name], PATH_OF_STEP[name], nudges) for name, nudges in by_step if nudges],
        "notice": notice,
        "now": timezone.now(),
    }
    remember(request, draft.challenge.consultation)
    return render(request, "participation/resident/review.html", context, status=status)


def discard(request: HttpRequest, key: UUID) -> HttpResponse:
    """Throw a draft away, after asking."""
    draft = _own_draft(request, key)
    if draft.proposal is not None:
        return redirect(draft.proposal)
    if request.method == "POST":
        discard_draft(draft=draft, writer=writer_of(request))
        return redirect("proposal_new", draft.challenge.slug)
    remember(request, draft.challenge.consultation)
    return render(request, "participation/resident/discard.html", {"draft": draft, "challenge": draft.challenge})


# ── Pictures ──────────────────────────────────────────────────────────────────


def picture(request: HttpRequest, digest: str) -> HttpResponse:
    """A picture that a published proposal shows, or one's own draft. It never changes: its address is its digest.

    A browser asks again, all the same: moderation may have hidden it meanwhile.
    """
    content, keep = published_picture(digest), "private, max-age=300"
    if content is None:
        content, keep = own_picture(digest=digest, writer=writer_of(request)), "no-store"
    if content is None:
        raise Http404
    etag = f'"{digest}"'
    shown = HttpResponse(content, content_type="image/jpeg", headers={"Cache-Control": keep, "ETag": etag})
    return get_conditional_response(request, etag=etag, response=shown) or shown


# ── Parts of the pages ────────────────────────────────────────────────────────


def _page(
    request: HttpRequest,
    challenge: Challenge,
    form: StepForm,
    name: str,
    *,
    draft: Draft | None = None,
    begun: Draft | None = None,
    theirs: str = "",
    notice: str = "",
    status: int = 200,
) -> HttpResponse:
    """A step; `theirs`: the words that another device has kept meanwhile, beside those typed here."""
    if form.errors and not theirs:  # the only field of its page: one mends it at once
        form.fields[name].widget.attrs["autofocus"] = True
    number = STEPS.index(name)
    words = str(form[name].value() or "")
    shows_similar = name == "solution" or "proches" in request.GET
    solution = words if name == "solution" else (draft.solution if draft else "")
    close = similar_to(request, challenge, solution) if shows_similar else []
    nudges = nudges_on(name, words, draft.solution if draft else "")
    context = {
        "challenge": challenge,
        "calendar": _calendar(challenge),
        "form": form,
        "field": form[name],
        "step": name,
        "step_path": PATH_OF_STEP[name],
        "steps": _stepper(name, draft),
        "next_label": STEP_LABELS[STEPS[number + 1]] if number + 1 < len(STEPS) else "",
        "examples": challenge.examples if name == "solution" else EXAMPLES.get(name, []),
        "nudges": nudges,
        "nudged": codes_of(nudges),
        "close": close,
        "shown": keys_of(close),
        "draft": draft,
        "seen": mark_of(getattr(draft, name)) if draft else "",
        "begun": begun,
        "theirs": theirs,
        "notice": notice,
    }
    remember(request, challenge.consultation)
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
    draft = (
        Draft.objects.select_related("challenge__consultation", "proposal", "picture")
        .defer("picture__content", "proposal__search")
        .filter(pk=key)
        .first()
    )
    writer = writer_of(request)
    if draft is None or not writer.wrote(draft):
        raise Http404
    if draft.author_id is None and writer.user is not None:
        adopt_drafts(user=writer.user, keys=[str(draft.pk)])
        draft.author = writer.user
    return draft
