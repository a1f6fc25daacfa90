"""An invoice that is not paid: three reminders, a city that only reads, and writes again once it is paid."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.core import mail
from django.test import Client
from django.utils import timezone
from django_tenants.utils import schema_context

from accounts.models import AuditEntry, User
from billing.enums import DepositState, InvoiceKind, InvoiceState, SubscriptionState
from billing.models import Account, Deposit, Invoice, Reminder, Subscription
from billing.services import objections
from billing.services.reminders import remind, to_remind
from billing.services.standing import follow, to_follow
from billing.tasks import follow_terms
from common.models import OutboxMessage
from common.outbox import run_message
from common.text import TextTooShort
from tenants.enums import LifecycleState as State
from tenants.enums import Transition
from tenants.lifecycle import change_state
from tenants.models import Municipality
from tests.accounts.factories import UserFactory
from tests.billing.owing import DAY_0, account, invoice, on_day, subscription
from tests.tenants.test_lifecycle import now_of, put

WORDS = "La facture porte sur douze mois, nous en avons commandé six."


@pytest.fixture
def owing(saran: Municipality) -> Account:
    """Saran, active, with an invoice that it could read on DAY_0."""
    made = account(put(saran, State.ACTIVE))
    subscription(made)
    invoice(made)
    return made


def the_invoice() -> Invoice:
    return Invoice.objects.get(number="TR-0001")


def day_by_day(of: Account, *days: int) -> None:
    """What the daily task does on each of these days."""
    for day in days:
        for each in to_remind(at=on_day(day)):
            remind(each, at=on_day(day))
        follow(of, at=on_day(day))


def pay(cents: int = 408_000) -> None:
    Invoice.objects.filter(number="TR-0001").update(paid_cents=cents)


def mails(schema: str = "public") -> list[dict[str, Any]]:
    """One of those that say the same (to whom: test_written.py); those with an invoice enclosed, too."""
    kinds = ["accounts.tasks.send_mail", "billing.services.mailing.send_with_document"]
    with schema_context(schema):
        sent = OutboxMessage.objects.filter(task__in=kinds).order_by("created_at")
        found = [each.payload.get("mail", each.payload) for each in sent]
    return list({each["body"]: each for each in reversed(found)}.values())[::-1]


def state_of(of: Account) -> str:
    return now_of(of.municipality).state


def is_late() -> bool:
    return Subscription.objects.get().state == SubscriptionState.LATE


@pytest.mark.dates
def test_an_invoice_is_overdue_from_the_thirty_first_day_on(owing: Account) -> None:
    for day, late in ((29, False), (30, False), (31, True), (32, True)):
        follow(owing, at=on_day(day))
        assert is_late() is late, day
    pay()
    follow(owing, at=on_day(32))
    assert not is_late()


@pytest.mark.parametrize(
    "change",
    [
        {"paid_cents": 408_000},
        {"paid_cents": 8_000, "credited_cents": 400_000},
        {"paid_cents": 500_000},
        {"state": InvoiceState.PAID},
        {"state": InvoiceState.CANCELLED},
        {"state": InvoiceState.BLOCKED},
        {"available_on": None},
        {"kind": InvoiceKind.CREDIT_NOTE},
    ],
)
def test_what_is_not_owed_is_not_overdue(owing: Account, change: dict[str, Any]) -> None:
    Invoice.objects.update(**change)
    day_by_day(owing, 31, 38, 60, 90)
    assert not is_late()
    assert state_of(owing) == State.ACTIVE
    assert mails() == []


def test_three_reminders_leave_on_their_days_each_once(owing: Account) -> None:
    for day in range(28, 70):
        before = len(mails())
        day_by_day(owing, day, day)
        assert len(mails()) - before == (1 if day in (31, 38, 60) else 0), day
    assert {each["to"] for each in mails()} == {"compta@saran.example"}
    assert [each["subject"] for each in mails()] == [
        "Facture TR-0001\u00a0: vous a-t-elle échappé\u202f?",
        "Facture TR-0001\u00a0: un deuxième rappel",
        "Facture TR-0001\u00a0: dernier rappel",
    ]
    entries = AuditEntry.objects.filter(action="reminder_sent").order_by("pk")
    assert [entry.details["day"] for entry in entries] == [31, 38, 60]


def test_reminders_say_what_is_owed_and_what_follows(owing: Account) -> None:
    pay(8_000)
    day_by_day(owing, 31, 38, 60)
    first, second, last = (each["body"].replace("\u202f", " ").replace("\u00a0", " ") for each in mails())
    for body in (first, second, last):
        assert "4 000,00 €" in body
        assert "1er mars 2027" in body
        assert "31 mars 2027" in body
        assert "plateforme de Saran" in body
        assert f"{owing.municipality.url}gestion/abonnement/" in body
    assert "lecture seule" not in first
    assert "au plus tôt le 16 mai 2027" in second
    assert "Nous vous écrirons encore une fois" in second
    assert "au plus tôt le 16 mai 2027" in last
    assert "notre dernier message" in last
    assert "40 €" in last
    assert "\n\n\n" not in first + second + last


def test_a_reminder_leaves_with_the_invoice_that_it_speaks_of(owing: Account) -> None:
    """Whom it reaches signs in nowhere, most often: a link to the desk would lead to a closed door."""
    Invoice.objects.update(facturx=b"%PDF- of the invoice")
    day_by_day(owing, 31)
    message = OutboxMessage.objects.filter(task__endswith=".send_with_document").order_by("created_at")[0]
    with schema_context("public"):
        assert run_message(str(message.pk), at=timezone.now())
    [sent] = mail.outbox
    assert sent.to == ["compta@saran.example"]
    assert "la facture est ci-jointe" in sent.body
    assert sent.attachments == [("TR-0001.pdf", b"%PDF- of the invoice", "application/pdf")]


def test_without_contacts_administrators_are_written_to(owing: Account) -> None:
    owing.contacts.update(gets_reminders=False)
    day_by_day(owing, 31)
    assert [each["to"] for each in mails()] == ["maire@saran.example"]


def test_nobody_is_written_to_about_a_city_that_nobody_has_verified(owing: Account) -> None:
    put(owing.municipality, State.ACTIVE, verified_at=None)
    day_by_day(owing, 31, 38, 60, 90)
    assert mails() == []
    assert state_of(owing) == State.ACTIVE


@pytest.mark.dates
def test_a_city_is_read_only_after_seventy_five_days_and_not_before(owing: Account) -> None:
    day_by_day(owing, 31, 38, 60, 75)
    assert state_of(owing) == State.ACTIVE
    day_by_day(owing, 76)
    assert state_of(owing) == State.READ_ONLY
    city = now_of(owing.municipality)
    assert city.last_move == Transition.STOP_UNPAID
    entry = AuditEntry.objects.get(action="municipality_state_changed")
    assert entry.actor is None
    assert "TR-0001" in entry.details["reason"]


@pytest.mark.parametrize("told", [(), (31,), (31, 38), (60,)])
def test_never_before_it_was_announced_twice(owing: Account, told: tuple[int, ...]) -> None:
    for day in told:
        Reminder.objects.create(
            invoice=the_invoice(),
            day=day,
            counted_from=DAY_0,
            foreseen_on=DAY_0 if day > 31 else None,
            sent_at=on_day(day),
        )
    follow(owing, at=on_day(200))
    assert state_of(owing) == State.ACTIVE


def test_announced_late_it_is_still_told_a_week_apart_and_fifteen_days_before(owing: Account) -> None:
    """An operator enters in May that the city could read the invoice in March."""
    stopped = None
    for day in range(90, 130):
        day_by_day(owing, day)
        if state_of(owing) == State.READ_ONLY:
            stopped = day
            break
    assert [(reminder.day, reminder.sent_at) for reminder in Reminder.objects.all()] == [
        (31, on_day(90)),
        (38, on_day(97)),
        (60, on_day(104)),
    ]
    assert Reminder.objects.last().foreseen_on == DAY_0 + timedelta(days=119)  # type: ignore[union-attr]
    assert stopped == 119


def test_the_payment_opens_it_again_at_once(owing: Account, visit: Callable[..., Client]) -> None:
    day_by_day(owing, 31, 38, 60, 76)
    city = now_of(owing.municipality)
    assert visit(city).get("/").status_code == 200
    pay(400_000)
    follow(owing, at=on_day(80))
    assert state_of(owing) == State.READ_ONLY
    pay()
    follow(owing, at=on_day(80))
    assert state_of(owing) == State.ACTIVE
    assert not is_late()
    follow(owing, at=on_day(81))
    assert AuditEntry.objects.filter(action="municipality_state_changed").count() == 2


def test_another_invoice_that_is_overdue_but_not_so_long_does_not_keep_it_closed(owing: Account) -> None:
    invoice(owing, "TR-0002", available_on=DAY_0 + timedelta(days=30))
    day_by_day(owing, 31, 38, 60, 61, 68, 76, 90)
    assert state_of(owing) == State.READ_ONLY
    pay()
    follow(owing, at=on_day(90))
    assert state_of(owing) == State.ACTIVE
    assert is_late()
    assert "à cause d’une autre facture" in next(m["body"] for m in mails() if "TR-0002\u00a0: dernier" in m["subject"])
    day_by_day(owing, 106)
    assert state_of(owing) == State.READ_ONLY


def test_what_an_operator_lets_write_is_not_stopped_again_for_the_same_debt(owing: Account) -> None:
    day_by_day(owing, 31, 38, 60, 76)
    operator = UserFactory(operator=True)
    change_state(
        municipality=owing.municipality,
        transition=Transition.SETTLE,
        actor=operator,
        reason="Le mandat est parti.",
        at=on_day(78),
    )
    day_by_day(owing, 79, 120)
    assert state_of(owing) == State.ACTIVE
    pay()
    follow(owing, at=on_day(121))
    assert Account.objects.get().stopped_at is None


def test_paid_while_suspended_it_writes_again_once_that_is_lifted(
    owing: Account, django_capture_on_commit_callbacks: Any
) -> None:
    day_by_day(owing, 31, 38, 60, 76)
    operator = UserFactory(operator=True)

    def make(transition: Transition) -> None:
        with django_capture_on_commit_callbacks(execute=True):
            change_state(
                municipality=owing.municipality, transition=transition, actor=operator, reason="Oui.", at=on_day(78)
            )

    make(Transition.SUSPEND)
    pay()
    follow(owing, at=on_day(79))
    assert state_of(owing) == State.SUSPENDED
    make(Transition.RESUME)
    assert state_of(owing) == State.ACTIVE


@pytest.mark.parametrize("state", [State.TRIAL, State.READ_ONLY, State.SUSPENDED, State.CLOSED])
def test_no_other_state_is_touched(owing: Account, state: State) -> None:
    put(owing.municipality, state)
    day_by_day(owing, 31, 38, 60, 76, 90)
    pay()
    follow(owing, at=on_day(91))
    assert state_of(owing) == state


@pytest.mark.parametrize("step", [DepositState.SUSPENDED, DepositState.REJECTED, DepositState.TO_RECYCLE])
def test_what_waits_to_be_mended_at_chorus_pro_is_not_reminded_of(owing: Account, step: DepositState) -> None:
    Deposit.objects.create(invoice=the_invoice(), state=step, seen_on=DAY_0, created_at=on_day(20))
    day_by_day(owing, 31, 38, 60, 90)
    assert mails() == []
    Deposit.objects.create(invoice=the_invoice(), state=DepositState.AVAILABLE, seen_on=DAY_0, created_at=on_day(91))
    day_by_day(owing, 92)
    assert len(mails()) == 1


def test_the_daily_task_looks_only_at_what_is_late(
    owing: Account, brest: Municipality, django_assert_num_queries: Any
) -> None:
    other = account(brest)
    invoice(other, "TR-0009", available_on=DAY_0 + timedelta(days=3))
    assert [each.number for each in to_remind(at=on_day(31))] == ["TR-0001"]
    assert to_follow(at=on_day(31)) == [owing]
    pay()
    with django_assert_num_queries(2):
        assert to_remind(at=on_day(31)) == []
        assert to_follow(at=on_day(31)) == []
    Account.objects.filter(pk=other.pk).update(stopped_at=on_day(1))
    assert to_follow(at=on_day(1)) == [other]


def test_an_error_about_one_account_does_not_stop_the_others(
    owing: Account, brest: Municipality, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = account(put(brest, State.ACTIVE))
    subscription(other)
    for each, number in ((owing, None), (other, "TR-0009")):
        if number:
            invoice(each, number)
    Invoice.objects.update(available_on=DAY_0 - timedelta(days=400))
    from billing.services import reminders

    really = reminders.readers
    monkeypatch.setattr(reminders, "readers", lambda account: 1 / 0 if account.pk == owing.pk else really(account))
    follow_terms()
    assert [each.invoice.number for each in Reminder.objects.select_related("invoice")] == ["TR-0009"]
    assert Subscription.objects.filter(state=SubscriptionState.LATE).count() == 2


def test_a_city_cannot_read_what_is_owed(owing: Account, in_saran: Municipality) -> None:
    from django.db import ProgrammingError, transaction

    for model in (Account, Invoice, Reminder):
        with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
            list(model.objects.all())


# Objections


def objects(of: Account, words: str = WORDS, *, day: int) -> User:
    with schema_context(of.municipality.schema_name):
        somebody = User.objects.filter(role="ADMINISTRATOR").get()
        objections.object_to(of, words, actor=somebody, at=on_day(day))
    return somebody  # type: ignore[no-any-return]


def answer(of: Account, *, day: int, words: str = "La facture est juste, voici le bon.") -> None:
    operator = UserFactory(operator=True)
    objections.settle_objection(of, words, operator=operator, at=on_day(day))


def test_nothing_happens_while_the_city_objects(owing: Account) -> None:
    day_by_day(owing, 31, 38)
    objects(owing, day=40)
    day_by_day(owing, 60, 76, 200)
    assert state_of(owing) == State.ACTIVE
    assert is_late()
    *_reminders, told = mails()
    assert len(_reminders) == 2
    assert told["to"] == settings.SERVICE_EMAIL
    assert WORDS in told["body"]
    assert f"/ops/facturation/collectivites/{owing.municipality_id}/" in told["body"]


def test_one_that_was_announced_twice_waits_for_the_answer_too(owing: Account) -> None:
    day_by_day(owing, 31, 38, 60)
    objects(owing, day=61)
    day_by_day(owing, 76, 200)
    assert state_of(owing) == State.ACTIVE


def test_once_answered_terms_count_again_with_fifteen_days_more(owing: Account) -> None:
    day_by_day(owing, 31, 38, 60)
    objects(owing, day=70)
    answer(owing, day=80)
    body = mails()[-1]["body"]
    # Whoever wrote it gets the answer, beside the contacts for reminders.
    assert mails()[-1]["to"] == "maire@saran.example"
    assert "La facture est juste" in body
    assert WORDS in body
    day_by_day(owing, 94)
    assert state_of(owing) == State.ACTIVE
    day_by_day(owing, 95)
    assert state_of(owing) == State.READ_ONLY


def test_a_city_that_only_reads_can_object_and_then_writes_again(owing: Account) -> None:
    day_by_day(owing, 31, 38, 60, 76)
    assert state_of(owing) == State.READ_ONLY
    somebody = objects(owing, day=77)
    assert state_of(owing) == State.ACTIVE
    with schema_context(owing.municipality.schema_name):
        assert AuditEntry.objects.get(action="invoice_objected_to").actor == somebody
    answer(owing, day=78)
    day_by_day(owing, 92)
    assert state_of(owing) == State.ACTIVE
    day_by_day(owing, 93)
    assert state_of(owing) == State.READ_ONLY


def test_objections_are_refused_where_there_is_nothing_to_object_to(owing: Account) -> None:
    with pytest.raises(objections.NothingOverdue):
        objects(owing, day=20)
    with pytest.raises(TextTooShort):
        objects(owing, "Non.", day=40)
    with pytest.raises(objections.NoObjection):
        answer(owing, day=40)
    objects(owing, day=40)
    with pytest.raises(objections.ObjectionWaits):
        objects(owing, day=41)
    answer(owing, day=42)
    with pytest.raises(objections.NoObjection):
        answer(owing, day=43)
    objects(owing, day=44)


def test_one_that_was_answered_suspends_nothing_when_it_is_said_again(owing: Account) -> None:
    day_by_day(owing, 31, 38, 60)
    objects(owing, day=70)
    answer(owing, day=80)
    objects(owing, "Nous ne sommes toujours pas d’accord.", day=81)
    assert "Reminders" not in mails()[-1]["body"]
    assert "n’attendent pas" in mails()[-1]["body"]
    day_by_day(owing, 94)
    assert state_of(owing) == State.ACTIVE  # the notice of the first answer
    day_by_day(owing, 95)
    assert state_of(owing) == State.READ_ONLY
    operator = UserFactory(operator=True)
    for _unused in range(2):
        objections.take_up(owing, operator=operator, at=on_day(96))
    assert state_of(owing) == State.ACTIVE
    answer(owing, day=97)
    day_by_day(owing, 111)
    assert state_of(owing) == State.ACTIVE
    day_by_day(owing, 112)
    assert state_of(owing) == State.READ_ONLY
    with pytest.raises(objections.NoObjection):
        objections.take_up(owing, operator=operator, at=on_day(113))
    objects(owing, day=113)
    answer(owing, day=114)
    with pytest.raises(objections.ObjectedOften):
        objects(owing, day=115)
    # Another invoice is another matter.
    invoice(owing, "TR-0002")
    objects(owing, day=116)
    assert state_of(owing) == State.ACTIVE


def test_an_answer_after_the_payment_asks_for_nothing(owing: Account) -> None:
    objects(owing, day=40)
    pay()
    answer(owing, day=41)
    assert "Il n’en reste rien à payer" in mails()[-1]["body"]
    assert "de nouveau" not in mails()[-1]["body"]
