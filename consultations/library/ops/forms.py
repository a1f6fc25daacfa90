"""Writing a set and its challenges. A draft may have holes: publishing asks for what is missing (library.rules)."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.differences import Piece, difference
from common.text import WordsField, typeset
from consultations.library import rules
from consultations.library.enums import Theme
from consultations.library.models import ChallengeSet, ChallengeTemplate
from consultations.library.services.drafts import code_of

# Addresses of the pages beside the sets.
NO_CODE = {"nouvelle"}
LISTS = ("guiding_questions", "on_table", "off_table")


class DraftField(WordsField):
    """Words that publishing asks for and a draft may do without; set as a French printer would."""

    def validate(self, value: str) -> None:
        if value:
            super().validate(value)

    def to_python(self, value: object) -> str:
        return typeset(super().to_python(value))


class NeededField(WordsField):
    """Words without which there is nothing to keep."""

    def to_python(self, value: object) -> str:
        return typeset(super().to_python(value))


class RevisionForm(forms.Form):
    """What one has seen when one decides: a hidden number, checked by the service."""

    revision = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
    use_required_attribute = False

    def seen_again(self, revision: int) -> None:
        """Shown again over a text that has changed: sending it now means having seen that."""
        self.data = {**self.data.dict(), "revision": str(revision)}  # type: ignore[attr-defined]


class SetForm(RevisionForm):
    title = NeededField(label=gettext_lazy("The title"), maximum=rules.TITLE, minimum=3)
    question = DraftField(
        label=gettext_lazy("The consultation's question"),
        help_text=gettext_lazy("{name} stands for the authority's name. It ends with a question mark."),
        maximum=rules.QUESTION,
    )
    summary = DraftField(
        label=gettext_lazy("In a few words"),
        help_text=gettext_lazy("What the set is about. It becomes the introduction of the city's consultation."),
        rows=3,
        maximum=rules.SET_SUMMARY,
    )

    def __init__(self, *args: Any, challenge_set: ChallengeSet | None = None, **kwargs: Any) -> None:
        if challenge_set is not None:
            names = ("title", "question", "summary", "revision")
            kwargs["initial"] = {name: getattr(challenge_set, name) for name in names}
        super().__init__(*args, **kwargs)

    def words(self) -> dict[str, str]:
        return {name: self.cleaned_data[name] for name in ("title", "question", "summary")}

    def differences_from(self, challenge_set: ChallengeSet) -> list[tuple[str, list[Piece]]]:
        """Field by field, how what was typed differs from what is in the library now."""
        pairs = [(name, getattr(challenge_set, name), typed) for name, typed in self.words().items()]
        return [(str(self.fields[name].label), difference(old, new)) for name, old, new in pairs if old != new]


class NewSetForm(SetForm):
    """The set's code, which is its public address, is made from its title."""

    revision = None  # type: ignore[assignment]  # nothing was seen before

    def clean_title(self) -> str:
        title: str = self.cleaned_data["title"]
        if not code_of(title) or code_of(title) in NO_CODE:
            raise forms.ValidationError(_("Find a title that says what the set is about."))
        return title

    def code(self) -> str:
        return code_of(self.cleaned_data["title"])


class ChallengeForm(RevisionForm):
    label = NeededField(
        label=gettext_lazy("The label"), help_text=gettext_lazy("One to three words."), maximum=rules.LABEL, minimum=2
    )
    theme = forms.ChoiceField(
        label=gettext_lazy("The theme"),
        help_text=gettext_lazy("It gives the challenge its colour and its picture."),
        choices=Theme.choices,
        widget=forms.RadioSelect,
    )
    question = DraftField(
        label=gettext_lazy("The question"),
        help_text=gettext_lazy("It begins with “Comment” and ends with a question mark."),
        rows=2,
        maximum=rules.QUESTION,
    )
    summary = DraftField(
        label=gettext_lazy("In a few words"),
        help_text=gettext_lazy("Under the question, on the cards and at the top of the challenge."),
        rows=2,
        maximum=rules.SUMMARY,
    )
    why = DraftField(
        label=gettext_lazy("Why it matters"),
        help_text=gettext_lazy("A blank line parts two paragraphs."),
        rows=9,
        maximum=rules.WHY,
    )
    guiding_questions = DraftField(
        label=gettext_lazy("Three guiding questions"),
        help_text=gettext_lazy("One a line."),
        rows=4,
        maximum=rules.GUIDING_QUESTIONS * rules.SENTENCE,
    )
    on_table = DraftField(
        label=gettext_lazy("What can be discussed"),
        help_text=gettext_lazy("One a line, from two to six."),
        rows=5,
        maximum=rules.ON_TABLE[1] * rules.SENTENCE,
    )
    off_table = DraftField(
        label=gettext_lazy("What is not decided here"),
        help_text=gettext_lazy("One a line, each with its reason after a colon: the law, or whose competence it is."),
        rows=4,
        maximum=rules.OFF_TABLE[1] * rules.SENTENCE,
    )
    example_1_text = DraftField(label=gettext_lazy("First example"), rows=3, maximum=rules.EXAMPLE)
    example_1_why = DraftField(label=gettext_lazy("Why it is a good one"), rows=2, maximum=rules.EXAMPLE_WHY)
    example_2_text = DraftField(label=gettext_lazy("Second example"), rows=3, maximum=rules.EXAMPLE)
    example_2_why = DraftField(label=gettext_lazy("Why it is a good one"), rows=2, maximum=rules.EXAMPLE_WHY)

    def __init__(self, *args: Any, template: ChallengeTemplate | None = None, **kwargs: Any) -> None:
        kwargs["initial"] = _fields_of(template) | {"revision": template.revision} if template else {"revision": 0}
        super().__init__(*args, **kwargs)

    def content(self) -> dict[str, Any]:
        """What a challenge of the library says, by the name of each field."""
        said = dict(self.cleaned_data)
        examples = [
            {"text": said.pop(f"example_{number}_text"), "why": said.pop(f"example_{number}_why")}
            for number in range(1, rules.EXAMPLES + 1)
        ]
        said.pop("revision")
        lists = {name: [line for line in said[name].split("\n") if line] for name in LISTS}
        return said | lists | {"examples": [example for example in examples if any(example.values())]}

    def differences_from(self, template: ChallengeTemplate) -> list[tuple[str, list[Piece]]]:
        """Field by field, how what was typed differs from what is in the library now."""
        there = _fields_of(template)
        labels = dict(Theme.choices)
        found = []
        for name, value in there.items():
            typed = self.cleaned_data[name]
            if typed == value:
                continue
            pair = (str(labels[value]), str(labels[typed])) if name == "theme" else (value, typed)
            found.append((str(self.fields[name].label), difference(*pair)))
        return found


def _fields_of(template: ChallengeTemplate) -> dict[str, str]:
    """A challenge as the form shows it: lists one a line, examples in their pairs of fields."""
    plain = {name: getattr(template, name) for name in ("label", "theme", "question", "summary", "why")}
    lists = {name: "\n".join(getattr(template, name)) for name in LISTS}
    examples: dict[str, str] = {}
    for number in range(1, rules.EXAMPLES + 1):
        example = template.examples[number - 1] if len(template.examples) >= number else {"text": "", "why": ""}
        examples |= {f"example_{number}_text": example["text"], f"example_{number}_why": example["why"]}
    return plain | lists | examples
