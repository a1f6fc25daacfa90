"""What residents are asked."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from common.text import WordsField
from consultations.participation.enums import ArgumentKind, Part, ReactionValue, Stage, Stance
from consultations.participation.models import (
    ARGUMENT_LEAST,
    ARGUMENT_MOST,
    TEXT_LEAST,
    TEXT_MOST,
    TITLE_LEAST,
    TITLE_MOST,
)
from consultations.participation.selectors import DEFAULT_SORT, SORTS, ProposalFilters

STEPS = ("solution", "problem", "benefit", "title")


class StepForm(forms.Form):
    """One question of the three, or the title. The field's name is the draft's."""

    def __init__(self, *args: Any, step: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.step = step
        self.fields[step] = step_field(step)


def step_field(step: str) -> WordsField:
    questions = {
        "solution": _("What is your solution?"),
        "problem": _("What problem does it aim to solve?"),
        "benefit": _("What will the benefit be?"),
        "title": _("What title sums it up?"),
    }
    hints = {
        "solution": _("Say what should be done, where, and with whom. Three sentences are enough."),
        "problem": _("Say what is wrong today, for whom, and how you know it."),
        "benefit": _("Say what will be better, for whom, and how one will see it."),
        "title": _("A few words that make people want to read on."),
    }
    if step == "title":
        return WordsField(label=questions[step], help_text=hints[step], least=TITLE_LEAST, most=TITLE_MOST)
    return WordsField(label=questions[step], help_text=hints[step], rows=8, least=TEXT_LEAST, most=TEXT_MOST)


class WholeProposalForm(forms.Form):
    """All four at once: what a draft must satisfy to be published."""

    solution = step_field("solution")
    problem = step_field("problem")
    benefit = step_field("benefit")
    title = step_field("title")


class ReactionForm(forms.Form):
    reaction = forms.ChoiceField(choices=ReactionValue)


class ArgumentForm(forms.Form):
    text = WordsField(
        label=_("Your argument"),
        help_text=_("What you have lived counts as much as a figure."),
        rows=3,
        least=ARGUMENT_LEAST,
        most=ARGUMENT_MOST,
    )
    stance = forms.ChoiceField(label=_("It is an argument…"), choices=Stance, widget=forms.RadioSelect)
    part = forms.ChoiceField(
        label=_("It is mostly about…"),
        choices=Part,
        widget=forms.RadioSelect,
        required=False,
        initial=Part.SOLUTION,
    )
    kind = forms.ChoiceField(label=_("It rests on…"), choices=ArgumentKind, widget=forms.RadioSelect, required=False)
    source_url = forms.URLField(
        label=_("A source, if you have one"),
        max_length=500,
        required=False,
        assume_scheme="https",
        widget=forms.URLInput({"placeholder": "https://"}),
        error_messages={"invalid": _("Write the whole address of the page, beginning with https://.")},
    )


class SearchForm(forms.Form):
    """The list's search and filters. Anything odd in the address is as if it were not there."""

    q = WordsField(label=_("Search"), most=100, required=False)
    defi = forms.SlugField(required=False)
    etape = forms.ChoiceField(choices=Stage, required=False)
    tri = forms.ChoiceField(choices=[(sort, sort) for sort in SORTS], required=False)

    def filters(self) -> ProposalFilters:
        self.is_valid()
        given = self.cleaned_data
        return ProposalFilters(
            words=given.get("q", ""),
            challenge=given.get("defi", ""),
            stage=given.get("etape", ""),
            sort=given.get("tri") or DEFAULT_SORT,
        )
