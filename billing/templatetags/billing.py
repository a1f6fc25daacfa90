"""What templates show of money."""

from django import template
from django.utils.html import format_html
from django.utils.translation import gettext, pgettext_lazy

from billing.documents.amounts import printed, printed_rate
from billing.documents.identifiers import grouped, siret_in_groups
from billing.enums import InvoiceKind, InvoiceState
from billing.models import Invoice
from tenants.models import Municipality

register = template.Library()
register.filter("siret", siret_in_groups)


@register.filter
def iban(number: str) -> str:
    return grouped(number, *[4] * 9)


# An invoice is feminine in French, a credit note masculine.
_OF_NOTES = {
    InvoiceState.BLOCKED: pgettext_lazy("credit note", "Held back by a check"),
    InvoiceState.ISSUED: pgettext_lazy("credit note", "Issued"),
    InvoiceState.PAID: pgettext_lazy("credit note", "Settled"),
    InvoiceState.CANCELLED: pgettext_lazy("credit note", "Cancelled"),
}


@register.filter
def euros(cents: int | None) -> str:
    """« 3 400 € », « 3 400,50 € »: cents only where there are some. Nothing for no amount."""
    return "" if cents is None else printed(cents).replace(",00\u00a0€", "\u00a0€")


@register.filter
def if_unverified(city: Municipality) -> str:
    """For operators, after its name: nobody knows yet whether it is the authority that bought."""
    return "" if city.is_verified else format_html(', <span class="late">{}</span>', gettext("not verified"))


@register.filter
def state_word(invoice: Invoice) -> str:
    """« Émise », and « Émis » of a credit note."""
    of_note = _OF_NOTES.get(InvoiceState(invoice.state)) if invoice.kind == InvoiceKind.CREDIT_NOTE else None
    return str(of_note or invoice.get_state_display())


@register.filter
def rate(basis_points: int) -> str:
    """« 8,5 % »."""
    return printed_rate(basis_points)
