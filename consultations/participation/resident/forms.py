"""What residents are asked."""

from typing import Any, cast

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.neighbourhoods import NeighbourhoodField, offer_list
from common.pictures import PhotoField
from common.text import WordsField
from common.web_addresses import WebAddressField
from consultations.participation import rules
from consultations.participation.enums import ArgumentKind, Part, ReactionValue, Stage, Stance
from consultations.participation.models import Draft
from consultations.participation.selectors.drafts import room_for_visitors
from consultations.participation.selectors.lists import DEFAULT_SORT, SORTS, ProposalFilters

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
    words = rules.PARTS[step]
    return words.field(label=questions[step], help_text=hints[step], rows=0 if words.one_line else 8)


class WholeProposalForm(forms.Form):
    """All four at once: what a draft must satisfy to be published."""

    solution = step_field("solution")
    problem = step_field("problem")
    benefit = step_field("benefit")
    title = step_field("title")


NO_ROOM_FOR_VISITORS = _(
    "There is no more room at this moment for pictures of people without an account. Sign in, then add yours; or go on "
    "without it."
)


class DetailsForm(forms.Form):
    """What is optional, on the read-through: the part of town and a picture.

    `writer`: None of a visitor without an account, whose pictures have a room of their own and wait less long.
    """

    neighbourhood = NeighbourhoodField(
        label=_("The neighbourhood it is about"),
        help_text=_("If your proposal is about one part of the territory."),
        required=False,
    )
    picture = PhotoField(
        label=_("A picture"),
        help_text=_("A photo or a drawing of yours, 8 MB at most. Where and when it was taken is erased."),
        required=False,
        widget=forms.FileInput({"accept": "image/jpeg,image/png,image/webp"}),
    )
    picture_alt = rules.PICTURE_ALT.field(
        label=_("What the picture shows"),
        help_text=_("A sentence for those who cannot see it, such as: “The playground, without any shade, at noon.”"),
        required=False,
    )
    without_picture = forms.BooleanField(label=_("Remove the picture"), required=False)

    def __init__(self, *args: Any, draft: Draft, writer: User | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer_list(self, before=draft.neighbourhood)
        if writer is None:
            picture = cast(PhotoField, self.fields["picture"])
            picture.rooms = [*picture.rooms, (room_for_visitors, NO_ROOM_FOR_VISITORS)]
            picture.help_text = format_lazy(
                "{said} {kept}",
                said=picture.help_text,
                kept=_("Without an account it waits for you for two days: publish before, or choose it again."),
            )
        self.has_picture = draft.picture_id is not None
        if self.has_picture:
            self.fields["picture"].label = _("Another picture instead")
        else:
            del self.fields["without_picture"]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        keeps_one = self.has_picture and not given.get("without_picture")
        if (given.get("picture") or keeps_one) and not given.get("picture_alt") and "picture_alt" not in self.errors:
            self.add_error("picture_alt", _("Describe the picture in a sentence, for those who cannot see it."))
        return given


class EditForm(WholeProposalForm):
    """The whole text again, in its first minutes."""

    neighbourhood = DetailsForm.base_fields["neighbourhood"]
    without_picture = forms.BooleanField(label=_("Remove the picture"), required=False)

    field_order = (*rules.PARTS, "neighbourhood", "without_picture")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for part in rules.PARTS:  # what it never had, as a sheet of paper may not, it may go on without
            self.fields[part].required = bool(self.initial.get(part))
        offer_list(self, before=self.initial.get("neighbourhood", ""))


class ReactionForm(forms.Form):
    reaction = forms.ChoiceField(choices=ReactionValue)


class ArgumentForm(forms.Form):
    text = rules.ARGUMENT.field(
        label=_("Your argument"),
        help_text=_("What you have lived counts as much as a figure."),
        error_messages={"required": _("Write your argument: a sentence is enough.")},
        rows=3,
    )
    stance = forms.ChoiceField(
        label=_("It is an argument…"),
        choices=Stance,
        widget=forms.RadioSelect,
        error_messages={"required": _("Say whether it speaks for, against, or to improve.")},
    )
    part = forms.ChoiceField(
        label=_("It is mostly about…"),
        choices=Part,
        widget=forms.RadioSelect,
        required=False,
        initial=Part.SOLUTION,
    )
    kind = forms.ChoiceField(label=_("It rests on…"), choices=ArgumentKind, widget=forms.RadioSelect, required=False)
    source_url = WebAddressField(
        label=_("A source, if you have one"),
        max_length=500,
        required=False,
        widget=forms.URLInput({"placeholder": "https://"}),
    )
    source_title = rules.SOURCE_TITLE.field(
        label=_("What this source is"),
        help_text=_("Its title, in your words. We do not open the address."),
        required=False,
    )


class ReplyForm(forms.Form):
    """Under an argument; several may be open on one page, each with ids of its own."""

    text = rules.REPLY.field(
        label=_("Your reply"),
        help_text=_("Answer what is said, not who says it."),
        error_messages={"required": _("Write your reply first.")},
        rows=3,
    )


class SearchForm(forms.Form):
    """The list's search and filters. Anything odd in the address is as if it were not there."""

    q = WordsField(label=_("Search"), maximum=100, required=False)
    defi = forms.SlugField(required=False)
    etape = forms.ChoiceField(choices=Stage, required=False)
    quartier = forms.CharField(max_length=60, required=False)
    tri = forms.ChoiceField(choices=[(sort, sort) for sort in SORTS], required=False)

    def filters(self) -> ProposalFilters:
        self.is_valid()
        given = self.cleaned_data
        return ProposalFilters(
            words=given.get("q", ""),
            challenge=given.get("defi", ""),
            stage=given.get("etape", ""),
            place=given.get("quartier", ""),
            sort=given.get("tri") or DEFAULT_SORT,
        )
