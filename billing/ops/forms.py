"""What operators type about invoices and payments."""

import re
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from billing.enums import DepositState, GivenBack, InvoiceKind, InvoiceState, Territory, Timing
from billing.forms import ContactForm, FactsForm, NumbersForm
from billing.models import Account, Contact, Invoice, OrderedYear, Payment
from billing.ops.acting import Doubted
from billing.services.agreed import REASON, checked_price
from billing.services.bank_entries import REFERENCE
from billing.services.corrections import WHY
from billing.services.deposits import FLOW, MISTAKE, NOTE
from billing.services.ending import REASON as ENDING
from billing.services.interest import SOURCE
from billing.services.objections import ANSWER
from billing.services.quotes import MOST_YEARS
from billing.services.reconciliation import EXPLANATION
from billing.services.vat import SOURCE as VAT_SOURCE
from common.refusals import Refusal
from common.text import whole_number

MOST_PEOPLE = 100_000_000
_AMOUNT = re.compile(r"([0-9]{1,8})(?:[.,]([0-9]{1,2}))?")


def cents_of(typed: str) -> int | None:
    """Of euros as people write them; None for what is no amount."""
    found = _AMOUNT.fullmatch(re.sub(r"[\s€]", "", typed))
    return int(found[1]) * 100 + int((found[2] or "").ljust(2, "0")) if found else None


class EurosField(forms.CharField):
    """« 4 080,50 » as 408050 cents."""

    message = _("Write an amount such as 4 080,50.")

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=20, widget=forms.TextInput({"inputmode": "decimal"}), **kwargs)

    def clean(self, value: Any) -> int | None:
        typed = super().clean(value)
        if not typed.strip():
            return None
        cents = cents_of(typed)
        if cents is None:
            raise ValidationError(self.message, code="amount")
        return cents


class PercentField(EurosField):
    """« 2,15 % » as 215 basis points."""

    message = _("Write a rate such as 2,15.")

    def clean(self, value: Any) -> int | None:
        return super().clean(str(value or "").replace("%", ""))


def day_field(label: Any) -> forms.DateField:
    return forms.DateField(label=label, widget=forms.DateInput({"type": "date"}, "%Y-%m-%d"))


class StepForm(forms.Form):
    """What Chorus Pro says of an invoice now."""

    state = forms.ChoiceField(label=_("What Chorus Pro says"), choices=DepositState)
    seen_on = day_field(_("Since"))
    flow = FLOW.field(label=_("Number of the flow"), required=False)
    note = NOTE.field(label=_("What is wrong"), rows=2, required=False)

    def __init__(self, data: Any = None, *, steps: list[DepositState], initial: Any = None) -> None:
        super().__init__(data, auto_id="step_%s", initial=initial)
        self.fields["flow"].needed_later = _("(with a deposit)")  # type: ignore[attr-defined]
        self.fields["note"].needed_later = _("(where it is held up)")  # type: ignore[attr-defined]
        self.fields["state"].choices = [(each.value, each.label) for each in steps]  # type: ignore[attr-defined]


class MistakeForm(forms.Form):
    why = MISTAKE.field(label=_("What was entered by mistake"), help_text=_("For operators only; it is kept."))

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, auto_id="mistake_%s")


class FlowForm(forms.Form):
    """Of a whole flow: what Chorus Pro made available."""

    flow = FLOW.field(label=_("Number of the flow"), widget=forms.HiddenInput)
    seen_on = day_field(_("Made available on"))

    def __init__(self, data: Any = None, *, initial: Any = None, number: int = 0) -> None:
        super().__init__(data, auto_id=f"flow_{number}_%s", initial=initial)


class TogetherForm(forms.Form):
    """Several invoices that were deposited in one flow."""

    invoice = forms.ModelMultipleChoiceField(
        Invoice.objects.filter(number__isnull=False).defer("facturx", "plain"),
        label=_("Invoices of the flow"),
        error_messages=dict.fromkeys(("required", "invalid_pk_value"), _("Tick the invoices that you mean.")),
    )
    flow = FLOW.field(label=_("Number of the flow"))
    seen_on = day_field(_("Deposited on"))

    def __init__(self, data: Any = None, *, initial: Any = None) -> None:
        super().__init__(data, auto_id="flow_%s", initial=initial)

    @property
    def ticked(self) -> set[int]:
        return {whole_number(str(each)) for each in self["invoice"].value() or []}


class FilesForm(TogetherForm):
    """The same, before there is a flow: for their files."""

    def __init__(self, data: Any = None) -> None:
        super().__init__(data)
        for name in ("flow", "seen_on"):
            self.fields[name].required = False


class PaymentForm(Doubted):
    doubts = ("again", "beside_cash")

    amount = EurosField(label=_("Amount received, in euros"))
    received_on = day_field(_("Came on"))
    reference = REFERENCE.field(label=_("Reference of the transfer"))
    again = forms.BooleanField(label=_("I have looked at the statement: it is another one"), required=False)
    beside_cash = forms.BooleanField(
        label=_("I have looked at the statement: it came to our bank, not to Stripe"), required=False
    )

    def __init__(self, data: Any = None, *, initial: Any = None) -> None:
        super().__init__(data, auto_id="payment_%s", initial=initial)


class SentBackForm(Doubted):
    doubts = ("again",)

    amount = EurosField(label=_("Amount sent back, in euros"))
    sent_on = day_field(_("Sent back on"))
    reference = REFERENCE.field(label=_("Reference of the transfer"))
    again = forms.BooleanField(label=_("I have looked at the statement: it is another one"), required=False)

    def __init__(self, data: Any = None, *, initial: Any = None) -> None:
        super().__init__(data, auto_id="back_%s", initial=initial)


class InterestPaidForm(forms.Form):
    received_on = day_field(_("Came on"))
    reference = REFERENCE.field(label=_("Reference of the transfer"))

    def __init__(self, data: Any = None, *, initial: Any = None) -> None:
        super().__init__(data, auto_id="interest_%s", initial=initial)


class RefundForm(forms.Form):
    amount = EurosField(label=_("Amount to send back, in euros"))

    def __init__(self, data: Any = None, *, prefix_id: str = "refund") -> None:
        super().__init__(data, auto_id=f"{prefix_id}_%s")


class MoveForm(forms.Form):
    """To an invoice of the account of which something is left to pay; empty: on the account, for none yet."""

    invoice = forms.ModelChoiceField(Invoice.objects.none(), label=_("Set to"), required=False)

    def __init__(self, data: Any = None, *, account: Account, payment: Payment | None = None) -> None:
        super().__init__(data, auto_id=f"move_{payment.pk if payment else 0}_%s")
        field = cast("forms.ModelChoiceField[Invoice]", self.fields["invoice"])
        field.queryset = account.invoices.filter(kind=InvoiceKind.INVOICE, state=InvoiceState.ISSUED).defer(
            "facturx", "plain"
        )
        field.empty_label = _("the account, for no invoice yet")


class RateForm(Doubted):
    doubts = ("replace",)

    from_on = day_field(_("From 1 January or 1 July"))
    basis_points = PercentField(label=_("The European Central Bank’s rate that day, in %"))
    source = SOURCE.field(label=_("Where it was read"))
    replace = forms.BooleanField(label=_("Replace the rate that is there"), required=False)


class VatForm(forms.Form):
    territory = forms.ChoiceField(label=_("Where"), choices=Territory)
    from_on = day_field(_("From"))
    basis_points = PercentField(label=_("Rate, in %"))
    source = VAT_SOURCE.field(label=_("The article of law, and who has confirmed it"))


class CreditForm(forms.Form):
    net = EurosField(label=_("Amount without tax"), help_text=_("Empty: all that is left of it."), required=False)
    way = forms.ChoiceField(label=_("What becomes of what was paid"), choices=GivenBack)
    why = WHY.field(label=_("Why"), help_text=_("It is printed on the credit note."))

    def __init__(self, data: Any = None, *, initial: Any = None) -> None:
        super().__init__(data, auto_id="credit_%s", initial=initial)


class CorrectForm(FactsForm):
    """What the other invoice says; of the authority it holds for the next ones too."""

    field_order = ("engagement_number", "siret", "service_code", "address", "postcode", "town", "why")

    engagement_number = forms.CharField(label=_("Engagement number"), max_length=200, required=False)
    why = WHY.field(label=_("Why"), help_text=_("It is printed on the credit note."))

    def __init__(self, data: Any = None, *, account: Account, initial: Any = None) -> None:
        super().__init__(data, auto_id="correct_%s", account=account, initial=initial)


class AccountForm(NumbersForm):
    """What the next invoices say of an authority."""

    needs_engagement = forms.BooleanField(
        label=_("Chorus Pro asks for an engagement number"),
        help_text=_("Without one its invoices are then held back."),
        required=False,
    )

    def __init__(self, data: Any = None, *, account: Account, years: list[OrderedYear]) -> None:
        super().__init__(data, account=account, years=years, initial={"needs_engagement": account.needs_engagement})


class EndForm(forms.Form):
    reason = ENDING.field(label=_("Why it ends"), help_text=_("For operators only; it is kept."), rows=2)

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, auto_id="end_%s")


class ExplainForm(forms.Form):
    words = EXPLANATION.field(label=_("Why it stays as it is"), rows=2)


def checked_price_of(cents: int | None) -> int:
    """For a form: what is no price is said beside its field."""
    try:
        return checked_price(cents)
    except Refusal as refusal:
        raise ValidationError(refusal.message, code=refusal.code) from refusal


def _years() -> list[tuple[int, Any]]:
    said = ngettext_lazy("%(count)s year", "%(count)s years", "count")
    return [(count, said % {"count": count}) for count in range(1, MOST_YEARS + 1)]


class PopulationField(forms.CharField):
    """« 12 345 », where the register does not know."""

    def __init__(self) -> None:
        super().__init__(label=_("Inhabitants"), max_length=20, widget=forms.TextInput({"inputmode": "numeric"}))

    def clean(self, value: Any) -> int | None:
        typed = "".join(super().clean(value).split())
        if typed and not 0 < whole_number(typed) <= MOST_PEOPLE:
            raise ValidationError(_("Write a number such as 12 345."), code="population")
        return whole_number(typed) or None


class AgreeForm(forms.Form):
    """A quote at a price of its own."""

    yearly_cents = EurosField(label=_("Price of a year, in euros without VAT"))
    population = PopulationField()
    timing = forms.ChoiceField(
        label=_("When the year is invoiced"), choices=Timing, initial=Timing.ADVANCE, widget=forms.RadioSelect
    )
    years = forms.TypedChoiceField(label=_("Years ordered"), choices=_years, coerce=int, initial=1)
    reason = REASON.field(label=_("Why this price"), help_text=_("For operators only; it is kept."), rows=3)

    def __init__(self, data: Any = None, *, population: int | None, renews: bool = False) -> None:
        super().__init__(data, auto_id="agree_%s")
        if renews:
            del self.fields["timing"]  # as it is
        if population:
            del self.fields["population"]
        else:
            self.fields["population"].required = True

    def clean_yearly_cents(self) -> int:
        return checked_price_of(self.cleaned_data["yearly_cents"])

    @property
    def given(self) -> dict[str, Any]:
        """The arguments of `agree_quote`."""
        return {"timing": Timing.ADVANCE, **self.cleaned_data}


class AnswerForm(forms.Form):
    answer = ANSWER.field(label=_("Your answer"), help_text=_("The city gets it by e-mail; terms count again."), rows=4)


class OwnContactForm(ContactForm):
    """One of the city's contacts, as an operator puts it right."""

    def __init__(self, data: Any = None, *, contact: Contact) -> None:
        self.contact = contact
        known = {name: getattr(contact, name) for name in self.base_fields}
        super().__init__(data, initial=known, prefix=f"contact_{contact.pk}")
