"""What operators type about invoices and payments."""

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from billing.enums import DepositState, GivenBack
from billing.services.corrections import WHY
from billing.services.deposits import FLOW, NOTE
from billing.services.objections import ANSWER
from billing.services.payments import REFERENCE

_AMOUNT = re.compile(r"([0-9]{1,8})(?:[.,]([0-9]{1,2}))?")


class EurosField(forms.CharField):
    """« 4 080,50 » as 408050 cents."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=20, widget=forms.TextInput({"inputmode": "decimal"}), **kwargs)

    def clean(self, value: Any) -> int | None:
        typed = re.sub(r"[\s€]", "", super().clean(value))
        if not typed:
            return None
        found = _AMOUNT.fullmatch(typed)
        if found is None:
            raise ValidationError(_("Write an amount such as 4 080,50."), code="amount")
        return int(found[1]) * 100 + int((found[2] or "").ljust(2, "0"))


def _day(label: Any) -> forms.DateField:
    return forms.DateField(label=label, widget=forms.DateInput({"type": "date"}, "%Y-%m-%d"))


class StepForm(forms.Form):
    """What Chorus Pro says of an invoice now."""

    state = forms.ChoiceField(label=_("What Chorus Pro says"), choices=DepositState)
    seen_on = _day(_("Since"))
    flow = FLOW.field(label=_("Number of the flow"), help_text=_("Asked for with a deposit."), required=False)
    note = NOTE.field(label=_("What is wrong"), help_text=_("Asked for where it is held up."), rows=2, required=False)

    def __init__(self, data: Any = None, *, steps: list[DepositState], initial: Any = None) -> None:
        super().__init__(data, auto_id="step_%s", initial=initial)
        self.fields["state"].choices = [(each.value, each.label) for each in steps]  # type: ignore[attr-defined]


class PaymentForm(forms.Form):
    amount = EurosField(label=_("Amount received, in euros"))
    received_on = _day(_("Came on"))
    reference = REFERENCE.field(label=_("Reference of the transfer"))

    def __init__(self, data: Any = None, *, initial: Any = None) -> None:
        super().__init__(data, auto_id="payment_%s", initial=initial)


class CreditForm(forms.Form):
    net = EurosField(label=_("Amount without tax"), help_text=_("Empty: all of the invoice."), required=False)
    way = forms.ChoiceField(label=_("What becomes of what was paid"), choices=GivenBack)
    why = WHY.field(label=_("Why"), help_text=_("It is printed on the credit note."))

    def __init__(self, data: Any = None, *, initial: Any = None) -> None:
        super().__init__(data, auto_id="credit_%s", initial=initial)


class CorrectForm(forms.Form):
    engagement_number = forms.CharField(label=_("Engagement number"), max_length=200, required=False)
    why = WHY.field(label=_("Why"), help_text=_("It is printed on the credit note."))

    def __init__(self, data: Any = None, *, initial: Any = None) -> None:
        super().__init__(data, auto_id="correct_%s", initial=initial)


class AnswerForm(forms.Form):
    answer = ANSWER.field(label=_("Your answer"), help_text=_("The city gets it by e-mail; terms count again."), rows=4)
