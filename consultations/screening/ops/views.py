"""The operators' lexicon: its versions, writing the next, trying a text on the one that holds."""

from dataclasses import dataclass
from itertools import pairwise

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.permissions import signed_in_user
from common.limits import limited_by
from consultations.screening import selectors
from consultations.screening.flags import Flag
from consultations.screening.limits import TRIES, VERSIONS
from consultations.screening.models import LexiconVersion
from consultations.screening.ops.forms import PART_LABELS, LexiconForm, TryForm
from consultations.screening.screening import flags_of
from consultations.screening.services.lexicon import LexiconChanged, LexiconUnchanged, UnusableWords, write_lexicon


def lexicon(request: HttpRequest) -> HttpResponse:
    """The version that holds, those before it, and a text to try."""
    context = {"versions": selectors.versions_told(), "form": TryForm()}
    return render(request, "screening/ops/lexicon.html", context)


@require_POST
@limited_by(TRIES)
def attempt(request: HttpRequest) -> HttpResponse:
    """The flags of a text that is not kept."""
    form = TryForm(request.POST)
    context = {"versions": selectors.versions_told(), "form": form}
    if form.is_valid():
        text = form.cleaned_data["text"]
        flags = flags_of(text, lexicon=selectors.current_lexicon())
        context |= {"tried": True, "flags": flags, "pieces": _pieces(text, flags)}
    return render(request, "screening/ops/lexicon.html", context, status=422 if form.errors else 200)


def version(request: HttpRequest, number: int) -> HttpResponse:
    """What a version changed."""
    try:
        told = selectors.version_told(number)
    except LexiconVersion.DoesNotExist as unknown:
        raise Http404 from unknown
    changes = [(PART_LABELS[change.part], change) for change in told.changes]
    return render(request, "screening/ops/version.html", {"version": told.version, "changes": changes})


@limited_by(VERSIONS)
def edit(request: HttpRequest) -> HttpResponse:
    """The words that hold, to be saved as the next version."""
    current = selectors.current_version()
    form = LexiconForm(request.POST or None, version=current)
    if request.method == "POST" and form.is_valid():
        try:
            made = write_lexicon(
                parts=form.parts(),
                note=form.cleaned_data["note"],
                seen=form.cleaned_data["seen"],
                actor=signed_in_user(request),
                at=timezone.now(),
            )
        except LexiconChanged as refusal:
            form.add_error(None, str(refusal.message))
            form.seen_again(selectors.current_version().number)
        except (LexiconUnchanged, UnusableWords) as refusal:
            form.add_error(None, str(refusal.message))
        else:
            messages.success(request, _("The version is made: it holds in every city from now on."))
            return redirect("ops_lexicon_version", made.number)
    context = {"form": form, "current": current}
    return render(request, "screening/ops/edit.html", context, status=422 if form.errors else 200)


@dataclass(frozen=True)
class Piece:
    """A run of a text: numbers of the flags on it, none where there is nothing to look at."""

    text: str
    flags: list[int]


def _pieces(text: str, flags: list[Flag]) -> list[Piece]:
    places = sorted({0, len(text), *(flag.start for flag in flags), *(flag.end for flag in flags)})
    return [
        Piece(
            text[start:end], [number for number, flag in enumerate(flags, 1) if flag.start < end and start < flag.end]
        )
        for start, end in pairwise(places)
    ]
