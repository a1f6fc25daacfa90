"""What administrators type about webhooks."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from common.dates import DayField
from common.text import Words
from webhooks import registry

_NAME = Words(2, 80, one_line=True)


class EndpointForm(forms.Form):
    name = _NAME.field(label=_("Name"), help_text=_("What your team calls it, for example: the town’s website."))
    url = forms.CharField(
        label=_("Address that receives the messages"),
        max_length=500,
        help_text=_("Begins with https://. The programmer of the other site gives it to you."),
        widget=forms.URLInput({"autocomplete": "off", "inputmode": "url"}),
    )
    kinds = forms.MultipleChoiceField(
        label=_("What it is told of"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": _("Choose at least one thing to tell."),
            "invalid_choice": _("Choose among these."),
        },
    )
    revision = forms.IntegerField(widget=forms.HiddenInput, min_value=0, initial=0)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kinds"].choices = [(each.key, each.label) for each in registry.kinds()]  # type: ignore[attr-defined]


class SinceForm(forms.Form):
    since = DayField(
        label=_("Since which day"), widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"), required=True
    )
