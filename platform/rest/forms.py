"""What is asked of whoever makes a key."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from rest.models import NAME_MAX
from rest.scopes import Scope
from rest.services.tokens import LASTS, NameMissing, NoSuchScope

_DAYS = ngettext_lazy("%(days)s day", "%(days)s days", "days")


def _lasts() -> list[tuple[int, str]]:
    """In the language of whoever reads them now."""
    return [(each, _DAYS % {"days": each}) for each in LASTS]


class KeyForm(forms.Form):
    name = forms.CharField(
        label=_("What is it for?"),
        help_text=_("For yourself: the name of the program, for example."),
        max_length=NAME_MAX,
        error_messages={"required": NameMissing.message},
        widget=forms.TextInput({"autocomplete": "off"}),
    )
    scopes = forms.MultipleChoiceField(
        label=_("It may"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": NoSuchScope.message, "invalid_choice": NoSuchScope.message},
    )
    days = forms.TypedChoiceField(label=_("Valid for"), coerce=int, choices=_lasts, initial=90)

    def __init__(self, *args: Any, offered: list[Scope], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["scopes"].choices = [(each.key, each.words) for each in offered]  # type: ignore[attr-defined]
