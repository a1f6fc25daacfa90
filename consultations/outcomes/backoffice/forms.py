"""What the team is asked to prepare answers."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import FUNCTION_MAX, User
from common.dates import DayField
from common.text import Words
from consultations.outcomes.abilities import GIVE_OPINION
from consultations.outcomes.enums import Decision, Stance
from consultations.outcomes.euros import EurosField
from consultations.outcomes.models import Answer
from consultations.outcomes.permissions import advisers, signers, writers
from consultations.outcomes.rules import (
    CHANGE,
    COMPETENT,
    LATE_WHY,
    OPINION,
    OWN_WORDS,
    QUESTION,
    REASONS,
    SENT_BACK,
)
from consultations.outcomes.selectors.desk import Row
from consultations.outcomes.services.writing import Text


def _at_most(words: Words, **kwargs: Any) -> forms.Field:
    """Of a draft, which may be short."""
    return Words(0, words.maximum, words.one_line).field(required=False, **kwargs)


def _day(label: Any, **kwargs: Any) -> DayField:
    return DayField(label=label, widget=forms.DateInput({"type": "date"}, "%Y-%m-%d"), **kwargs)


def asked_to_sign(field: forms.Field) -> None:
    """A draft may lack it."""
    field.needed_later = _("(needed to be signed)")  # type: ignore[attr-defined]


class PersonField(forms.TypedChoiceField):
    """Somebody of the team, by number."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(coerce=int, empty_value=None, required=False, **kwargs)

    def offer(self, people: Iterable[User], *, nobody: Any) -> None:
        self.choices = [("", nobody), *((each.pk, name_of(each)) for each in people)]


def name_of(user: User) -> str:
    """As colleagues know them: with what they do."""
    if not user.public_name:
        return user.function or user.own_name
    return f"{user.own_name}, {user.badge}" if user.badge else user.own_name


class WritingForm(forms.Form):
    """What is said to one proposal, or alike to several."""

    decision = forms.ChoiceField(label=_("The decision"), choices=Decision, widget=forms.RadioSelect, required=False)
    reasons = _at_most(REASONS, label=_("The reasons"), help_text=_("What is done, what is not, why, when."), rows=8)
    competent = _at_most(
        COMPETENT,
        label=_("If it is not yours to decide: who decides?"),
        help_text=_("For example: the region. Say in the reasons that you passed it on."),
    )
    expected_on = _day(
        _("If you still study it: when do you answer?"),
        help_text=_("Everybody reads this day."),
        required=False,
    )
    signer = PersonField(
        label=_("Who signs"),
        error_messages={"required": _("Choose who signs.")},
        help_text=_("Their name and their function stand under the answer."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = list(signers())
        self.fields["signer"].offer(people, nobody=_("Choose who signs"))  # type: ignore[attr-defined]
        # A draft may lack them; what is given to be signed may not.
        for name in ("signer", "reasons"):
            if not self.is_bound or self.data.get("do") == "give":
                self.fields[name].required = True
            else:
                asked_to_sign(self.fields[name])
        for name in ("competent", "expected_on"):
            self.fields[name].needed_later = _("(needed in that case)")  # type: ignore[attr-defined]
        if len(people) == 1 and not self.initial.get("signer"):
            self.initial["signer"] = people[0].pk

    def said(self, **own: Any) -> Text:
        common = ("decision", "reasons", "competent", "expected_on")
        return Text(**{name: self.cleaned_data[name] for name in common}, **own)


class AnswerForm(WritingForm):
    """The answer to one proposal."""

    own_words = _at_most(
        OWN_WORDS,
        label=_("A sentence for this proposal alone"),
        help_text=_("It stands before the reasons, which other answers may share."),
        rows=2,
    )
    change = _at_most(
        CHANGE,
        label=_("What changes"),
        help_text=_("Everybody reads it beside the former answer, which stays to be read."),
        rows=2,
    )
    revision = forms.IntegerField(widget=forms.HiddenInput, required=False)
    field_order = ["decision", "own_words", "reasons", "competent", "expected_on", "change", "signer", "revision"]

    def __init__(self, data: Any = None, *, answer: Answer | None) -> None:
        initial: dict[str, Any] = {"revision": answer.revision if answer else 0}
        if answer is not None:
            initial |= vars(Text.of(answer)) | {"signer": answer.signer_id}
        super().__init__(data, initial=initial)
        if answer is None or answer.current_id is None:
            del self.fields["change"]
        else:
            asked_to_sign(self.fields["change"])
            if answer.current and answer.current.is_hidden:
                self.fields["change"].help_text = _("Everybody reads it. Moderation has hidden the former answer.")

    def text(self) -> Text:
        return self.said(own_words=self.cleaned_data["own_words"], change=self.cleaned_data.get("change", ""))


class TogetherForm(WritingForm):
    """One text for several proposals, with a sentence for each, and what changes for those that were answered."""

    def __init__(self, data: Any = None, *, chosen: list[Row]) -> None:
        self.proposals = [each.proposal for each in chosen]
        super().__init__(data, initial=_shared(chosen))
        for row in chosen:
            proposal, answer = row.proposal, row.answer
            self._ask(f"own-{proposal.pk}", OWN_WORDS, label=proposal.title, initial=answer.own_words if answer else "")
            if answer is not None and answer.current_id is not None:
                label = gettext("What changes in the answer to “%(title)s”") % {"title": proposal.title}
                self._ask(f"change-{proposal.pk}", CHANGE, label=label)
            self.fields[f"revision-{proposal.pk}"] = forms.IntegerField(
                widget=forms.HiddenInput, required=False, initial=answer.revision if answer else 0
            )
            self.fields[f"version-{proposal.pk}"] = forms.IntegerField(
                widget=forms.HiddenInput, required=False, initial=proposal.version
            )

    def _ask(self, name: str, words: Words, **kwargs: Any) -> None:
        self.fields[name] = _at_most(words, rows=2, **kwargs)
        if words is CHANGE:
            asked_to_sign(self.fields[name])

    @property
    def own_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in self.fields if name.startswith(("own-", "change-"))]

    @property
    def shared_fields(self) -> list[forms.BoundField]:
        return [self["reasons"], self["competent"], self["expected_on"]]

    def texts(self) -> dict[int, Text]:
        said = self.cleaned_data
        return {
            each.pk: self.said(own_words=said[f"own-{each.pk}"], change=said.get(f"change-{each.pk}", ""))
            for each in self.proposals
        }

    def revisions(self) -> dict[int, int]:
        return {each.pk: self.cleaned_data[f"revision-{each.pk}"] or 0 for each in self.proposals}

    def versions(self) -> dict[int, int]:
        """Of the proposals: those that stood beside the form, where it says so."""
        found = {each.pk: self.cleaned_data[f"version-{each.pk}"] for each in self.proposals}
        return {pk: version for pk, version in found.items() if version}


def _shared(chosen: list[Row]) -> dict[str, Any]:
    """What the first one that is written says: the others are to say the same."""
    written = [each.answer for each in chosen if each.answer and (each.answer.reasons or each.answer.decision)]
    if not written:
        return {}
    names = ("decision", "reasons", "competent", "expected_on")
    return {name: getattr(written[0], name) for name in names} | {"signer": written[0].signer_id}


class AssignForm(forms.Form):
    writer = PersonField(label=_("Who writes"))
    due_on = _day(_("To be written by"), required=False)

    def __init__(self, data: Any = None) -> None:
        super().__init__(data)
        self.fields["writer"].offer(writers(), nobody=_("As it is"))  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if not self.errors and not said.get("writer") and not said.get("due_on"):
            raise forms.ValidationError(_("Choose somebody, or a day."), code="nothing")
        return said


class AskForm(forms.Form):
    service = PersonField(label=_("Whom you ask"), error_messages={"required": _("Choose whom you ask.")})
    service_name = Words(0, FUNCTION_MAX, one_line=True).field(
        label=_("Which service is it?"),
        help_text=_("For who is listed by their address alone: “Green spaces”. The team reads it everywhere instead."),
        required=False,
    )
    question = _at_most(QUESTION, label=_("Your question"), help_text=_("What they alone can say."), rows=3)
    due_on = _day(_("Awaited by"), required=False)

    def __init__(self, data: Any = None) -> None:
        super().__init__(data)
        # Services first: the desk is for the others as well.
        people = sorted(advisers(), key=lambda each: each.role not in GIVE_OPINION.sometimes)
        self.fields["service"].offer(people, nobody=_("Choose whom you ask"))  # type: ignore[attr-defined]
        self.fields["service"].required = True
        if all(each.public_name or each.function for each in people):
            del self.fields["service_name"]
        else:
            self.fields["service_name"].needed_later = _("(needed in that case)")  # type: ignore[attr-defined]


class LateForm(forms.Form):
    why = LATE_WHY.field(label=_("Why is it late?"), help_text=_("Everybody reads it, with the new date."))
    until = _day(_("The new date"))


class BackForm(forms.Form):
    words = SENT_BACK.field(label=_("What is to be changed"), rows=2)
    revision = forms.IntegerField(widget=forms.HiddenInput, required=False)


class OpinionForm(forms.Form):
    stance = forms.ChoiceField(
        label=_("Your opinion"),
        choices=Stance,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose one of these.")},
    )
    words = OPINION.field(label=_("Why, and on which condition"), rows=6)
    cost = EurosField(label=_("Estimated cost, in euros"))
    revision = forms.IntegerField(widget=forms.HiddenInput, required=False)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
