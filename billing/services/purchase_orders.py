"""Purchase orders: what the authority sends for a quote that it has accepted."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy
from django_tenants.utils import schema_context

from accounts.audit import record
from accounts.models import User
from billing.models import Account, PurchaseOrder, Quote
from billing.printed import PrintedWords
from billing.services.codes import checked_engagement, checked_service_code, checked_siret
from billing.services.quotes import check_accepted, check_verified
from billing.services.standing import locked
from common.refusals import Refusal

ADDRESS, TOWN = PrintedWords(maximum=120, one_line=True), PrintedWords(maximum=80, one_line=True)


class OrderTooLate(Refusal):
    code = "order_too_late"
    message = gettext_lazy(
        "The time to order this quote is over. Ask for another one: it takes a moment, at the price of today."
    )


class OrderTaken(Refusal):
    code = "order_taken"
    message = gettext_lazy("We have your purchase order already: nothing that was sent since has changed it.")


@dataclass(frozen=True)
class Place:
    """Where the authority is, as invoices say it."""

    address: str
    postcode: str
    town: str

    @property
    def kept(self) -> dict[str, str]:
        """Raises TextTooLong, SignRefused."""
        address, town = ADDRESS.cleaned(self.address), TOWN.cleaned(self.town)
        return {"address": address, "postcode": self.postcode, "town": town}


def place_order(
    *,
    quote: Quote,
    siret: str,
    engagement_number: str,
    service_code: str,
    file: tuple[str, bytes] | None,
    actor: User | None,
    at: datetime,
    place: Place | None = None,
    placed_by: str = "",
) -> PurchaseOrder:
    """The order for an accepted quote; again replaces what it says, until the subscription has begun.

    `actor`: None where the accountant of the authority does it by the link that somebody sent, and `placed_by` who says
    so. Called like `issue_quote`. Raises OrderTaken, QuoteNotAccepted, QuoteGone, NotVerified, OrderTooLate,
    SiretRefused, SiretOfAnother, EngagementMissing, EngagementRefused, ServiceCodeRefused, TextTooLong, SignRefused.
    """
    with transaction.atomic():
        with schema_context("public"):
            account = locked(quote.account)
            quote = Quote.objects.select_for_update(no_key=True, of=("self",)).get(pk=quote.pk)
            if quote.is_ordered:
                raise OrderTaken
            check_accepted(quote)
            check_verified(account)
            if account.municipality.day_of(at) > quote.last_day:
                raise OrderTooLate
            said = {
                "siret": checked_siret(account, siret),
                "engagement_number": checked_engagement(account, engagement_number),
                "service_code": checked_service_code(service_code),
                "placed_by": placed_by,
            }
            given = {"file_name": file[0], "file": file[1]} if file else {}
            order, _was_made = PurchaseOrder.objects.update_or_create(
                quote=quote, defaults={**said, "received_at": at, **given}
            )
            where = place.kept if place else {}
            Account.objects.filter(pk=account.pk).update(
                siret=said["siret"], service_code=said["service_code"], timing=quote.timing, **where
            )
        record("order_placed", actor=actor, subject=quote, number=quote.number, by_link=bool(placed_by))
    return order
