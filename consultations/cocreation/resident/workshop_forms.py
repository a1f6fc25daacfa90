"""What authors write in their workshop."""

from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.text import WordsField, visible_length
from consultations.cocreation.rules import NOTE, VERDICT_REASON, part_words, rework_texts
from consultations.cocreation.selectors.workshop import ALL, TO_ANSWER, InboxFilters
from consultations.participation.enums import Part, Stance, Verdict
from consultations.participation.models import Argument, Proposal
from consultations.participation.rules import PARTS

LARGEST = 2**31 - 1  # that the database holds

ANSWER_OF_WORD = {
    "a-traiter": TO_ANSWER,
    "repris": Verdict.TAKEN,
    "en-partie": Verdict.PARTLY,
    "non-repris": Verdict.NOT_TAKEN,
    "tous": ALL,
}
STANCE_OF_WORD = {"pour": Stance.FOR, "contre": Stance.AGAINST, "ameliorer": Stance.IMPROVE}
PART_OF_WORD = {"solution": Part.SOLUTION, "probleme": Part.PROBLEM, "benefice": Part.BENEFIT}


def filters_from(asked: QueryDict) -> InboxFilters:
    """Anything odd in the address is as if it were not there."""
    return InboxFilters(
        answer=ANSWER_OF_WORD.get(asked.get("reponse", ""), ""),
        stance=STANCE_OF_WORD.get(asked.get("cote", ""), ""),
        part=PART_OF_WORD.get(asked.get("partie", ""), ""),
    )


class AnswerForm(forms.Form):
    """What becomes of one argument. The reason may be left out only where it is taken up as it is."""

    verdict = forms.ChoiceField(
        choices=Verdict,
        error_messages={
            "required": gettext_lazy("Choose one of the three answers."),
            "invalid_choice": gettext_lazy("Choose one of the three answers."),
        },
    )
    reason = WordsField(
        label=gettext_lazy("Why? Your answer will be public."), rows=2, maximum=VERDICT_REASON.maximum, required=False
    )
    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, argument: Argument) -> None:
        initial = {"verdict": argument.verdict, "reason": argument.verdict_reason, "seen": argument.verdict_revision}
        super().__init__(data, initial=initial, auto_id=f"answer-{argument.pk}-%s")

    def take_focus(self) -> None:
        """Where the refused form comes back in place, one goes on in the field to mend."""
        if "reason" in self.errors:
            self.fields["reason"].widget.attrs["data-focus"] = True

    def clean_reason(self) -> str:
        reason: str = self.cleaned_data["reason"]
        return reason if visible_length(reason) else ""

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        missing = VERDICT_REASON.minimum - visible_length(given.get("reason", ""))
        # A text that is too long has its own error: it is not in `given`.
        if given.get("verdict", Verdict.TAKEN) != Verdict.TAKEN and "reason" in given and missing > 0:
            self.add_error("reason", _reason_wanted(given["reason"], missing))
        return given


def _reason_wanted(reason: str, missing: int) -> str:
    if not reason:
        return _("Say why: whoever wrote it, and everyone else, will read it.")
    words = _("%(missing)s more characters, please: %(least)s at least.")
    return words % {"missing": missing, "least": VERDICT_REASON.minimum}


class ReworkForm(forms.Form):
    """The next version. What was written longer, or shorter, elsewhere stays as long as it is."""

    note = NOTE.field(
        label=gettext_lazy("What changes, in a sentence or two"),
        help_text=gettext_lazy("People who follow your proposal read it first."),
        rows=2,
        error_messages={"required": gettext_lazy("Say in a sentence what changes, and why.")},
    )
    base_version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, proposal: Proposal, initial: Any = None) -> None:
        super().__init__(data, initial=initial)
        labels = {
            "title": _("The title"),
            "solution": _("The solution"),
            "problem": _("The problem"),
            "benefit": _("The benefit"),
        }
        fields = {name: _field(name, labels[name], getattr(proposal, name)) for name in PARTS}
        self.fields = {**fields, **self.fields}

    def typed(self) -> dict[str, str]:
        """The words as they can be kept, whether they will do or not."""
        texts, note = rework_texts({name: self.data.get(name, "") for name in PARTS}, self.data.get("note", ""))
        return {**texts, "note": note}

    def only_to_read(self) -> None:
        for field in self.fields.values():
            field.widget.attrs["readonly"] = True

    def number(self, name: str) -> int:
        """A hidden number; 0 where somebody sent something else."""
        return min(max(0, self.cleaned_data.get(name) or 0), LARGEST)


def _field(name: str, label: str, present: str) -> WordsField:
    words = part_words(name, present)
    return words.field(label=label, rows=0 if words.one_line else 5, required=bool(present))
