"""What the team types about votes."""

import uuid
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.neighbourhoods import listed_neighbourhoods
from common.dates import MomentField
from common.mail_addresses import MailField
from common.refusals import Refusal
from common.text import in_figures
from consultations.framing.enums import PhaseKind
from consultations.framing.models import Consultation
from consultations.framing.selectors import period
from consultations.outcomes.euros import AmountRefused, EurosField
from consultations.outcomes.models import Project
from consultations.participation.models import Proposal
from consultations.voting import rules
from consultations.voting.enums import Electorate, Method
from consultations.voting.models import Item
from consultations.voting.services.mistakes import mistakes

_TICKED: dict[str, Any] = {
    "widget": forms.CheckboxSelectMultiple,
    "required": False,
    "error_messages": {"invalid_choice": _("Choose among these.")},
}


def _moment() -> forms.DateTimeInput:
    return forms.DateTimeInput({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")


def _count(*, maximum: int = rules.MOST_ITEMS, needed: Any = "", **more: Any) -> forms.IntegerField:
    """`needed`: by which rule, where it is no field for all of them."""
    wrong = {
        "min_value": _("One at least."),
        "max_value": _("%(limit_value)s at most."),
        "invalid": _("Write a number in figures, for example 3."),
    }
    more |= {"required": not needed, "min_value": 1, "max_value": maximum, "error_messages": wrong}
    field = forms.IntegerField(**more)
    field.needed_later = needed  # type: ignore[attr-defined]
    return field


class VoteForm(forms.Form):
    """All that is set before it opens; what is wrong is said at once."""

    title = rules.TITLE.field(label=_("The question of the vote"), help_text=_("For example: where do we begin?"))
    introduction = rules.INTRODUCTION.field(
        label=_("What people must know to vote"), required=False, rows=3, help_text=_("In two or three sentences.")
    )
    method = forms.ChoiceField(
        label=_("How people vote"), choices=Method.choices, widget=forms.RadioSelect, initial=Method.BUDGET
    )
    budget = EurosField(label=_("The amount to spend, in euros"), help_text=_("In whole euros."))
    most = _count(
        label=_("Choices, at most"),
        needed=_("(needed for voices)"),
        help_text=_("For voices, how many each person has. For the other rules: empty, as many as one wants."),
    )
    seats = _count(
        label=_("Projects chosen in the end"),
        needed=_("(needed for voices)"),
        help_text=_("The most chosen, up to this number. With an amount to spend, the amount decides."),
    )
    least = _count(label=_("Choices, at least"), initial=1)
    electorate = forms.ChoiceField(
        label=_("Who may vote"), choices=Electorate.choices, widget=forms.RadioSelect, initial=Electorate.ACCOUNTS
    )
    neighbourhood = forms.ChoiceField(
        label=_("Of which neighbourhood"),
        required=False,
        help_text=_(
            "Of one: whoever says in their profile that they live there votes; by letters, whoever has a code. Where"
            " each neighbourhood has its own amount, prepare one vote for each: a person votes for one."
        ),
    )
    opens_at = MomentField(label=pgettext_lazy("vote", "Opens on"), widget=_moment())
    closes_at = MomentField(
        label=pgettext_lazy("vote", "Closes on"),
        widget=_moment(),
        help_text=_("Ballots from paper are entered before that. One hour later at least; people need a week or two."),
    )
    revision = forms.IntegerField(widget=forms.HiddenInput, min_value=0, initial=0)

    def __init__(self, *args: Any, consultation: Consultation, at: datetime, place: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.consultation, self.at = consultation, at
        _of_neighbourhoods(self, place)
        self.fields["budget"].needed_later = _("(needed for a budget and for equal shares)")  # type: ignore[attr-defined]
        if phase := consultation.phases.filter(kind=PhaseKind.PRIORITISE).first():
            said = {"phase": phase.get_kind_display(), "period": period(phase.opens_at, phase.closes_at)}
            self.fields["opens_at"].help_text = _("To come, and within the phase “%(phase)s”, %(period)s.") % said

    def clean(self) -> dict[str, Any]:
        """As the service does it, and all of it: whoever has four mistakes presses once."""
        given: dict[str, Any] = super().clean() or {}
        said = {name: given.get(name) for name in ("budget", "most", "seats", "opens_at", "closes_at")}
        found = mistakes(
            self.consultation, at=self.at, method=given.get("method", ""), least=given.get("least") or 1, **said
        )
        for refusal in found:
            field = field_of(refusal)
            if field not in self.errors:
                self.add_error(field or None, str(refusal.message))
        return given


def field_of(refusal: Refusal) -> str:
    return "budget" if isinstance(refusal, AmountRefused) else getattr(refusal, "field", "")


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


def _of_neighbourhoods(form: forms.Form, place: str) -> None:
    """From the city's list, or none; `place`: what stands there already."""
    names = list(listed_neighbourhoods().values())
    names += [place] if place and place not in names else []
    if names:
        form.fields["neighbourhood"].choices = [("", _("The whole territory")), *((name, name) for name in names)]  # type: ignore[attr-defined]
    else:
        del form.fields["neighbourhood"]


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
        _of_neighbourhoods(self, place)


class WithdrawForm(forms.Form):
    why = rules.WHY.field(
        label=_("Why it is withdrawn"),
        rows=3,
        help_text=_("Everybody reads it, and whoever has voted already is told."),
    )


class CodesForm(forms.Form):
    amount = _count(label=_("How many letters you send"), maximum=rules.MOST_CODES, help_text=_("One code a letter."))
    # How many there were when the page was shown.
    revision = forms.IntegerField(widget=forms.HiddenInput, required=False)
    instead = forms.BooleanField(
        label=_("Cancel all the codes made before"),
        required=False,
        help_text=_("Their letters let nobody vote any more. For a file that was lost, or went to a wrong address."),
    )

    def __init__(self, *args: Any, there: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["revision"].initial = there
        if not there:
            del self.fields["instead"]


def _on_paper(item: Item) -> str:
    return f"{item.number}. {item.title}" + (f", {in_figures(item.cost)}\u00a0€" if item.cost else "")


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

    email = MailField(
        label=_("The e-mail address of the person, if they have one"),
        required=False,
        help_text=_(
            "Once a colleague has confirmed, it cannot vote on the site as well; if it has voted by then, this ballot "
            "does not count. It is not kept: a keyed hash alone is, until the close."
        ),
    )
    form = forms.UUIDField(widget=forms.HiddenInput, required=False, initial=uuid.uuid4)

    def __init__(self, *args: Any, items: Iterable[Item], by_codes: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["email" if by_codes else "code"]
        self.fields["choices"].needed_later = _("(as on the paper)")  # type: ignore[attr-defined]
        self.fields["choices"].choices = [(str(each.number), _on_paper(each)) for each in items]  # type: ignore[attr-defined]
