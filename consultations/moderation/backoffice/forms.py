"""What moderators are asked."""

from django import forms
from django.utils.translation import gettext_lazy as _

from consultations.moderation import rules


class CityWordsForm(forms.Form):
    words = rules.CITY_WORDS.field(
        label=_("Words of your own"),
        help_text=_("One on each line, or a few words that go together. Plurals, accents and disguises are read."),
        required=False,
        rows=10,
    )
