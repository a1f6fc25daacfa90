"""The city's desk: how its platform looks, and who it is before the law."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.permissions import Asks, role_required, signed_in_user
from common.meanwhile import ChangedMeanwhile, sent_again, theirs_beside
from common.pictures import count_pictures
from common.requests import Request
from common.tones import INK, NIGHT, PAPER, contrast, tones
from consultations.framing.abilities import SET_UP
from consultations.framing.backoffice.forms import AppearanceForm, ColourForm, LanguagesForm, LegalForm
from consultations.framing.legal import FACTS, PAGES, Known, placeholders_left
from consultations.framing.selectors import legal_identity, reference_consultation
from consultations.framing.services.appearance import change_appearance, revision_of
from consultations.framing.services.languages import offer_languages
from consultations.framing.services.legal import update_legal_identity


@role_required(SET_UP, second_factor=Asks.ONCE_OPEN)
def appearance(request: Request) -> HttpResponse:
    """Colour and logo. `?colour=` shows the page in a colour that is not kept yet."""
    city = request.tenant
    count_pictures(request)
    form, conflict, status = AppearanceForm(request.POST or None, request.FILES or None, city=city), None, 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            given = {"without_logo": False, **form.cleaned_data}
            try:
                change_appearance(municipality=city, actor=signed_in_user(request), **given)
                messages.success(request, _("Your platform has its new look."))
                return redirect("desk_appearance")
            except ChangedMeanwhile as meanwhile:
                form = AppearanceForm(sent_again(request, revision_of(city)), request.FILES or None, city=city)
                form.is_valid()
                conflict, status = {"fields": theirs_beside(form, {"colour": city.colour})}, meanwhile.status
    tried = ColourForm(request.POST if request.method == "POST" else request.GET)
    colour = tried.cleaned_data["colour"] if tried.is_valid() else city.colour
    if request.method == "GET" and tried.is_valid():
        form.initial["colour"] = colour
    context = {"form": form, "colour": colour, "is_tried": colour != city.colour, "contrasts": _contrasts(colour)}
    context |= {"conflict": conflict}
    template = "framing/backoffice/_preview.html" if request.htmx else "framing/backoffice/appearance.html"
    return render(request, template, context, status=status)


@role_required(SET_UP, second_factor=Asks.ONCE_OPEN)
def languages(request: Request) -> HttpResponse:
    """In which languages residents may read, besides French."""
    form = LanguagesForm(request.POST if request.method == "POST" else None, city=request.tenant)
    if request.method == "POST" and form.is_valid():
        offer_languages(municipality=request.tenant, codes=form.chosen, actor=signed_in_user(request))
        messages.success(request, _("Your choice of languages is saved."))
        return redirect("desk_languages")
    return render(request, "framing/backoffice/languages.html", {"form": form})


def _contrasts(colour: str) -> list[tuple[str, str]]:
    """What is promised, computed: the least contrast of each use, by day and by night (WCAG 1.4.3: 4.5)."""
    day, night = tones(colour)
    uses = [
        (
            _("Words on the large block of colour"),
            [(day["on-poster"], day["poster"]), (night["on-poster"], night["poster"])],
        ),
        (_("Words on a button"), [(day["on"], day["fill"]), (night["on"], night["fill"])]),
        (_("Coloured words on the page"), [(day["ink"], PAPER), (night["ink"], NIGHT)]),
        (_("Words on the page"), [(INK, PAPER), (PAPER, NIGHT)]),
    ]
    return [(label, f"{min(contrast(*pair) for pair in pairs):.1f}".replace(".", ",")) for label, pairs in uses]


@role_required(SET_UP, second_factor=Asks.ONCE_OPEN)
def legal(request: Request) -> HttpResponse:
    """What the legal pages say of the city, and what they still lack."""
    identity, consultation, is_open = legal_identity(), reference_consultation(), request.tenant.is_open
    form = LegalForm(request.POST or None, identity=identity, is_open=is_open)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                update_legal_identity(actor=signed_in_user(request), at=timezone.now(), **form.cleaned_data)
                messages.success(request, _("Your legal pages are up to date."))
                return redirect("desk_legal")
            except ChangedMeanwhile as meanwhile:
                identity, status = meanwhile.now, 409
                form = LegalForm(sent_again(request, identity.revision), identity=identity, is_open=is_open)
                form.is_valid()
    missing = placeholders_left(Known(request.tenant, identity, consultation))
    context = {
        "form": form,
        "missing": [(each, [(page, PAGES[page]) for page in each.pages]) for each in missing],
        "pages": [(page, label, sum(page in each.pages for each in missing)) for page, label in PAGES.items()],
        "facts": FACTS,
        "consultation": consultation,
        "conflict": {"fields": theirs_beside(form, form.initial)} if status == 409 else None,
    }
    return render(request, "framing/backoffice/legal.html", context, status=status)
