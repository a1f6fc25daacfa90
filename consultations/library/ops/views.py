"""The operators' library: the sets, their versions, what is on offer."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.permissions import signed_in_user
from consultations.library import selectors
from consultations.library.models import ChallengeSet
from consultations.library.ops.forms import NewSetForm
from consultations.library.ops.history import history_line
from consultations.library.ops.reading import Change
from consultations.library.services.drafts import CodeTaken, create_set, offer_set_again, prepare_version, withdraw_set
from consultations.library.services.shipping import Content, content_of, shipped_beside


def library(request: HttpRequest) -> HttpResponse:
    """Every set, what cities start from, what is being written."""
    return render(request, "library/ops/library.html", {"shelves": selectors.shelves()})


def new_set(request: HttpRequest) -> HttpResponse:
    form = NewSetForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        code = form.code()
        try:
            create_set(code=code, actor=signed_in_user(request), **form.words())
        except CodeTaken as refusal:
            form.add_error("title", str(refusal.message))
        else:
            messages.success(request, _("The set is begun. Nobody but the team sees it until it is published."))
            return redirect("ops_library_draft", code)
    return render(request, "library/ops/new_set.html", {"form": form}, status=422 if form.errors else 200)


def challenge_set(request: HttpRequest, code: str) -> HttpResponse:
    """One set: its versions, its draft, what came with the software and is not in it, who did what."""
    shelf = _shelf(code)
    context = {
        "shelf": shelf,
        "shipped": shipped_beside(code),
        "history": [history_line(entry) for entry in selectors.history_of(code)],
    }
    return render(request, "library/ops/set.html", context)


def version(request: HttpRequest, code: str, version: int) -> HttpResponse:
    """A version as residents would read it in a city that takes it as it is."""
    challenge_set = _version(code, version)
    question = challenge_set.question.replace("{name}", _("Your authority"))
    return render(request, "library/ops/version.html", {"set": challenge_set, "question": question})


def changes(request: HttpRequest, code: str, version: int) -> HttpResponse:
    """What a version changes of the published one before it, word by word."""
    after = _version(code, version)
    before = selectors.version_before(after)
    context = {"set": after, "before": before, "changes": Change.of_versions(before, after) if before else []}
    return render(request, "library/ops/changes.html", context)


@require_POST
def prepare(request: HttpRequest, code: str) -> HttpResponse:
    """Begin a draft from the version of that number, or from the text that came with the software."""
    shelf = _shelf(code)
    if shelf.draft is not None:
        messages.info(request, _("A version is already being prepared: here it is."))
        return redirect("ops_library_draft", code)
    prepare_version(content=_source(code, request.POST.get("version", "")), actor=signed_in_user(request))
    messages.success(request, _("The next version is open. Nobody but the team sees it until it is published."))
    return redirect("ops_library_draft", code)


@require_POST
def withdraw(request: HttpRequest, code: str) -> HttpResponse:
    _published(code)
    withdraw_set(code=code, actor=signed_in_user(request), at=timezone.now())
    messages.success(request, _("This set is no longer offered. Cities that started from it keep everything."))
    return redirect("ops_library_set", code)


@require_POST
def offer_again(request: HttpRequest, code: str) -> HttpResponse:
    _published(code)
    offer_set_again(code=code, actor=signed_in_user(request))
    messages.success(request, _("This set is offered again."))
    return redirect("ops_library_set", code)


def _shelf(code: str) -> selectors.Shelf:
    for shelf in selectors.shelves(code):
        return shelf
    raise Http404


def _published(code: str) -> None:
    if _shelf(code).newest is None:
        raise Http404


def _version(code: str, version: int) -> ChallengeSet:
    try:
        return selectors.any_version(code, version)
    except ChallengeSet.DoesNotExist as unknown:
        raise Http404 from unknown


def _source(code: str, wanted: str) -> Content:
    if wanted == "shipped":
        shipped = shipped_beside(code)
        if shipped is None:
            raise Http404
        return shipped
    if not wanted.isdecimal() or len(wanted) > 6:
        raise Http404
    return content_of(_version(code, int(wanted)))
