"""What moderators are asked."""

from django import forms
from django.utils.translation import gettext_lazy as _

from common.dates import DayField
from consultations.moderation import rules


class CityWordsForm(forms.Form):
    words = rules.CITY_WORDS.field(
        label=_("Words of your own"),
        help_text=_("One on each line, or a few words that go together. Plurals, accents and disguises are read."),
        required=False,
        rows=10,
    )
    revision = forms.CharField(widget=forms.HiddenInput, required=False)


class JournalForm(forms.Form):
    """The day that is asked for; empty, all of them."""

    jour = DayField(
        label=_("What was public at the end of this day"),
        required=False,
        widget=forms.DateInput({"type": "date"}, "%Y-%m-%d"),
    )
