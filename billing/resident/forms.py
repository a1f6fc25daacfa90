"""What an accountant says of an order: as at the desk, and who they are. How it is paid is not theirs to say."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from billing.forms import OrderForm, SignedForm
from billing.models import Quote


class AccountantForm(SignedForm, OrderForm):
    field_order = ["engagement_number", "siret", "service_code", "address", "postcode", "town", "invoices_to", "file"]

    def __init__(self, data: Any = None, files: Any = None, *, quote: Quote) -> None:
        super().__init__(data, files, quote=quote)
        self.fields.pop("method", None)
        self.fields["service_code"].help_text = _("Of Chorus Pro, where you have one.")
        if not quote.account.needs_engagement:
            self.fields["engagement_number"].help_text = _("That of the order, if it has one. Fifty signs at most.")

    @property
    def given(self) -> dict[str, Any]:
        """The arguments of `order_by_link`."""
        given = super().given
        del given["name"], given["function"]
        return {**given, "signed": self.signed}
