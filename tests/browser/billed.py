"""What two cities have bought, in each of the states in which the pages about it are looked at.

All in rows, and dated from today: nothing waits for Stripe or for a worker.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from hashlib import sha256
from typing import Any

from django.db import connection, transaction
from django.utils import timezone
from django_tenants.utils import schema_context

from billing.enums import DepositState, DifferenceCode, InvoiceKind, InvoiceState, Method, PaymentKind, QuoteState
from billing.enums import SubscriptionState as Now
from billing.models import Account, Contact, Deposit, Difference, InterestRate, Invoice, OrderLink, Subscription
from billing.services.balances import recount
from billing.services.card import keep_key
from billing.services.years import lay_out
from tenants.enums import LifecycleState
from tenants.models import Municipality
from tests.billing.purchases import a_claim, a_payment, a_quote, an_invoice, an_order, buyer, subscribed

SIREN, SIRET, NUMBER = "214503021", "21450302100013", "2026-00871"
WORDS = (
    "La facture porte sur douze mois, alors que notre bon de commande du 3 mars en demande six : la délibération "
    "jointe le dit.\n\nMerci de nous adresser un avoir pour la seconde moitié."
)
ANSWER = (
    "Vous avez raison pour la délibération. Votre bon de commande, lui, porte bien sur un an : le voici de nouveau."
)
_OF_A_CITY = ("state", "siren", "population", "verified_at", "trial_ends_on", "opened_at", "last_move")
_STAGES: dict[str, Callable[[Municipality], Any]] = {}


def stage(act: Callable[[Municipality], Any]) -> Callable[[Municipality], Any]:
    """Brings Saran into a state that has its name; returns what stands for `{…}` in the path of the look."""
    _STAGES[act.__name__] = act
    return act


def bring_to(name: str) -> str:
    """Saran, which has bought nothing yet; within a transaction."""
    with schema_context("public"):
        saran = Municipality.objects.get(slug="saran")
        move(saran, siren=SIREN, population=16_412, verified_at=timezone.now(), state=LifecycleState.TRIAL)
        move(saran, trial_ends_on=in_days(21))
        return str(_STAGES[name](saran) or "")


@contextmanager
def at_stage(name: str) -> Iterator[str]:
    """For as long as the block lasts: then both cities are what they were, and nobody has bought anything."""
    with schema_context("public"):
        cities = Municipality.objects.filter(slug__in=("saran", "brest"))
        kept = {each.pop("pk"): each for each in cities.values("pk", *_OF_A_CITY)}
        _forget()
    try:
        with transaction.atomic():
            found = bring_to(name)
        yield found
    finally:
        with schema_context("public"):
            _forget()
            for pk, was in kept.items():
                Municipality.objects.filter(pk=pk).update(**was)


def _forget() -> None:
    """What left is never deleted row by row: the database sees to that."""
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE billing_account, billing_difference, billing_call, billing_interestrate CASCADE")


def move(city: Municipality, **to: Any) -> None:
    Municipality.objects.filter(pk=city.pk).update(**to)
    city.refresh_from_db()


def in_days(count: int) -> date:
    return timezone.localdate() + timedelta(days=count)


def then(count: int) -> datetime:
    return timezone.now() + timedelta(days=count)


# What they have


def account(city: Municipality, **changes: Any) -> Account:
    place = {"address": "Place de la Liberté", "postcode": "45770", "town": "Saran", "siren": SIREN, "siret": SIRET}
    bank = {"iban": "FR7630006000011234567890189", "bic": "AGRIFRPP", "bank_holder": "Stripe Technology Europe Ltd"}
    made = buyer(city, **place | bank | changes)
    Contact.objects.create(account=made, name="Service des finances", email="finances@saran.example")
    long = "direction.generale.des.services@collectivite.example"
    Contact.objects.create(account=made, name="Élise Morin", email=long, gets_invoices=False)
    return made


def accepted(city: Municipality, *, days: int = -9, **changes: Any) -> Any:
    said = {"issued_on": in_days(days - 7), "created_at": then(days - 7), "accepted_at": then(days)}
    until = {"valid_until": in_days(days + 83), "order_until": in_days(days + 83)}
    return a_quote(account(city), state=QuoteState.ACCEPTED, **said | until | changes)


def ordered(city: Municipality, *, days: int, years: int = 1, **changes: Any) -> Any:
    quote = accepted(city, days=days - 9, years=years, **changes)
    an_order(quote, received_at=then(days), siret=SIRET, engagement_number=NUMBER, file_name="bon.pdf", file=b"%PDF-")
    return quote


def bought(city: Municipality, *, days: int, years: int = 1, **changes: Any) -> Subscription:
    """One that began so many days from now."""
    begun: dict[str, Any] = {"state": Now.ACTIVE, "activated_at": then(days), "stripe_id": "sub_of_a_look"}
    begun |= {"period_begins_on": in_days(days), "period_ends_on": in_days(days + 364)}
    made = subscribed(ordered(city, days=days, years=years), **begun | changes)
    made.ends_on = lay_out(made, made.quote, begins_on=in_days(days))
    made.save(update_fields=["ends_on"])
    move(city, state=LifecycleState.ACTIVE, trial_ends_on=None)
    return made


def invoiced(of: Subscription, *, days: int, read: bool = True, **changes: Any) -> Invoice:
    """One that left so many days from now, and that Chorus Pro had made available the day after."""
    period = {"period_begins_on": of.period_begins_on, "period_ends_on": of.period_ends_on}
    known = {"subscription": of, "engagement_number": NUMBER, "delivered_on": of.period_begins_on, **period}
    line = {"label": "Abonnement d’un an à Territoires résilients", "quantity": 1}
    lines = [{**line, "unit_cents": 340_000, "total_cents": 340_000}]
    made = an_invoice(of.quote, issued_on=in_days(days), created_at=then(days), lines=lines, **known | changes)
    if read:
        step(made, DepositState.DEPOSITED, days, flow="CPP2611290042")
        step(made, DepositState.AVAILABLE, days + 1)
    return made


def step(invoice: Invoice, state: str, days: int, **more: Any) -> Deposit:
    if state == DepositState.AVAILABLE:
        Invoice.objects.filter(pk=invoice.pk).update(available_on=in_days(days))
    return Deposit.objects.create(
        invoice=invoice, state=state, seen_on=in_days(days), created_at=then(days), entered_by="1", **more
    )


def paid(invoice: Invoice, *, days: int, **changes: Any) -> None:
    reference = f"MANDAT 1482 {invoice.number}"
    a_payment(invoice, received_on=in_days(days), created_at=then(days), **{"reference": reference, **changes})


# Abonnement


@stage
def nothing(city: Municipality) -> None:
    """A trial, of which nobody has asked what follows."""


@stage
def quoted(city: Municipality) -> None:
    a_quote(account(city), issued_on=in_days(0), years=3)


@stage
def unverified(city: Municipality) -> None:
    quoted(city)
    move(city, verified_at=None)


@stage
def to_order(city: Municipality) -> None:
    quote = accepted(city)
    times = {"sent_at": then(-2), "expires_at": then(12)}
    OrderLink.objects.create(quote=quote, email="comptabilite@saran.example", token_hash="0" * 64, **times)


def _by_card(city: Municipality, **changes: Any) -> Subscription:
    return subscribed(ordered(city, days=0), state=Now.PENDING, method=Method.CARD, **changes)


@stage
def card_preparing(city: Municipality) -> None:
    keep_key(_by_card(city), at=timezone.now())


@stage
def card_to_pay(city: Municipality) -> None:
    _by_card(city, stripe_page="cs_1", page_url="https://checkout.stripe.com/c/pay/cs_1", page_ends_at=then(1))


@stage
def card_over(city: Municipality) -> None:
    _by_card(city, stripe_page="cs_1", page_url="https://checkout.stripe.com/c/pay/cs_1", page_ends_at=then(-1))


@stage
def card_paid(city: Municipality) -> None:
    invoice = invoiced(bought(city, days=0, method=Method.CARD), days=0, read=False)
    paid(invoice, days=0, kind=PaymentKind.CARD, reference="", stripe_id="ch_1")


@stage
def begun(city: Municipality) -> None:
    """The invoice is not made yet."""
    bought(city, days=0, activated_at=timezone.now())


@stage
def to_pay(city: Municipality) -> None:
    invoiced(bought(city, days=-8, years=3), days=-8)


@stage
def held_up(city: Municipality) -> None:
    invoice = invoiced(bought(city, days=-8), days=-8, read=False)
    step(invoice, DepositState.DEPOSITED, -7, flow="CPP2611290042")
    step(invoice, DepositState.REJECTED, -3, note="Le numéro d’engagement n’existe pas dans le référentiel.")


@stage
def number_asked(city: Municipality) -> None:
    """Sixty days before the second year."""
    paid(invoiced(bought(city, days=-320, years=3), days=-320), days=-300)


@stage
def interest(city: Municipality) -> None:
    invoice = invoiced(bought(city, days=-80), days=-80)
    paid(invoice, days=-20)
    a_claim(invoice, days=29, interest_cents=3_290, decided_at=then(-4), due_on=in_days(41))


@stage
def late(city: Municipality) -> None:
    invoice = invoiced(bought(city, days=-44, state=Now.LATE), days=-44)
    for day in (31, 38):
        told = {"sent_at": then(day - 43), "foreseen_on": in_days(76 - 43) if day == 38 else None}
        invoice.reminders.create(day=day, counted_from=in_days(-43), **told)
    _answered(invoice)


def _answered(invoice: Invoice) -> None:
    said = {"words": WORDS, "written_at": then(-8), "answer": ANSWER, "answered_at": then(-6)}
    invoice.account.answered_objections.create(**said)


def _objects(city: Municipality, *, days: int, state: str = Now.LATE) -> Account:
    invoice = invoiced(bought(city, days=days, state=state), days=days, objections=1)
    Account.objects.filter(pk=invoice.account_id).update(objection=WORDS, objected_at=then(-2))
    _answered(invoice)
    return invoice.account


@stage
def objected(city: Municipality) -> None:
    _objects(city, days=-70)


@stage
def read_only(city: Municipality) -> None:
    invoice = invoiced(bought(city, days=-90, state=Now.LATE), days=-90)
    Account.objects.filter(pk=invoice.account_id).update(stopped_at=then(-10))
    move(city, state=LifecycleState.READ_ONLY)


def _ends(city: Municipality, *, days: int, **changes: Any) -> Subscription:
    """So many days from now."""
    made = bought(city, days=days - 364, **changes)
    paid(invoiced(made, days=days - 364), days=days - 340)
    return made


@stage
def to_renew(city: Municipality) -> None:
    _ends(city, days=80)


@stage
def renewal_quoted(city: Municipality) -> None:
    made = _ends(city, days=60)
    a_quote(made.account, issued_on=in_days(-1), years=2)


@stage
def renewal_to_order(city: Municipality) -> None:
    made = _ends(city, days=40)
    until = {"accepted_at": then(-2), "order_until": in_days(81)}
    a_quote(made.account, issued_on=in_days(-9), state=QuoteState.ACCEPTED, **until)


@stage
def declined(city: Municipality) -> None:
    _ends(city, days=25, declined_at=then(-3))


@stage
def day_after(city: Municipality) -> None:
    _ends(city, days=-1, state=Now.ENDED)


@stage
def ended(city: Municipality) -> None:
    _ends(city, days=-50, state=Now.ENDED)
    move(city, state=LifecycleState.READ_ONLY)


# The accountant's page


def _link(city: Municipality) -> str:
    from django.core import signing  # noqa: F401

    raise NotImplementedError


# The accountant’s page: what stands for `{…}` is the token of the link


@stage
def by_link(city: Municipality) -> str:
    """Of a city that is not open."""
    move(city, opened_at=None)
    return _linked(accepted(city))


@stage
def by_link_open(city: Municipality) -> str:
    """Of several years."""
    move(city, opened_at=then(-90))
    return _linked(accepted(city, years=3))


@stage
def by_link_renewal(city: Municipality) -> str:
    """Of what a card pays."""
    made = _ends(city, days=40, method=Method.CARD)
    until = {"accepted_at": then(-2), "order_until": in_days(81)}
    return _linked(a_quote(made.account, issued_on=in_days(-9), state=QuoteState.ACCEPTED, **until))


@stage
def by_link_ordered(city: Municipality) -> str:
    return _linked(bought(city, days=0).quote, used_at=timezone.now(), email="")


@stage
def by_link_ordered_at_desk(city: Municipality) -> str:
    return _linked(bought(city, days=0).quote)


def _linked(quote: Any, **changes: Any) -> str:
    token = "de-la-comptabilite"
    said: dict[str, Any] = {"email": "comptabilite@saran.example", "token_hash": sha256(token.encode()).hexdigest()}
    OrderLink.objects.create(quote=quote, **said | {"sent_at": then(-2), "expires_at": then(12)} | changes)
    return token


# Operators: what stands for `{…}` is the number of the row


@stage
def busy(city: Municipality) -> None:
    """Something in each list of what waits."""
    account = _objects(city, days=-70)
    running = account.subscriptions.get()
    Subscription.objects.filter(pk=running.pk).update(ends_on=in_days(60))
    late = invoiced(running, days=-100)
    paid(late, days=-20)
    invoiced(running, days=-6)
    invoiced(running, days=-1, read=False)
    step(invoiced(running, days=-9, read=False), DepositState.REJECTED, -4, note="Code service inconnu.")
    step(invoiced(running, days=-20, read=False), DepositState.DEPOSITED, -19, flow="CPP2611100007")
    problem = {"code": "BR-FR-12", "words": "Le code postal de l’acheteur manque."}
    invoiced(running, days=0, read=False, state=InvoiceState.BLOCKED, problems=[problem])
    account.payments.create(kind=PaymentKind.BY_HAND, cents=120_000, received_on=in_days(-3), created_at=then(-3))
    Account.objects.filter(pk=account.pk).update(cash_cents=300_000)
    brest = Municipality.objects.get(slug="brest")
    move(brest, siren="212900195", population=139_619, trial_ends_on=in_days(6), verified_at=None)
    other = buyer(brest)
    a_quote(other, population=139_619, yearly_cents=1_240_000)
    for each in (DifferenceCode.NUMBER_GAP, DifferenceCode.INVOICE_DIFFERS):
        Difference.objects.create(code=each, object_id="3F2A-0007", account=account, found_at=then(-1))


@stage
def agreed(city: Municipality) -> int:
    """A quote at a price of its own, for a renewal."""
    made = _ends(city, days=70)
    words = "Le conseil a voté 3 000 € ; accordé pour deux ans, après l’appel du 12."
    a_quote(made.account, made_by_operator=True, reason=words, yearly_cents=300_000, years=2)
    return city.pk


@stage
def objecting(city: Municipality) -> int:
    account = _objects(city, days=-70)
    Account.objects.filter(pk=account.pk).update(objection_suspends=False)
    return city.pk


@stage
def no_account(city: Municipality) -> int:
    return city.pk


@stage
def moving(city: Municipality) -> int:
    """Money of all kinds."""
    made = bought(city, days=-30, years=3)
    first, second = invoiced(made, days=-30), invoiced(made, days=-2)
    paid(first, days=-9, stripe_id="pi_1", stripe_intent="pi_1")
    paid(second, days=-1, cents=100_000, kind=PaymentKind.BY_HAND, reference="VIREMENT COMMUNE DE SARAN 2026-11")
    reference = "TRESORERIE ORLEANS MUNICIPALE ET METROPOLE MANDAT 001489 BORD 00211"
    on = {"received_on": in_days(-3), "created_at": then(-3), "reference": reference}
    made.account.payments.create(kind=PaymentKind.BY_HAND, cents=120_050, **on)
    Account.objects.filter(pk=made.account_id).update(cash_cents=300_000)
    return city.pk


@stage
def held_back(city: Municipality) -> int:
    made = bought(city, days=0)
    problems = [
        {"code": "BR-FR-12", "words": "Le code postal de l’acheteur manque."},
        {"code": "engagement_missing", "words": "Le numéro d’engagement manque, et Chorus Pro le demande."},
    ]
    return invoiced(
        made, days=0, read=False, state=InvoiceState.BLOCKED, facturx=None, plain=None, problems=problems
    ).pk


@stage
def rejected(city: Municipality) -> int:
    """Once entered by mistake, then rejected."""
    held_up(city)
    invoice = Invoice.objects.get()
    back = {"taken_back_at": then(-4), "taken_back_by": "1", "taken_back_why": "C’était la facture d’Olivet."}
    step(invoice, DepositState.SERVICE_DONE, -4, **back)
    return invoice.pk


@stage
def paid_late(city: Municipality) -> int:
    invoice = invoiced(bought(city, days=-80), days=-80)
    paid(invoice, days=-30, cents=300_000)
    paid(invoice, days=-20, cents=108_000)
    _rate()
    return invoice.pk


def _rate() -> None:
    today = in_days(0)
    for year, month, points in ((today.year, 7, 215), (today.year, 1, 290), (today.year - 1, 7, 425)):
        source = "ecb.europa.eu, Key ECB interest rates, main refinancing operations"
        from_on = date(year, month, 1)
        InterestRate.objects.create(from_on=from_on, basis_points=points, source=source, entered_at=then(-3))


@stage
def claimed(city: Municipality) -> int:
    interest(city)
    return Invoice.objects.get().pk


@stage
def credited(city: Municipality) -> int:
    """The credit note of an invoice that was taken back whole."""
    invoice = invoiced(bought(city, days=-30), days=-30)
    about = {"kind": InvoiceKind.CREDIT_NOTE, "corrects": invoice, "number": f"{invoice.number}-CN-01"}
    note = invoiced(invoice.subscription, days=-2, read=False, **about)
    Invoice.objects.filter(pk=invoice.pk).update(credited_cents=invoice.total_cents)
    invoice.refresh_from_db()
    recount(invoice)
    return note.pk


@stage
def rates(city: Municipality) -> None:
    _rate()


@stage
def differing(city: Municipality) -> int:
    facts = {"number": ["3F2A-0001", "3F2A-0001"], "paid": [408_000, 300_000], "void": [False, True]}
    return _difference(city, DifferenceCode.INVOICE_DIFFERS, "in_1S8Zk2L0fakeOfALongNumber", facts)


@stage
def unsettled(city: Municipality) -> int:
    """Paid here, and Stripe was not told."""
    return _difference(city, DifferenceCode.INVOICE_DIFFERS, "in_1S8Zk2L0", {"settled": [True, False]})


@stage
def given_up(city: Municipality) -> int:
    return _difference(city, DifferenceCode.TASK_GIVEN_UP, "4711", {"task": ["set_up", "InvalidRequestError"]})


@stage
def explained(city: Municipality) -> int:
    why = {"explained_at": then(-1), "explanation": "Annulée chez Stripe avant tout envoi : le numéro reste vide."}
    return _difference(city, DifferenceCode.NUMBER_GAP, "3F2A-0007", {}, **why)


def _difference(city: Municipality, code: str, of: str, facts: dict[str, Any], **more: Any) -> int:
    made = bought(city, days=-30)
    found = {"account": made.account, "facts": facts, "found_at": then(-1)}
    return Difference.objects.create(code=code, object_id=of, **found, **more).pk
