"""What the team types about projects."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.neighbourhoods import listed_neighbourhoods
from common.dates import DayField
from common.mail_addresses import MailField
from common.pictures import PhotoField
from common.text import Words
from consultations.outcomes.enums import ProjectState
from consultations.outcomes.euros import EurosField
from consultations.outcomes.services import milestones, project_news, projects
from consultations.participation.models import Proposal
from consultations.participation.rules import PICTURE_ALT


def _day_field(**given: Any) -> DayField:
    return DayField(widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"), **given)


class NewProjectForm(forms.Form):
    proposals = forms.MultipleChoiceField(
        label=_("The accepted proposals that it comes from"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Tick one proposal at least."), "invalid_choice": _("Choose among these.")},
    )
    title = projects.TITLE.field(label=_("Name of the project"), help_text=_("As people will call it."))
    summary = projects.SUMMARY.field(
        label=_("What will be done"), help_text=_("In two or three plain sentences."), rows=4
    )

    def __init__(self, *args: Any, proposals: Iterable[Proposal], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["proposals"].choices = [(str(each.pk), each.title) for each in proposals]  # type: ignore[attr-defined]


class ProjectForm(forms.Form):
    """All that its page says of it. `has_picture`: there is one already."""

    title = projects.TITLE.field(label=_("Name of the project"))
    summary = projects.SUMMARY.field(
        label=_("What will be done"), help_text=_("In two or three plain sentences."), rows=4
    )
    decided_on = _day_field(
        label=_("Decided on"), required=False, help_text=_("By the council, for example. No step comes before it.")
    )
    lead_service = projects.LINE.field(label=_("Service in charge"), required=False)
    contact_email = MailField(
        label=_("E-mail address for questions"),
        required=False,
        max_length=254,
        help_text=_("Everybody reads it on the page."),
    )
    elected = Words(2, 160, one_line=True).field(label=_("Elected official in charge"), required=False)
    location = Words(2, 200, one_line=True).field(label=_("Place"), required=False)
    neighbourhood = forms.ChoiceField(label=_("Neighbourhood"), required=False)
    budget_planned = EurosField(label=_("Budget planned, in euros"), help_text=_("In whole euros."))
    budget_spent = EurosField(label=_("Spent so far, in euros"))
    picture = PhotoField(label=_("A picture"), required=False, help_text=_("A JPEG, a PNG or a WebP, of 8 MB at most."))
    picture_alt = PICTURE_ALT.field(
        label=_("What the picture shows"), required=False, help_text=_("In a sentence, for those who cannot see it.")
    )
    without_picture = forms.BooleanField(label=_("Remove the picture"), required=False)
    revision = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    def __init__(self, *args: Any, has_picture: bool, place: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = list(listed_neighbourhoods().values())
        names += [place] if place and place not in names else []
        if names:
            self.fields["neighbourhood"].choices = [("", _("None in particular")), *((name, name) for name in names)]  # type: ignore[attr-defined]
        else:
            del self.fields["neighbourhood"]
        if has_picture:
            self.fields["picture"].label = _("Another picture instead")
        else:
            del self.fields["without_picture"]


class StateForm(forms.Form):
    state = forms.ChoiceField(label=_("Where it stands now"), choices=ProjectState.choices)
    reason = projects.REASON.field(
        label=_("Why"),
        required=False,
        rows=3,
        help_text=_("Needed to give it up, or to take up again what was given up or done. Everybody reads it."),
    )
    revision = forms.IntegerField(widget=forms.HiddenInput, min_value=0)


class StepForm(forms.Form):
    title = milestones.STEP.field(label=_("A step"), help_text=_("For example: the trees are planted."))
    planned_on = _day_field(label=_("Planned for"))


class MoveStepForm(forms.Form):
    planned_on = _day_field(label=_("New day"))
    why = milestones.WHY.field(
        label=_("Why it is put off"), required=False, help_text=_("Everybody reads it beside the new day.")
    )


class DoneStepForm(forms.Form):
    done_on = _day_field(label=pgettext_lazy("step", "Done on"))


class NewsForm(forms.Form):
    title = project_news.TITLE.field(label=pgettext_lazy("news", "Title"))
    text = project_news.TEXT.field(label=_("What is new"), rows=6)
    picture = PhotoField(label=_("A picture"), required=False, help_text=_("A JPEG, a PNG or a WebP, of 8 MB at most."))
    picture_alt = PICTURE_ALT.field(
        label=_("What the picture shows"), required=False, help_text=_("In a sentence, for those who cannot see it.")
    )
