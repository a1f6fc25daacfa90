"""Writing a draft. Whoever would save over somebody else's change sees both texts before deciding."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from accounts.abilities import OPERATE
from accounts.kept import SensitiveAction
from accounts.permissions import role_required, signed_in_user
from common.differences import Piece
from consultations.library import selectors
from consultations.library.models import ChallengeSet, ChallengeTemplate
from consultations.library.ops.forms import ChallengeForm, RevisionForm, SetForm
from consultations.library.ops.reading import Check
from consultations.library.rules import problems_of
from consultations.library.services import drafts
from consultations.library.services.drafts import (
    DraftChanged,
    DraftGone,
    NotComplete,
    NothingNew,
    add_challenge,
    discard_draft,
    prepare_version,
    publish_draft,
)
from consultations.library.services.shipping import content_of


def draft(request: HttpRequest, code: str) -> HttpResponse:
    """The draft's challenges in order, and what is missing before it can be published."""
    challenge_set = selectors.draft_of(code)
    if challenge_set is None:
        return _gone(request, code)
    checks = Check.of_set(challenge_set, problems_of(content_of(challenge_set)))
    context = {
        "set": challenge_set,
        "challenges": [(each, checks.get(each.code, [])) for each in challenge_set.challenges.all()],
        "set_checks": checks.get("", []),
        "missing": sum(map(len, checks.values())),
        "before": selectors.version_before(challenge_set),
    }
    return render(request, "library/ops/draft.html", context)


def edit_set(request: HttpRequest, code: str) -> HttpResponse:
    challenge_set = _draft(request, code)
    if challenge_set is None:
        return _gone(request, code, SetForm(request.POST or None))
    form = SetForm(request.POST or None, challenge_set=challenge_set)
    conflict = []
    if request.method == "POST" and form.is_valid():
        try:
            drafts.edit_set(
                code=code, revision=form.cleaned_data["revision"], actor=signed_in_user(request), **form.words()
            )
        except DraftGone:
            return _gone(request, code, form)
        except DraftChanged:
            form.seen_again(challenge_set.revision)
            conflict = form.differences_from(challenge_set)
            messages.warning(request, _("Somebody has changed this draft since you opened it. Nothing is lost."))
        else:
            messages.success(request, _("Saved."))
            return redirect("ops_library_draft", code)
    context = {"set": challenge_set, "form": form, "conflict": conflict}
    return render(request, "library/ops/edit_set.html", context, status=_status(form, conflict))


def new_challenge(request: HttpRequest, code: str) -> HttpResponse:
    challenge_set = _draft(request, code)
    form = ChallengeForm(request.POST or None)
    if challenge_set is None:
        return _gone(request, code, form)
    if request.method == "POST" and form.is_valid():
        return _added(request, code, form)
    context = {"set": challenge_set, "form": form, "template": None, "conflict": []}
    return render(request, "library/ops/edit_challenge.html", context, status=_status(form, []))


def edit_challenge(request: HttpRequest, code: str, challenge: str) -> HttpResponse:
    challenge_set = _draft(request, code)
    template = _challenge(challenge_set, challenge)
    form = ChallengeForm(request.POST or None, template=template)
    if challenge_set is None or template is None:
        if challenge_set is not None and "anyway" in request.POST and form.is_valid():
            return _added(request, code, form)
        return _gone(request, code, form)
    conflict = []
    if request.method == "POST" and form.is_valid():
        try:
            drafts.edit_challenge(
                code=code,
                challenge=challenge,
                revision=form.cleaned_data["revision"],
                actor=signed_in_user(request),
                **form.content(),
            )
        except DraftGone:
            return _gone(request, code, form)
        except DraftChanged:
            template.refresh_from_db()
            form.seen_again(template.revision)
            conflict = form.differences_from(template)
            messages.warning(request, _("Somebody has changed this challenge since you opened it. Nothing is lost."))
        else:
            messages.success(request, _("The challenge “%(label)s” is saved.") % {"label": form.cleaned_data["label"]})
            return redirect("ops_library_draft", code)
    context = {"set": challenge_set, "form": form, "template": template, "conflict": conflict}
    return render(request, "library/ops/edit_challenge.html", context, status=_status(form, conflict))


@require_POST
def move_challenge(request: HttpRequest, code: str, challenge: str) -> HttpResponse:
    try:
        drafts.move_challenge(
            code=code,
            challenge=challenge,
            revision=_revision(request),
            up=request.POST.get("direction") == "up",
            actor=signed_in_user(request),
        )
    except DraftChanged:
        messages.warning(request, str(DraftChanged.message))
    except DraftGone:
        return _gone(request, code)
    return redirect("ops_library_draft", code)


def remove_challenge(request: HttpRequest, code: str, challenge: str) -> HttpResponse:
    """Asks first, then takes the challenge out of the draft."""
    challenge_set = selectors.draft_of(code)
    if challenge_set is None:
        return _gone(request, code)
    template = _challenge(challenge_set, challenge)
    if template is None:
        messages.info(request, _("This challenge is no longer in the draft."))
        return redirect("ops_library_draft", code)
    if request.method == "POST":
        try:
            drafts.remove_challenge(
                code=code, challenge=challenge, revision=_revision(request), actor=signed_in_user(request)
            )
        except DraftGone:
            return _gone(request, code)
        except DraftChanged:
            messages.warning(request, str(DraftChanged.message))
        else:
            messages.success(request, _("The challenge “%(label)s” is removed.") % {"label": template.label})
        return redirect("ops_library_draft", code)
    return render(request, "library/ops/remove_challenge.html", {"set": challenge_set, "template": template})


def _which(*, code: str) -> str:
    challenge_set = selectors.draft_of(code)
    return challenge_set.title if challenge_set else ""


@require_POST
@role_required(OPERATE, fresh=SensitiveAction(gettext_lazy("Publish a version of a set of challenges"), about=_which))
def publish(request: HttpRequest, code: str) -> HttpResponse:
    try:
        published = publish_draft(
            code=code, revision=_revision(request), actor=signed_in_user(request), at=timezone.now()
        )
    except DraftGone:
        return _gone(request, code)
    except DraftChanged:
        messages.warning(request, _("The draft has just changed: read it again before publishing it."))
    except (NotComplete, NothingNew) as refusal:
        messages.warning(request, str(refusal.message))
    else:
        messages.success(
            request, _("Version %(number)s is published: new cities start from it.") % {"number": published.version}
        )
        return redirect("ops_library_set", code)
    return redirect("ops_library_draft", code)


def discard(request: HttpRequest, code: str) -> HttpResponse:
    """Asks first, then gives the draft up."""
    challenge_set = selectors.draft_of(code)
    if challenge_set is None:
        return _gone(request, code)
    if request.method == "POST":
        try:
            discard_draft(code=code, revision=_revision(request), actor=signed_in_user(request))
        except DraftChanged:
            messages.warning(request, str(DraftChanged.message))
            return redirect("ops_library_draft", code)
        except DraftGone:
            return _gone(request, code)
        messages.success(request, _("The draft is given up. The published versions are as they were."))
        return redirect("ops_library_set", code) if selectors.shelves(code) else redirect("ops_library")
    return render(request, "library/ops/discard.html", {"set": challenge_set})


def _draft(request: HttpRequest, code: str) -> ChallengeSet | None:
    """The draft being written. Gone meanwhile, and asked to save all the same: the next version is opened."""
    challenge_set = selectors.draft_of(code)
    if challenge_set is None and "anyway" in request.POST:
        try:
            newest = selectors.latest_set(code)
        except ChallengeSet.DoesNotExist:
            return None
        prepare_version(content=content_of(newest), actor=signed_in_user(request))
        return selectors.draft_of(code)
    return challenge_set


def _challenge(challenge_set: ChallengeSet | None, code: str) -> ChallengeTemplate | None:
    for template in challenge_set.challenges.all() if challenge_set else ():
        if template.code == code:
            return template
    return None


def _added(request: HttpRequest, code: str, form: ChallengeForm) -> HttpResponse:
    try:
        template = add_challenge(code=code, actor=signed_in_user(request), **form.content())
    except DraftGone:
        return _gone(request, code, form)
    messages.success(request, _("The challenge “%(label)s” is added.") % {"label": template.label})
    return redirect("ops_library_draft", code)


def _revision(request: HttpRequest) -> int:
    """The revision of the text that the form showed; a form without one is refused as outdated."""
    form = RevisionForm(request.POST)
    return form.cleaned_data["revision"] if form.is_valid() else 0


def _status(form: RevisionForm, conflict: list[tuple[str, list[Piece]]]) -> int:
    if form.errors:
        return 422
    return 409 if conflict else 200


def _gone(request: HttpRequest, code: str, form: RevisionForm | None = None) -> HttpResponse:
    """A colleague has published or given up the draft, or removed the challenge. What was typed is shown again."""
    shelves = selectors.shelves(code)
    if form is not None and form.is_bound:
        context = {"form": form, "code": code, "may_save": bool(shelves and (shelves[0].newest or shelves[0].draft))}
        return render(request, "library/ops/gone.html", context, status=409)
    if not shelves:
        raise Http404
    if shelves[0].draft is not None:
        raise Http404
    messages.info(request, str(DraftGone.message))
    return redirect("ops_library_set", code)
