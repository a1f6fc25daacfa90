"""What is typed of a sheet, at the desk and by receipt."""

import re
import uuid
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.enums import AgeBand, Capacity
from accounts.neighbourhoods import NeighbourhoodField, listed_neighbourhoods, offer_list
from consultations.framing.models import Challenge
from consultations.offline import codes, rules
from consultations.offline.enums import EntryKind
from consultations.offline.models import CHANNELS
from consultations.participation.enums import Stance

_CHOOSE = {"required": _("Choose one of the answers."), "invalid_choice": _("Choose one of the answers.")}
# « n° 0045 »; the highest that somebody may type leaves room above it.
_NUMBER = re.compile(r"(?:n\s*[°ºo]\.?\s*|#\s*)?([0-9]{1,12})", re.IGNORECASE)
MOST_NUMBER = 2_000_000_000
_NOTHING = ("", pgettext_lazy("not said on the sheet", "Not said"))


def _texts(rows: int) -> dict[str, forms.Field]:
    return {
        "solution": rules.SOLUTION.field(
            label=_("The solution"), rows=rows, error_messages={"required": _("Type what the sheet says.")}
        ),
        "problem": rules.PART.field(label=_("The problem"), rows=rows - 1, required=False),
        "benefit": rules.PART.field(label=_("The benefit"), rows=rows - 1, required=False),
        "title": rules.TITLE.field(
            label=_("A title"), required=False, help_text=_("Left empty, it is the first words of the solution.")
        ),
    }


class SheetForm(forms.Form):
    """One sheet. `key` and `code` are drawn with the form: sent twice, it is one sheet with one receipt."""

    kind = forms.ChoiceField(
        label=_("What it is"), choices=EntryKind.choices, widget=forms.RadioSelect, error_messages=_CHOOSE
    )
    channel = forms.ChoiceField(label=_("How it was given"), choices=CHANNELS, error_messages=_CHOOSE)
    place = rules.PLACE.field(label=_("Where"), required=False)
    given_on = forms.DateField(
        label=_("On which day"),
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": _("Choose the day."), "invalid": _("Choose the day.")},
    )
    challenge = forms.ChoiceField(
        label=_("Challenge"),
        required=False,
        help_text=_(
            "“Another one” is ticked, or none? Choose the one that it is closest to. Where none is, keep the sheet as "
            "a draft; of another consultation, type it there."
        ),
        widget=forms.RadioSelect,
        error_messages=_CHOOSE,
    )
    sheet = forms.CharField(
        label=_("Number of the sheet"),
        required=False,
        max_length=40,
        help_text=_("If it has one; or the receipt that is printed on it."),
        widget=forms.TextInput({"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
        error_messages={"max_length": _("Type the number, in figures.")},
    )
    about = forms.CharField(
        label=_("On which proposal"),
        required=False,
        max_length=200,
        help_text=_("Its number; words find it."),
        error_messages={"max_length": _("Type a number, or a few words.")},
    )
    stance = forms.ChoiceField(
        label=_("It is"),
        choices=[(each.value, each.label) for each in Stance],
        required=False,
        widget=forms.RadioSelect,
        error_messages=_CHOOSE,
    )
    name = rules.NAME.field(
        label=_("Name"), required=False, help_text=_("Only of whoever wants to be named: everybody reads it.")
    )
    age_band = forms.ChoiceField(label=_("Age"), choices=[_NOTHING, *AgeBand.choices], required=False)
    capacity = forms.ChoiceField(
        label=_("Capacity"),
        choices=[_NOTHING, *Capacity.choices],
        required=False,
        help_text=_("If several are ticked: the first."),
    )
    neighbourhood = NeighbourhoodField(label=_("Neighbourhood where they live"), required=False)
    key = forms.UUIDField(widget=forms.HiddenInput, required=False)
    code = forms.CharField(widget=forms.HiddenInput, required=False)
    meeting = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=1, max_value=2**62)

    def __init__(self, *args: Any, challenges: list[Challenge], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.challenges = {str(each.pk): each for each in challenges}
        self.fields["challenge"].choices = [  # type: ignore[attr-defined]
            (pk, f"{number} · {each.label}") for number, (pk, each) in enumerate(self.challenges.items(), start=1)
        ]
        self.fields |= _texts(4)
        # Of an argument it is that of its proposal.
        self.fields["challenge"].required = self.data.get("kind") != EntryKind.ARGUMENT
        if "brouillon" in self.data:  # a draft lacks what it lacks
            self.fields["challenge"].required = self.fields["solution"].required = False
            for name in ("title", "solution"):
                self.fields[name].minimum = 0  # type: ignore[attr-defined]
        offer_list(self, before="")
        if not listed_neighbourhoods():
            del self.fields["neighbourhood"]

    def clean_sheet(self) -> int | str | None:
        """Its number, or the receipt that is printed on it: which is never of figures alone."""
        typed = self.cleaned_data["sheet"].strip()
        if number := _NUMBER.fullmatch(typed):
            if not 0 < int(number[1]) <= MOST_NUMBER:
                raise forms.ValidationError(_("Type the number, in figures."))
            return int(number[1])
        try:
            return codes.read(typed) if typed else None
        except codes.ReceiptMistyped as refusal:
            raise forms.ValidationError(str(refusal.message)) from refusal

    def clean_code(self) -> str:
        """What is no receipt is drawn anew by the service."""
        try:
            return codes.read(self.cleaned_data["code"])
        except codes.ReceiptMistyped:
            return ""

    @staticmethod
    def drawn() -> dict[str, str]:
        return {"key": str(uuid.uuid4()), "code": codes.draw()}


class WordsForm(forms.Form):
    """Correcting what stands on it. `revision`: of what its writer has read."""

    revision = forms.CharField(widget=forms.HiddenInput, required=False, max_length=16)

    def __init__(self, *args: Any, is_argument: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if is_argument:
            self.fields["stance"] = forms.ChoiceField(
                label=_("It is"),
                choices=[(each.value, each.label) for each in Stance],
                widget=forms.RadioSelect,
                error_messages=_CHOOSE,
            )
            self.fields["solution"] = rules.ARGUMENT.field(
                label=_("The argument"), rows=6, error_messages={"required": _("Type what the sheet says.")}
            )
        else:
            self.fields |= _texts(5)


class PileForm(forms.Form):
    size = forms.IntegerField(
        label=_("Sheets in the pile"),
        required=False,
        min_value=0,
        max_value=9999,
        error_messages=dict.fromkeys(
            ("invalid", "min_value", "max_value"), _("Type how many there are, 9,999 at most.")
        ),
    )


class RuleForm(forms.Form):
    read_twice = forms.BooleanField(
        label=_("A colleague reads each sheet before it is public"),
        required=False,
        help_text=_("Not whoever has typed it. Moderation then has it like everything else."),
    )


class ReceiptForm(forms.Form):
    code = forms.CharField(
        label=_("Your receipt"),
        max_length=60,
        help_text=_("Eight characters, such as ABCD 2345: on your half of the sheet, or as they were read out to you."),
        widget=forms.TextInput(
            {"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false", "class": "form-control"}
        ),
        error_messages={"required": _("Type your receipt."), "max_length": _("A receipt has eight characters.")},
    )
