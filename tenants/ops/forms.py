"""What operators type about cities."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from common.dates import DayField
from common.mail_addresses import MailField
from common.text import WordsField
from common.time_zones import TimeZone
from tenants.enums import LifecycleState, Transition
from tenants.lifecycle import REASON_MAX
from tenants.selectors import FLEET_FILTERS


class FleetForm(forms.Form):
    """Which cities to list. What is not understood is left out, not refused."""

    q = forms.CharField(required=False, max_length=100)
    etat = forms.ChoiceField(required=False, choices=LifecycleState)
    a_voir = forms.ChoiceField(required=False, choices=[(key, key) for key in FLEET_FILTERS])

    def filters(self) -> dict[str, str]:
        self.is_valid()
        given = {name: str(value).strip() for name, value in self.cleaned_data.items()}
        return {
            "search": given.get("q", ""),
            "state": given.get("etat", ""),
            "needing": given.get("a_voir", ""),
        }


class TransitionForm(forms.Form):
    """Why a city changes state; to delete it, its address typed once more; to extend its trial, until when."""

    reason = WordsField(
        label=_("Why"), help_text=_("The city reads why in the message that it receives."), rows=2, maximum=REASON_MAX
    )
    typed_slug = forms.CharField(required=False, max_length=60)
    trial_ends_on = DayField(label=_("Until the end of"), widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"))

    def __init__(self, data: Any = None, *, transition: Transition, slug: str) -> None:
        super().__init__(data, auto_id=f"{transition.lower()}_%s")
        self.transition = transition
        if transition == Transition.DELETE:
            self.fields["typed_slug"] = WordsField(
                label=_("To confirm, type “%(slug)s”") % {"slug": slug},
                help_text=_("Everything that this city has will be gone for ever, with its files."),
                maximum=60,
            )
        else:
            del self.fields["typed_slug"]
        if transition != Transition.EXTEND_TRIAL:
            del self.fields["trial_ends_on"]

    @property
    def is_grave(self) -> bool:
        return self.transition in (Transition.SUSPEND, Transition.CLOSE, Transition.DELETE)


class TimeZoneForm(forms.Form):
    time_zone = forms.ChoiceField(
        label=_("Time zone"),
        help_text=_("Dates that are already set stay the same moments: have the authority look at its phases again."),
        choices=[(each.value, each.label) for each in TimeZone],
    )


class WayBackForm(forms.Form):
    """Which administrator has lost their second factor, and how the operator knows that it is them."""

    email = MailField(
        label=_("Their e-mail address"),
        help_text=_("That of their account in this platform."),
        max_length=254,
        widget=forms.EmailInput({"autocomplete": "off"}),
    )
    reason = WordsField(
        label=_("Why, and how you know that it is them"),
        help_text=_("For example: called back at the switchboard of the town hall. It stays in the city’s trail."),
        rows=2,
        minimum=10,
        maximum=REASON_MAX,
    )
