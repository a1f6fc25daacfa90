"""The city's desk: its neighbourhoods, which people then choose from a list."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.listing import list_neighbourhoods
from accounts.neighbourhoods import NeighbourhoodRefused, check_neighbourhood, listed_neighbourhoods
from accounts.permissions import Asks, role_required, signed_in_user
from common.text import WordsField
from consultations.framing.abilities import SET_UP

_MAX = 100


class NamesField(WordsField):
    """The names, one a line."""

    def clean(self, value: Any) -> Any:
        names = [line.strip() for line in str(super().clean(value)).split("\n") if line.strip()]
        if len(names) > _MAX:
            raise ValidationError(_("A hundred neighbourhoods at most."), code="too_many")
        for number, name in enumerate(names, start=1):
            try:
                check_neighbourhood(name)
            except NeighbourhoodRefused as refusal:
                said = {"number": number, "why": str(refusal.message)}
                raise ValidationError(_("Line %(number)s: %(why)s"), code="refused", params=said) from refusal
        return names


class NeighbourhoodsForm(forms.Form):
    names = NamesField(
        label=gettext_lazy("Your neighbourhoods"),
        help_text=gettext_lazy("One a line, in the order in which people will read them. Empty: they type theirs."),
        rows=12,
        maximum=5000,
        required=False,
    )


@role_required(SET_UP, second_factor=Asks.ONCE_OPEN)
def neighbourhoods(request: HttpRequest) -> HttpResponse:
    """One text, a name a line."""
    form = NeighbourhoodsForm(request.POST or None, initial={"names": "\n".join(listed_neighbourhoods().values())})
    if request.method == "POST" and form.is_valid():
        list_neighbourhoods(names=form.cleaned_data["names"], actor=signed_in_user(request))
        messages.success(request, _("Your neighbourhoods are saved."))
        return redirect("desk_neighbourhoods")
    return render(request, "framing/backoffice/neighbourhoods.html", {"form": form}, status=422 if form.errors else 200)
