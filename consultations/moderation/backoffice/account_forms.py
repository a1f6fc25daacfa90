"""What a moderator is asked about an account, and about an order of an authority."""

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from consultations.moderation import rules
from consultations.moderation.enums import Act
from consultations.moderation.grounds import grounds_for
from consultations.moderation.services.orders import ORDER_REFERENCE

_DAYS = (
    ("7", _("a week")),
    ("30", _("a month")),
    ("90", _("three months")),
    ("365", _("a year")),
)


class AccountForm(forms.Form):
    """Warn, suspend with what they wrote, or end a suspension: the button says which."""

    ground = forms.ChoiceField(label=_("Ground"))
    facts = rules.FACTS.field(
        label=_("The facts, which the person will read"),
        help_text=_("Left empty: the words of the ground."),
        required=False,
        rows=3,
    )
    days = forms.ChoiceField(label=_("Suspended for"), choices=_DAYS, initial="30")
    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, act: Act, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["ground"].choices = [  # type: ignore[attr-defined]
            ("", _("Choose in the charter or in the law")),
            *((each.code, f"{each.words} ({each.reference})") for each in grounds_for(act)),
        ]
        if act != Act.SUSPEND:
            del self.fields["days"]

    def until(self, at: datetime) -> datetime:
        return at + timedelta(days=int(self.cleaned_data["days"]))


class OrderForm(forms.Form):
    address = forms.CharField(
        label=_("Address of the content"),
        help_text=_("As the order gives it, or copied from the page of the proposal, argument or reply."),
        max_length=1000,
    )
    reference = ORDER_REFERENCE.field(
        label=_("Authority and reference of the order"),
        help_text=_("For example: OCLCTIC, injonction n° 2026-118."),
    )
