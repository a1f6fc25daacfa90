"""What is typed to have the kit counted by place, and sheets printed."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from consultations.kit.enums import PLACED, Support
from consultations.kit.models import Spot
from consultations.kit.services.sheets import MOST
from consultations.kit.services.spots import NAME


class SpotForm(forms.Form):
    support = forms.ChoiceField(label=_("What is put up or given out"), choices=[])
    name = NAME.field(label=_("Where"), help_text=_("The library, the market, a letter to associations …"))

    def __init__(self, offered: list[Support], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["support"].choices = [(each.value, each.label) for each in PLACED if each in offered]  # type: ignore[attr-defined]


class SheetsForm(forms.Form):
    """`after`: the last number that was taken when the page was made."""

    count = forms.IntegerField(
        label=_("How many sheets"),
        min_value=1,
        max_value=MOST,
        initial=50,
        help_text=_("Up to 500 at a time."),
        error_messages=dict.fromkeys(
            ("min_value", "max_value", "invalid"), _("Ask for between 1 and 500 sheets at a time.")
        ),
    )
    spot = forms.ChoiceField(
        label=_("Where they will lie"), required=False, help_text=_("Their QR code is counted for that place.")
    )
    after = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    def __init__(self, spots: list[Spot], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["spot"].choices = [("", _("No place in particular")), *((str(e.pk), e.name) for e in spots)]  # type: ignore[attr-defined]
