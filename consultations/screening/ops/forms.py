"""The words of a version, and a text to try them on."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from common.text import WordsField
from consultations.screening import rules
from consultations.screening.lexicon import PARTS
from consultations.screening.models import LexiconVersion

PART_LABELS = {
    "always": _("Words that are never innocent"),
    "aimed": _("Insults of people, counted when aimed at somebody"),
    "images": _("Animals, things and accusations, counted when somebody is said to be one"),
    "phrases": _("Runs of words that are never innocent"),
    "innocent": _("Runs of words in which nothing is an insult"),
    "places": _("Names of places and people that are such words"),
}
_HELP = {
    "always": _("Between spaces. Plurals in -s, accents and disguises are read by themselves."),
    "aimed": _("“what an idiot”, “you are …”, “bunch of …”."),
    "images": _("“The mayor is a …”: not where an animal is talked of."),
    "phrases": _("One on each line."),
    "innocent": _("One on each line. They win over all of the above."),
    "places": _("With a capital they are not counted, unless aimed at somebody."),
}


class LexiconForm(forms.Form):
    """One field for each part. `seen` is the number of the version that was read."""

    seen = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
    note = WordsField(
        label=_("Why this version"), help_text=_("For colleagues, in one sentence."), maximum=200, minimum=3
    )
    use_required_attribute = False

    def __init__(self, *args: Any, version: LexiconVersion, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["seen"].initial = version.number
        for name in PARTS:
            self.fields[name] = forms.CharField(
                label=PART_LABELS[name],
                help_text=_HELP[name],
                initial=version.parts[name].strip(),
                required=False,
                max_length=rules.MAX_PART,
                widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false"}),
            )
        self.order_fields([*PARTS, "note"])

    def clean(self) -> dict[str, Any]:
        for name in PARTS:
            faults = rules.faults_of(name, self.cleaned_data.get(name, ""))
            if faults:
                shown = ", ".join(faults[:5])
                self.add_error(name, gettext("An entry has from 2 to 40 letters, and at most 8 words: %s") % shown)
        return self.cleaned_data

    def parts(self) -> dict[str, str]:
        return {name: self.cleaned_data[name] for name in PARTS}

    def seen_again(self, number: int) -> None:
        """Shown again over a newer version: sending it now means having seen that."""
        self.data = {**self.data.dict(), "seen": str(number)}  # type: ignore[attr-defined]


class TryForm(forms.Form):
    text = forms.CharField(
        label=_("A text"),
        help_text=_("It is not kept."),
        max_length=4000,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    def clean_text(self) -> str:
        text: str = self.cleaned_data["text"]
        if not text.strip():
            raise ValidationError(self.fields["text"].error_messages["required"])
        return text
