"""What those who work on a proposal are asked: answers, versions, whom they write with, what they bring together."""

from typing import Any, cast

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from common.mail_addresses import MailField
from common.text import TextTooShort, WordsField, visible_length
from consultations.cocreation.enums import Consent
from consultations.cocreation.rules import (
    ADDRESS_MAX,
    MERGE_MESSAGE,
    MERGE_REASON,
    NOTE,
    VERDICT_REASON,
    NoMailAddress,
    part_words,
    rework_texts,
)
from consultations.cocreation.selectors.workshop import ALL, TO_ANSWER
from consultations.participation.enums import Part, Stance, Verdict
from consultations.participation.models import Argument, Proposal
from consultations.participation.rules import PARTS, TEXT, TITLE

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


def narrowed_by(asked: QueryDict) -> dict[str, str]:
    """The columns that an address narrows arguments by. Anything odd in it is as if it were not there."""
    found = {"stance": STANCE_OF_WORD.get(asked.get("cote", "")), "part": PART_OF_WORD.get(asked.get("partie", ""))}
    return {column: value for column, value in found.items() if value}


_REASON_WANTED = _("Say why: whoever wrote it, and everyone else, will read it.")


class AnswerForm(forms.Form):
    """What becomes of one argument. The reason may be left out only where it is taken up as it is.

    `notice`: why what was sent is refused; `is_done`: saved just now.
    """

    verdict = forms.ChoiceField(
        choices=Verdict,
        error_messages={
            "required": _("Choose one of the three answers."),
            "invalid_choice": _("Choose one of the three answers."),
        },
    )
    reason = WordsField(
        label=_("Why? Your answer will be public."), rows=2, maximum=VERDICT_REASON.maximum, required=False
    )
    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, argument: Argument, notice: str = "", is_done: bool = False) -> None:
        initial = {"verdict": argument.verdict, "reason": argument.verdict_reason, "seen": argument.verdict_revision}
        super().__init__(data, initial=initial, auto_id=f"answer-{argument.pk}-%s")
        self.argument, self.notice, self.is_done = argument, notice, is_done
        self.is_open = self.is_bound or not argument.verdict

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
            self.add_error("reason", TextTooShort(missing).message if given["reason"] else _REASON_WANTED)
        return given


class ReworkForm(forms.Form):
    """The next version. What was written longer, or shorter, elsewhere stays as long as it is."""

    note = NOTE.field(
        label=_("What changes, in a sentence or two"),
        help_text=_("People who follow your proposal read it first."),
        rows=2,
        error_messages={"required": _("Say in a sentence what changes, and why.")},
    )
    base_version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, proposal: Proposal, initial: Any = None) -> None:
        super().__init__(data, initial=initial)
        labels = {
            "title": gettext("The title"),
            "solution": gettext("The solution"),
            "problem": gettext("The problem"),
            "benefit": gettext("The benefit"),
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


class _OneOfTwo:
    """For fields of which one is needed, as the form checks: neither is said to be optional."""

    def validate(self, value: Any) -> None:
        if value:
            super().validate(value)  # type: ignore[misc]


class _EitherPerson(_OneOfTwo, forms.ChoiceField):
    pass


class _OrEmail(_OneOfTwo, MailField):
    pass


class CoAuthorForm(forms.Form):
    """Somebody who argued on the proposal, by name; or an e-mail address. One of them."""

    use_required_attribute = False
    person = _EitherPerson(
        label=_("Somebody who gave an argument here"),
        error_messages={"invalid_choice": _("This person can no longer be chosen.")},
    )
    email = _OrEmail(
        label=_("Or an e-mail address"),
        help_text=_("The person gets a link and is free to say no. The address is shown to nobody."),
        max_length=ADDRESS_MAX,
        error_messages={"invalid": NoMailAddress.message},
        widget=forms.EmailInput({"autocomplete": "off"}),
    )

    def __init__(self, *args: Any, people: list[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.people = {str(person.pk): person for person in people}
        choices = [("", _("Choose a name")), *((key, str(person)) for key, person in self.people.items())]
        cast(forms.ChoiceField, self.fields["person"]).choices = choices
        if not people:
            del self.fields["person"]
            self.fields["email"].label = _("The e-mail address of the person")

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if self.errors:
            return given
        if not given.get("person") and not given.get("email"):
            self.add_error(next(iter(self.fields)), _("Choose somebody, or write an address."))
        elif given.get("person") and given.get("email"):
            self.add_error("email", _("One at a time: a name or an address, not both."))
        return given

    def invited(self) -> dict[str, Any]:
        """What the service takes."""
        if person := self.cleaned_data.get("person"):
            return {"user": self.people[person]}
        return {"email": self.cleaned_data["email"]}


class MergeTextForm(forms.Form):
    """The common text, as long as any proposal's."""

    title = TITLE.field(label=_("The title"), help_text=_("The one of the whole, not of one of them."))
    solution = TEXT.field(
        label=_("The solution"), help_text=_("Take up what each proposal brings. Say where they differ."), rows=8
    )
    problem = TEXT.field(label=_("The problem"), rows=5)
    benefit = TEXT.field(label=_("The benefit"), rows=5)


class MergeStartForm(MergeTextForm):
    message = MERGE_MESSAGE.field(
        label=_("Your message to the other authors"),
        help_text=_("Say why these proposals are stronger together. Only they and the city’s team read it."),
        rows=4,
    )


class ConsentForm(forms.Form):
    """An answer for one proposal; who says no says why, so that the text can be mended."""

    answer = forms.ChoiceField(choices=[(Consent.AGREED, ""), (Consent.DECLINED, "")])
    reason = MERGE_REASON.field(
        label=_("What should change for you to agree?"),
        help_text=_("Your reason is shown to the other authors. It helps to mend the text."),
        rows=3,
        error_messages={"required": _("Say in a sentence what does not suit you.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.data.get("answer") == Consent.AGREED:  # whatever stands in the other field
            reason = self.fields["reason"]
            assert isinstance(reason, WordsField)
            reason.required, reason.minimum = False, 0


class UndoForm(forms.Form):
    reason = MERGE_REASON.field(
        label=_("Why undo it?"),
        help_text=_("Everyone will be able to read this reason, on the page of the collective proposal."),
        rows=3,
    )


class GiveUpForm(forms.Form):
    reason = MERGE_REASON.field(label=_("Why give it up?"), rows=2, required=False)
