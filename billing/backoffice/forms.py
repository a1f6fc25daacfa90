"""What an administrator tells of a purchase."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from billing.enums import Timing
from billing.forms import SignedForm, checked
from billing.models import Account
from billing.services.codes import checked_engagement
from billing.services.objections import OBJECTION
from billing.services.quotes import MOST_YEARS
from common.mail_addresses import MailField
from common.text import WordsField


def _years() -> list[tuple[int, Any]]:
    said = ngettext_lazy("%(count)s year", "%(count)s years", "count")
    return [(count, said % {"count": count}) for count in range(1, MOST_YEARS + 1)]


class AskForm(forms.Form):
    """For a quote: its price is known, the rest is chosen."""

    timing = forms.ChoiceField(
        label=_("When the year is invoiced"), choices=Timing, initial=Timing.ADVANCE, widget=forms.RadioSelect
    )
    years = forms.TypedChoiceField(
        label=_("Years ordered"),
        help_text=_("The order is for all of them, each invoiced by itself with its own engagement number."),
        choices=_years,
        coerce=int,
        initial=1,
    )

    def __init__(self, data: Any = None, *, initial: Any = None, renews: bool = False) -> None:
        super().__init__(data, initial=initial)
        if renews:
            del self.fields["timing"]  # as it is

    @property
    def given(self) -> dict[str, Any]:
        """The arguments of `issue_quote`."""
        return {"timing": Timing.ADVANCE, **self.cleaned_data}


class AcceptForm(SignedForm):
    function = WordsField(
        label=_("Function"),
        help_text=_("Who signs the order for the authority: the mayor, the head of the administration…"),
        minimum=2,
        maximum=70,
        autocomplete="organization-title",
    )


class OrderLinkForm(forms.Form):
    """Where the accountant of the authority is written to."""

    prefix = "comptabilite"

    email = MailField(
        label=_("E-mail address of the accountant"),
        max_length=254,
        widget=forms.EmailInput({"autocomplete": "off"}),
    )


class NumberForm(forms.Form):
    """That of one year."""

    number = forms.CharField(label=_("Engagement number"), max_length=200)

    def __init__(self, data: Any = None, *, account: Account) -> None:
        super().__init__(data, auto_id="number_%s")
        self.account = account

    def clean_number(self) -> str:
        return checked(checked_engagement, self.account, self.cleaned_data["number"])


class ObjectionForm(forms.Form):
    words = OBJECTION.field(
        label=_("What you do not agree with"),
        help_text=_("Our team reads it and answers you by e-mail, and the contacts for reminders too."),
        rows=5,
    )
