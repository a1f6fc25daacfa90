"""What is written about a purchase and what it costs: to whom, and that one can pay from it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from django_tenants.utils import schema_context

from accounts.models import User
from billing.enums import QuoteState, SubscriptionState
from billing.models import Account, Contact, Invoice, Quote
from billing.services.mailing import NothingOpen, mail_document, send_open_invoices
from billing.services.standing import follow
from billing.week import overdue
from common.models import OutboxMessage
from common.outbox import run_message
from common.worklist import Line, When
from tenants.enums import LifecycleState as State
from tenants.models import Municipality
from tests.billing.fake import FakeStripe
from tests.billing.owing import account, invoice, on_day, subscription
from tests.billing.purchases import a_claim, a_payment, a_quote, an_invoice, an_order, buyer, subscribed
from tests.billing.test_order_link import SENT, opened, sent
from tests.billing.test_purchase import ORDER, PAGE, read
from tests.billing.test_standing import day_by_day, objects, state_of
from tests.portal.test_week import asked
from tests.tenants.test_lifecycle import put

IBAN = "FR76 3000 6000 0112 3456 7890 189"


@pytest.fixture
def owing(saran: Municipality) -> Account:
    made = account(put(saran, State.ACTIVE), iban="FR7630006000011234567890189", bic="AGRIFRPP", bank_holder="Saran")
    subscription(made)
    invoice(made, engagement_number="2026-00871")
    return made


def mails() -> list[dict[str, Any]]:
    kinds = ["accounts.tasks.send_mail", "billing.services.mailing.send_with_document"]
    sent = OutboxMessage.objects.filter(task__in=kinds).order_by("created_at")
    return [each.payload.get("mail", each.payload) for each in sent]


def said(mail: dict[str, Any]) -> str:
    return str(mail["subject"] + "\n" + mail["body"]).replace("\u202f", " ").replace("\u00a0", " ")


def follow_events() -> None:
    for each in OutboxMessage.objects.filter(task="common.outbox.send_event"):
        run_message(str(each.pk), at=timezone.now())


def test_an_invoice_goes_to_administrators_where_nobody_is_named_for_invoices(owing: Account) -> None:
    mail_document(Invoice.objects.get())
    assert [each["to"] for each in mails()] == ["compta@saran.example", "accueil@saran.example"]
    OutboxMessage.objects.all().delete()
    owing.contacts.update(gets_invoices=False)
    mail_document(Invoice.objects.get())
    assert [each["to"] for each in mails()] == ["maire@saran.example"]


def test_administrators_get_the_reminders_too_each_once(owing: Account) -> None:
    Contact.objects.create(account=owing, email="Maire@saran.example")
    day_by_day(owing, 31)
    assert [each["to"] for each in mails()] == ["compta@saran.example", "Maire@saran.example"]


def test_a_reminder_can_be_paid_from(owing: Account) -> None:
    Invoice.objects.update(credited_cents=8_000)
    day_by_day(owing, 31, 38)
    for body in map(said, mails()):
        for words in ("Facture TR-0001, du 1er mars 2027", "4 080,00 €", "80,00 €", "4 000,00 €", "2026-00871", IBAN):
            assert words in body
    assert "à partir du" in said(mails()[-1]) or "au plus tôt le 16 mai 2027" in said(mails()[-1])


def test_that_the_platform_only_reads_is_said_with_what_to_pay_and_the_right_to_object(owing: Account) -> None:
    day_by_day(owing, 31, 38, 60)
    OutboxMessage.objects.all().delete()
    day_by_day(owing, 76)
    assert mails() == []
    follow_events()
    assert {each["to"] for each in mails()} == {"compta@saran.example", "maire@saran.example"}
    body = said(mails()[0])
    for words in ("TR-0001", "4 080,00 €", "31 mars 2027", IBAN, "2026-00871", "/gestion/abonnement/", "pas d’accord"):
        assert words in body, words
    assert "\n\n\n" not in body


def test_of_a_platform_that_never_opened_nothing_public_is_said(owing: Account) -> None:
    Municipality.objects.update(opened_at=None)
    day_by_day(owing, 31, 38, 60)
    OutboxMessage.objects.all().delete()
    day_by_day(owing, 76)
    follow_events()
    body = said(mails()[0])
    assert "au public" in body
    assert "résultats publiés" not in body


def test_paid_meanwhile_nobody_reads_that_it_is_not(owing: Account) -> None:
    day_by_day(owing, 31, 38, 60, 76)
    OutboxMessage.objects.exclude(task="common.outbox.send_event").delete()
    Invoice.objects.update(paid_cents=408_000)
    day_by_day(owing, 77)
    follow(owing, at=on_day(77))
    assert state_of(owing) == State.ACTIVE
    OutboxMessage.objects.exclude(task="common.outbox.send_event").delete()
    follow_events()
    assert mails() == []


def test_an_overdue_invoice_is_a_line_of_the_week(owing: Account, in_saran: Municipality) -> None:
    def found(day: int) -> list[Line]:
        return list(overdue(replace(asked(in_saran), at=on_day(day))))

    def until(*days: int) -> None:
        with schema_context("public"):
            day_by_day(owing, *days)

    assert found(30) == []
    [line] = found(31)
    assert "TR-0001" in str(line.title)
    assert line.when == When.WEEK
    until(31, 38, 60)
    [line] = found(61)
    assert line.when == When.TODAY
    assert "16 mai 2027" in str(line.about).replace("\u00a0", " ")
    with schema_context("public"):
        objects(owing, day=62)
    assert found(62) == []


def test_who_accepts_and_orders_has_it_in_writing(fake_stripe: FakeStripe, desk: Client, saran: Municipality) -> None:
    Municipality.objects.filter(pk=saran.pk).update(verified_at=timezone.now())
    quote = a_quote(buyer(saran, siren="214503021"))
    signed = {"name": "Élise Morin", "function": "maire"}
    for _press in range(2):
        desk.post(f"{PAGE}devis/{quote.number}/accepter/", signed)
    assert Quote.objects.get().state == QuoteState.ACCEPTED
    [mail] = mails()
    assert f"Le devis {quote.number} est accepté" in said(mail)
    assert mail["to"].startswith("personne")
    assert "Morin" not in said(mail)
    OutboxMessage.objects.all().delete()
    for _press in range(2):
        desk.post(f"{PAGE}devis/{quote.number}/bon-de-commande/", ORDER)
    [mail] = mails()
    assert mail["to"].startswith("personne")
    for words in (quote.number, "214 503 021", "2026 00871", "/gestion/abonnement/"):
        assert words in said(mail)


def test_an_accountant_has_the_order_in_writing(
    fake_stripe: FakeStripe, desk: Client, saran: Municipality, visit: Callable[..., Client]
) -> None:
    Municipality.objects.filter(pk=saran.pk).update(verified_at=timezone.now())
    quote = a_quote(buyer(saran, siren="214503021"), state=QuoteState.ACCEPTED)
    accountant = visit(saran)
    page = opened(accountant, sent(desk, quote))
    OutboxMessage.objects.all().delete()
    accountant.post(page, SENT)
    [mail] = [each for each in mails() if each["to"] == "compta@saran.example"]
    assert "bon de commande" in said(mail)
    assert "/gestion/" not in said(mail)
    assert "Merci" in read(accountant.get(page))


def test_a_contact_that_is_added_later_gets_what_is_open_in_one_press(desk: Client, saran: Municipality) -> None:
    Municipality.objects.filter(pk=saran.pk).update(verified_at=timezone.now())
    quote = a_quote(buyer(saran, siren="214503021"), state=QuoteState.ACCEPTED)
    first, second, paid = an_invoice(quote), an_invoice(quote), an_invoice(quote)
    a_payment(paid)
    contact = quote.account.contacts.create(email="compta@saran.example")
    address = f"{PAGE}contacts/{contact.pk}/envoyer/"
    assert address in desk.get(PAGE).content.decode()
    for _press in range(2):
        assert desk.post(address).status_code == 302
    assert [mail["to"] for mail in mails()] == ["compta@saran.example"] * 2
    assert [str(first.number) in said(mails()[0]), str(second.number) in said(mails()[1])] == [True, True]
    Contact.objects.update(sent_at=None)
    assert [desk.post(address).status_code for _press in range(9)][-1] == 429
    Contact.objects.update(sent_at=None, gets_invoices=False)
    assert address not in desk.get(PAGE).content.decode()
    with schema_context(saran.schema_name), pytest.raises(NothingOpen):
        send_open_invoices(contact=contact, actor=User.objects.all()[0], at=timezone.now())


def test_interest_that_is_asked_for_is_on_the_page_of_the_city(desk: Client, saran: Municipality) -> None:
    quote = a_quote(buyer(saran, siren="214503021"), state=QuoteState.ACCEPTED)
    an_order(quote)
    subscribed(quote, state=SubscriptionState.ACTIVE, period_ends_on=date(2027, 11, 28))
    paid = an_invoice(quote)
    a_payment(paid)
    claim = a_claim(paid)
    page = read(desk.get(PAGE))
    assert "62,69 €" in page
    assert "Vous n’avez rien à faire" not in page
    assert desk.get(f"{PAGE}interets/{claim.pk}.pdf").content == b"%PDF-"
    claim.paid_on = date(2026, 12, 24)
    claim.save()
    assert "payé le 24 décembre 2026" in read(desk.get(PAGE))
