"""The city's desk: all its consultations, and beginning another one."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.abilities import SEE_DESK, may
from accounts.permissions import Asks, role_required, signed_in_user
from common.requests import Request
from common.templatetags.ui import spelled
from common.text import WordsField
from consultations.framing.abilities import FRAME, STEER
from consultations.framing.backoffice.chosen import consultations_of
from consultations.framing.enums import ConsultationState
from consultations.framing.models import Consultation
from consultations.framing.selectors import listed
from consultations.framing.services import preparing
from consultations.framing.weeks import week_of
from consultations.library.models import ChallengeSet
from consultations.library.selectors import latest_sets


@role_required(SEE_DESK, second_factor=Asks.ONCE_OPEN)
def consultations(request: HttpRequest) -> HttpResponse:
    """Each with where it is and what one may do; those in the archives apart."""
    rows = listed(consultations_of(request), at=timezone.now())
    shown = [row for row in rows if row.state != ConsultationState.ARCHIVED]
    context = {
        "how_many": _how_many(len(shown), sum(row.state == ConsultationState.OPEN for row in rows)),
        "rows": shown,
        "archives": [row for row in rows if row.state == ConsultationState.ARCHIVED],
        "forward": next((row.consultation for row in rows if row.consultation.is_current), None),
        "frames": may(request.user, FRAME),
        "steers": may(request.user, STEER),
    }
    return render(request, "framing/backoffice/consultations.html", context)


def _how_many(every: int, opened: int) -> str:
    """The title of the list is what it says."""
    if not every:
        return _("Your consultations")
    if every == 1:
        return _("One consultation, and it is open") if opened else _("One consultation, which is not open")
    said = {"all": capfirst(spelled(every)), "opened": spelled(opened)}
    if not opened:
        return _("%(all)s consultations, none of which is open") % said
    if opened == every:
        return _("%(all)s consultations, all of them open") % said if every > 2 else _("Two consultations, both open")
    return (
        ngettext(
            "%(all)s consultations, of which one is open", "%(all)s consultations, of which %(opened)s are open", opened
        )
        % said
    )


class _StartForm(forms.Form):
    title = WordsField(
        label=gettext_lazy("Its title"),
        help_text=gettext_lazy("A few words: everyone will find it by them. Its address is made of them, and stays."),
        minimum=3,
        maximum=120,
    )


class FromSetForm(_StartForm):
    start = forms.ChoiceField(label=gettext_lazy("The set of challenges"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, request: HttpRequest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.sets = {each.code: each for each in latest_sets()}
        self.fields["start"].choices = [(code, each.title) for code, each in self.sets.items()]  # type: ignore[attr-defined]
        self.fields["start"].initial = next(iter(self.sets), None)
        self.order_fields(["start", "title"])

    def clean_start(self) -> ChallengeSet:
        return self.sets[self.cleaned_data["start"]]


class FromEarlierForm(_StartForm):
    start = forms.ChoiceField(
        label=gettext_lazy("The consultation to begin from"),
        help_text=gettext_lazy(
            "Its texts, challenges and documents come along; its dates and what people wrote do not."
        ),
    )

    def __init__(self, *args: Any, request: HttpRequest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = listed(consultations_of(request), at=timezone.now())
        self.earlier = {row.consultation.slug: row.consultation for row in rows}
        self.fields["start"].choices = [(slug, each.title) for slug, each in self.earlier.items()]  # type: ignore[attr-defined]
        self.fields["start"].initial = request.GET.get("de", "")
        self.order_fields(["start", "title"])

    def clean_start(self) -> Consultation:
        return self.earlier[self.cleaned_data["start"]]


class EmptyForm(_StartForm):
    question = WordsField(
        label=gettext_lazy("The question"),
        help_text=gettext_lazy("It stands in large letters on its page. You can change it until you open, and later."),
        minimum=10,
        maximum=200,
    )

    def __init__(self, *args: Any, request: HttpRequest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)


_STARTS: dict[str, tuple[Any, Any]] = {
    "jeu": (gettext_lazy("From a set of challenges"), FromSetForm),
    "passee": (gettext_lazy("From an earlier consultation"), FromEarlierForm),
    "vide": (gettext_lazy("From an empty page"), EmptyForm),
}


@role_required(FRAME, second_factor=Asks.ONCE_OPEN)
def prepare(request: Request, start: str) -> HttpResponse:
    """Begin one, in private."""
    if start not in _STARTS:
        raise Http404
    title, form_of = _STARTS[start]
    form = form_of(request.POST or None, request=request)
    if request.method == "POST" and form.is_valid():
        try:
            made = _begin(request, form.cleaned_data)
        except preparing.TooManyPrepared as refusal:
            form.add_error(None, str(refusal.message))
        else:
            said = _("“%(title)s” is being prepared: only your team sees it, until you open it.")
            messages.success(request, said % {"title": made.title})
            return redirect(week_of(made))
    context = {"form": form, "title": title, "start": start}
    return render(request, "framing/backoffice/prepare.html", context, status=422 if form.errors else 200)


def _begin(request: Request, given: dict[str, Any]) -> Consultation:
    common: dict[str, Any] = {
        "municipality": request.tenant,
        "actor": signed_in_user(request),
        "title": given["title"],
        "at": timezone.now(),
    }
    if isinstance(given.get("start"), ChallengeSet):
        return preparing.prepare_from_set(challenge_set=given["start"], **common)
    if isinstance(given.get("start"), Consultation):
        return preparing.prepare_from_earlier(earlier=given["start"], **common)
    return preparing.prepare_empty(question=given["question"], **common)
