"""A quote at a price that an operator has agreed on: made for the city, read, accepted and ordered like any other."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from django_tenants.utils import schema_context

from accounts.enums import Role
from accounts.models import AuditEntry
from billing.enums import QuoteState, SubscriptionState, Territory
from billing.models import Account, PlanVersion, PurchaseOrder, Quote, VatRate
from billing.services.agreed import HasSubscription, QuoteAccepted, agree_quote
from billing.services.plans import OnQuotation, price_for
from billing.services.quotes import QuoteGone, accept_quote, issue_quote
from common.models import OutboxMessage
from tenants.models import Municipality
from tests.accounts.factories import UserFactory
from tests.billing.buying import at_once
from tests.billing.purchases import a_quote, buyer, subscribed
from tests.billing.test_ops import ops
from tests.billing.test_purchase import ACCEPTED, ORDER, asked, read

__all__ = ["ops"]
PAGE, OPS = "/gestion/abonnement/", "/ops/facturation/collectivites/"
WISH = {"yearly_cents": "12 000,50", "timing": "ADVANCE", "years": "2", "reason": "Vu avec la directrice des services."}


@pytest.fixture
def agree(ops: Client, saran: Municipality) -> Callable[..., Any]:
    return lambda **changes: ops.post(f"{OPS}{saran.pk}/devis/", WISH | changes)


def mails() -> list[dict[str, Any]]:
    rows = OutboxMessage.objects.filter(task__contains="send_mail").order_by("pk")
    return [each.payload for each in rows]


def too_large(city: Municipality) -> None:
    with schema_context("public"):
        Municipality.objects.filter(pk=city.pk).update(population=300_001, verified_at=timezone.now())


def test_where_the_list_has_no_price_it_is_made_accepted_and_ordered(
    agree: Callable[..., Any], desk: Client, saran: Municipality
) -> None:
    too_large(saran)
    saran.refresh_from_db()
    with pytest.raises(OnQuotation):
        price_for(saran, on=timezone.localdate())
    assert "prix est à convenir avec nous" in read(desk.get(PAGE))
    assert agree().status_code == 302
    quote = Quote.objects.get()
    assert (quote.yearly_cents, quote.vat_cents, quote.total_cents, quote.over_years_cents) == (
        1_200_050,
        240_010,
        1_440_060,
        2_400_100,
    )
    assert (quote.population, quote.made_by_operator, quote.reason) == (300_001, True, WISH["reason"])
    entry = AuditEntry.objects.get(action="quote_agreed")
    assert entry.details["reason"] == WISH["reason"]
    assert not any(WISH["reason"] in mail["body"] for mail in mails())
    assert all(quote.number in mail["subject"] for mail in mails())

    page = read(desk.get(PAGE)).replace("\u202f", " ").replace("\xa0", " ")
    assert "Votre devis attend votre accord" in page
    assert "12 000,50 €" in page
    assert WISH["reason"] not in page
    assert desk.post(f"{PAGE}devis/{quote.number}/accepter/", ACCEPTED).status_code == 302
    assert desk.post(f"{PAGE}devis/{quote.number}/bon-de-commande/", ORDER).status_code == 302
    assert PurchaseOrder.objects.get().quote == quote
    assert agree(yearly_cents="1").status_code == 409  # a subscription has begun


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        *(
            ("yearly_cents", each)
            for each in ("", "0", "0,00", "-12", "12,345", "1 000 000 000", "1 000 000,01", "mille")
        ),
        *(("years", each) for each in ("0", "5", "x")),
        ("timing", "SOMETIMES"),
        ("reason", "Parce que"),
        ("reason", "x" * 501),
    ],
)
def test_what_is_no_price_is_refused_beside_its_field_and_nothing_is_lost(
    agree: Callable[..., Any], saran: Municipality, name: str, typed: str
) -> None:
    Municipality.objects.filter(pk=saran.pk).update(population=16_412)
    answer = agree(**{name: typed})
    assert (answer.status_code, Quote.objects.count()) == (422, 0)
    form = answer.context["agree"]
    assert list(form.errors) == [name]
    kept = WISH | {name: typed}
    assert all(form.data[each] == kept[each] for each in kept)


def test_pressed_twice_it_is_one_quote_and_one_mail(
    agree: Callable[..., Any], desk: Client, saran: Municipality
) -> None:
    too_large(saran)
    assert [agree().status_code for _again in range(2)] == [302, 302]
    assert Quote.objects.count() == 1
    told = [mail["to"] for mail in mails()]
    assert len(told) == len(set(told)) > 0


def test_an_operators_quote_says_that_it_takes_the_place_of_the_citys_own(
    agree: Callable[..., Any], desk: Client, saran: Municipality
) -> None:
    own = asked(desk)
    Municipality.objects.filter(pk=saran.pk).update(verified_at=timezone.now())
    assert agree().status_code == 302
    own.refresh_from_db()
    assert own.state == QuoteState.WITHDRAWN
    assert own.number in mails()[-1]["body"]
    assert AuditEntry.objects.get(action="quote_withdrawn").details["number"] == own.number
    # Better agreed once more: one offer waits.
    assert agree(yearly_cents="9 000").status_code == 302
    assert Quote.objects.filter(state=QuoteState.ISSUED).count() == 1


def test_the_citys_own_wish_does_not_set_an_agreed_quote_aside(
    agree: Callable[..., Any], desk: Client, saran: Municipality
) -> None:
    agree()
    agreed = Quote.objects.get()
    page = read(desk.get(PAGE))
    assert "au prix convenu avec nous" in page
    assert "Établir un autre devis" not in page
    answer = desk.post(f"{PAGE}devis/", {"timing": "ADVANCE", "years": "1"})
    assert (answer.status_code, agreed.number in read(answer)) == (409, True)
    agreed.refresh_from_db()
    assert agreed.state == QuoteState.ISSUED
    # Set aside by the city, or no longer valid, it is in nobody's way.
    Quote.objects.update(valid_until=timezone.localdate() - timedelta(days=1))
    own = asked(desk)
    assert not own.made_by_operator


def test_what_is_accepted_or_running_stays(saran: Municipality, db: None) -> None:
    account, operator, now = buyer(saran), UserFactory(role=Role.OPERATOR), timezone.now()
    given = {"yearly_cents": 900_000, "timing": "ADVANCE", "years": 1, "reason": "Vu avec la mairie."}
    accepted = a_quote(account, state=QuoteState.ACCEPTED)
    with pytest.raises(QuoteAccepted):
        agree_quote(municipality=saran, population=16_412, operator=operator, at=now, **given)
    subscribed(accepted, state=SubscriptionState.ACTIVE)
    with pytest.raises(HasSubscription):
        agree_quote(municipality=saran, population=16_412, operator=operator, at=now, **given)
    accepted.refresh_from_db()
    assert (accepted.state, accepted.yearly_cents, Quote.objects.count()) == (QuoteState.ACCEPTED, 340_000, 1)


def test_once_a_quote_is_accepted_the_page_says_so_in_place_of_the_form(ops: Client, saran: Municipality) -> None:
    account, page = buyer(saran), f"/ops/facturation/collectivites/{saran.pk}/"
    assert 'name="reason"' in ops.get(page).content.decode()
    accepted = a_quote(account, state=QuoteState.ACCEPTED)
    answer = ops.get(page)
    assert 'name="reason"' not in answer.content.decode()
    assert f"a accepté le devis {accepted.number}. Pour un autre prix" in read(answer)
    # No longer to be ordered, it is in nobody's way.
    Quote.objects.update(valid_until=timezone.localdate() - timedelta(days=1))
    assert 'name="reason"' in ops.get(page).content.decode()


def test_where_nobody_is_counted_the_operator_says_how_many_live_there(
    agree: Callable[..., Any], saran: Municipality
) -> None:
    Municipality.objects.filter(pk=saran.pk).update(population=None)
    assert [agree(population=typed).status_code for typed in ("", "0", "beaucoup", "1" * 12)] == [422] * 4
    assert agree(population="41 250").status_code == 302
    assert Quote.objects.get().population == 41_250
    assert Account.objects.get().municipality == saran


def test_the_tax_is_that_of_the_table_that_day(agree: Callable[..., Any], saran: Municipality) -> None:
    today = timezone.localdate()
    VatRate.objects.create(territory=Territory.MAINLAND, from_on=today, basis_points=2100, source="Essai.")
    agree(population="41 250")
    assert Quote.objects.get().vat_basis_points == 2100
    PlanVersion.objects.update(withdrawn_on=today)
    assert agree(population="41 250", yearly_cents="13 000").status_code == 409


def test_a_yes_and_another_price_at_once_leave_one_that_counts(real_db: str) -> None:
    """Whoever comes second is told; a quote that is accepted is never taken away by the one that comes."""
    Municipality.objects.filter(slug="saran").update(population=16_412)
    city, operator, now = Municipality.objects.get(slug="saran"), UserFactory(role=Role.OPERATOR), timezone.now()
    quote = issue_quote(municipality=city, timing="ADVANCE", actor=operator, at=now)
    given = {"yearly_cents": 1, "timing": "ADVANCE", "years": 1, "reason": "Un prix d’ami."}
    told = at_once(
        lambda: accept_quote(quote=quote, signed="Camille Dupont, maire", actor=operator, at=now),
        lambda: agree_quote(municipality=city, operator=operator, at=now, **given),
    )
    living = Quote.objects.exclude(state=QuoteState.WITHDRAWN).values_list("state", flat=True)
    assert (list(living), told) in (
        ([QuoteState.ACCEPTED], [QuoteAccepted]),
        ([QuoteState.ISSUED], [QuoteGone]),
    )
