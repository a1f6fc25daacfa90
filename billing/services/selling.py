"""What an account and its price are at Stripe: a customer, a product, a price, a rate of tax. Each is made once."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.conf import settings

from billing.clients import stripe
from billing.clients.records import Address, Customer, TaxNumber
from billing.models import Account, PlanVersion, Quote, Subscription
from billing.services.calls import keep, once

# As lines of invoices say it.
PRODUCT, TAX = "Abonnement d’un an à Territoires résilients", "TVA"
_PRODUCT = {"product": "subscription"}


@dataclass(frozen=True)
class Quoted:
    """What a year costs by a list: a quote is one, and so is the price of a later period."""

    account: Account
    version: PlanVersion
    yearly_cents: int


def keep_keys(quote: Quote, rate: int, *, at: datetime) -> None:
    """Those of all calls that `customer_of`, `price_of` and `tax_rate_of` may make for a quote, at a rate of VAT."""
    account = quote.account
    keys = [_customer_key(account), _update_key(quote), *keys_of_price(quote, rate)]
    keep(*keys, *(_number_key(quote, each) for each in _tax_numbers(account)), at=at)


def keys_of_price(quote: Quote | Quoted, rate: int) -> list[str]:
    """Those of `price_of` and `tax_rate_of`."""
    return [_PRODUCT_KEY, f"price:{lookup_key(quote)}", rate_key(rate)]


def customer_of(quote: Quote, *, at: datetime) -> str:
    """The account's number at Stripe; who it is there says what the account says."""
    account = quote.account
    # Stripe wants an address to write to: ours, so that whatever it sends by itself reaches no town hall.
    name, email, place = account.legal_name, settings.SERVICE_EMAIL, _address(account)
    metadata = {"account": str(account.pk)}
    if account.stripe_customer:
        known = stripe.retrieve_customer(account.stripe_customer)
        once(
            _update_key(quote),
            lambda key: (
                stripe.update_customer(
                    key=key, customer_id=known.id, name=name, email=email, address=place, metadata=metadata
                ).id
            ),
            find=lambda: "",  # done twice it is the same
            at=at,
        )
        _renew_tax_numbers(quote, known, at=at)
        return known.id
    kept_at = account.created_at
    numbers = _tax_numbers(account)
    account.stripe_customer = once(
        _customer_key(account),
        lambda key: (
            stripe.create_customer(
                key=key, name=name, email=email, address=place, tax_numbers=numbers, metadata=metadata
            ).id
        ),
        find=lambda: _first(each.id for each in stripe.customers(since=kept_at) if each.metadata == metadata),
        at=at,
    )
    account.save(update_fields=["stripe_customer"])
    return account.stripe_customer


def price_of(quote: Quote | Quoted, *, at: datetime) -> str:
    """Of a year, as it was quoted: nothing that comes later changes it."""
    product = once(
        _PRODUCT_KEY,
        lambda key: stripe.create_product(key=key, name=PRODUCT, metadata=_PRODUCT),
        find=lambda: stripe.find_product(_PRODUCT),
        at=at,
    )
    name = lookup_key(quote)
    return once(
        f"price:{name}",
        lambda key: stripe.create_price(key=key, product_id=product, amount=quote.yearly_cents, lookup_key=name).id,
        find=lambda: ((found := stripe.find_price(name)) and found.id) or "",
        at=at,
    )


def tax_rate_of(basis_points: int, *, at: datetime) -> str | None:
    """None where there is no tax."""
    if not basis_points:
        return None
    percentage = Decimal(basis_points) / 100
    return once(
        rate_key(basis_points),
        lambda key: stripe.create_tax_rate(key=key, name=TAX, percentage=percentage).id,
        find=lambda: _first(
            each.id for each in stripe.tax_rates() if (each.name, each.percentage) == (TAX, percentage)
        ),
        at=at,
    )


def lookup_key(quote: Quote | Quoted) -> str:
    """The band of a version of the price list, by what it costs: one that an operator has agreed on has its own."""
    return f"v{quote.version.number}-{quote.account.municipality.kind.lower()}-{quote.yearly_cents}"


def metadata_of(subscription: Subscription) -> dict[str, str]:
    """By which Stripe's subscription names ours."""
    return {"subscription": str(subscription.pk), "quote": subscription.quote.number}


# Parts

_PRODUCT_KEY = "product:subscription"


def _customer_key(account: Account) -> str:
    return f"customer:{account.pk}"


def _update_key(quote: Quote) -> str:
    return f"customer_update:quote:{quote.pk}"


def _number_key(quote: Quote, number: TaxNumber) -> str:
    return f"{number.kind}:quote:{quote.pk}"


def rate_key(basis_points: int) -> str:
    return f"tax_rate:{basis_points}"


def _tax_numbers(account: Account) -> list[TaxNumber]:
    given = {"fr_siret": account.siret, "fr_siren": account.siren, "eu_vat": account.vat_number}
    return [TaxNumber(kind, value) for kind, value in given.items() if value]


def _renew_tax_numbers(quote: Quote, known: Customer, *, at: datetime) -> None:
    there = {(each.kind, each.value): each.id for each in known.tax_numbers}
    wanted = {(each.kind, each.value): each for each in _tax_numbers(quote.account)}
    for number in (wanted[each] for each in wanted.keys() - there.keys()):
        once(
            _number_key(quote, number),
            lambda key, number=number: (
                stripe.add_tax_number(  # type: ignore[misc]
                    key=key, customer_id=known.id, number=number
                ).id
            ),
            find=lambda number=number: _first(  # type: ignore[misc]
                each.id
                for each in stripe.retrieve_customer(known.id).tax_numbers
                if (each.kind, each.value) == (number.kind, number.value)
            ),
            at=at,
        )
    for each in there.keys() - wanted.keys():
        stripe.remove_tax_number(customer_id=known.id, number_id=there[each])


def _address(account: Account) -> Address:
    return Address(account.address, account.postcode, account.town)


def _first(found: Iterable[str]) -> str:
    return next(iter(found), "")
