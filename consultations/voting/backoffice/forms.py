"""What the team types about votes."""

import uuid
from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.neighbourhoods import listed_neighbourhoods
from common.dates import MomentField
from consultations.outcomes.euros import EurosField
from consultations.outcomes.models import Project
from consultations.participation.models import Proposal
from consultations.voting import rules
from consultations.voting.enums import Electorate, Method
from consultations.voting.models import Item

_TICKED: dict[str, Any] = {
    "widget": forms.CheckboxSelectMultiple,
    "required": False,
    "error_messages": {"invalid_choice": _("Choose among these.")},
}


def _moment() -> forms.DateTimeInput:
    return forms.DateTimeInput({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")


class VoteForm(forms.Form):
    """All that is set before it opens."""

    title = rules.TITLE.field(label=_("The question of the vote"), help_text=_("For example: where do we begin?"))
    introduction = rules.INTRODUCTION.field(
        label=_("What people must know to vote"), required=False, rows=3, help_text=_("In two or three sentences.")
    )
    method = forms.ChoiceField(
        label=_("How people vote"), choices=Method.choices, widget=forms.RadioSelect, initial=Method.BUDGET
    )
    budget = EurosField(
        label=_("The amount to spend, in euros"), help_text=_("For a budget and for equal shares. In whole euros.")
    )
    least = forms.IntegerField(label=_("Choices, at least"), min_value=1, max_value=rules.MOST_ITEMS, initial=1)
    most = forms.IntegerField(
        label=_("Choices, at most"),
        min_value=1,
        max_value=rules.MOST_ITEMS,
        required=False,
        help_text=_("The number of voices, where people have voices. Else empty: as many as one wants."),
    )
    seats = forms.IntegerField(
        label=_("Projects chosen in the end"),
        min_value=1,
        max_value=rules.MOST_ITEMS,
        required=False,
        help_text=_("For voices: the most chosen, up to this number. A budget decides by itself."),
    )
    electorate = forms.ChoiceField(
        label=_("Who may vote"), choices=Electorate.choices, widget=forms.RadioSelect, initial=Electorate.ACCOUNTS
    )
    opens_at = MomentField(label=pgettext_lazy("vote", "Opens on"), widget=_moment())
    closes_at = MomentField(
        label=pgettext_lazy("vote", "Closes on"),
        widget=_moment(),
        help_text=_("Ballots from paper are entered before that."),
    )
    revision = forms.IntegerField(widget=forms.HiddenInput, min_value=0, initial=0)


class ItemsForm(forms.Form):
    """What is put to the vote: of the consultation."""

    proposals = forms.MultipleChoiceField(label=_("Proposals"), **_TICKED)
    projects = forms.MultipleChoiceField(label=_("Projects of the authority"), **_TICKED)

    def __init__(self, *args: Any, proposals: Iterable[Proposal], projects: Iterable[Project], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, found in (("proposals", proposals), ("projects", projects)):
            choices = [(str(each.pk), each.title) for each in found]
            if choices:
                self.fields[name].choices = choices  # type: ignore[attr-defined]
            else:
                del self.fields[name]

    def chosen(self, name: str) -> list[int]:
        return [int(pk) for pk in self.cleaned_data.get(name, [])]


class ItemForm(forms.Form):
    title = rules.ITEM_TITLE.field(label=_("Name of the project"))
    text = rules.ITEM_TEXT.field(
        label=_("What it is"), required=False, rows=3, help_text=_("In two plain sentences, as people read it to vote.")
    )
    cost = EurosField(label=_("What it costs, in euros"), help_text=_("In whole euros."))
    neighbourhood = forms.ChoiceField(label=_("Neighbourhood"), required=False)
    revision = forms.CharField(widget=forms.HiddenInput, max_length=16, required=False)

    def __init__(self, *args: Any, place: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = list(listed_neighbourhoods().values())
        names += [place] if place and place not in names else []
        if names:
            self.fields["neighbourhood"].choices = [("", _("The whole territory")), *((name, name) for name in names)]  # type: ignore[attr-defined]
        else:
            del self.fields["neighbourhood"]


class WithdrawForm(forms.Form):
    why = rules.WHY.field(
        label=_("Why it is withdrawn"),
        rows=3,
        help_text=_("Everybody reads it, and whoever has voted already is told."),
    )


class CodesForm(forms.Form):
    amount = forms.IntegerField(
        label=_("How many letters you send"), min_value=1, max_value=rules.MOST_CODES, help_text=_("One code a letter.")
    )


class PaperForm(forms.Form):
    """As the ballot of paper has it. `form`: drawn with it, so that a second press enters nothing more."""

    code = forms.CharField(
        label=_("The code of the letter"),
        max_length=40,
        help_text=_("A ballot from paper uses the code of its letter, as a ballot on the site does."),
    )
    choices = forms.MultipleChoiceField(
        label=_("What is ticked on the ballot"),
        **_TICKED,
    )

    email = forms.EmailField(
        label=_("The e-mail address of the person, if they have one"),
        required=False,
        help_text=_("It then cannot vote on the site as well. It is not kept: a keyed hash alone is, until the close."),
    )
    form = forms.UUIDField(widget=forms.HiddenInput, required=False, initial=uuid.uuid4)

    def __init__(self, *args: Any, items: Iterable[Item], by_codes: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["email" if by_codes else "code"]
        self.fields["choices"].choices = [(str(each.number), f"{each.number}. {each.title}") for each in items]  # type: ignore[attr-defined]
