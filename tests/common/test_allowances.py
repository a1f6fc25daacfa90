"""A hot city slows itself: its tasks wait behind those of others, its news until the morning; files, not words, are refused."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from celery import current_app
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django_tenants.utils import schema_context

from accounts.enums import Role
from accounts.mail import send_mail_later
from accounts.tasks import send_mail
from common import allowances, outbox
from common.files import DocumentField
from common.models import OutboxMessage
from common.pictures import LogoField, PhotoField
from consultations.participation.models import Picture
from notifications.models import MailPreference, Notice
from notifications.registry import types
from notifications.services.digests import send_digest
from tenants import tasks
from tenants.models import Municipality
from tests.accounts.factories import UserFactory
from tests.accounts.test_sign_in import ask
from tests.common.test_outbox import MAIL
from tests.framing.test_appearance import upload
from tests.notifications.test_mail import NOON, inform, run_due
from tests.participation.factories import DraftFactory

# ── Tasks ────────────────────────────────────────────────────────────────────


@pytest.fixture
def queue(real_db: str, settings: Any) -> Iterator[Callable[[], list[str]]]:
    """The cities of the messages that wait, in the order in which a worker would take them."""
    settings.CITY_TASKS_A_MINUTE = 3
    current_app.control.purge()

    def taken() -> list[str]:
        schemas = []
        with (
            current_app.connection_for_read() as broker,
            broker.SimpleQueue("celery") as waiting,
            suppress(waiting.Empty),
        ):
            while True:
                message = waiting.get(block=False)
                schemas.append(message.headers["_schema_name"])
                message.ack()
        slugs = dict(Municipality.objects.values_list("schema_name", "slug"))
        return [slugs.get(schema, schema) for schema in schemas]

    yield taken
    current_app.control.purge()


def a_picture(size: int) -> Picture:
    return Picture.objects.create(content=bytes(size), digest="d", width=1, height=1)


def asked_for(slug: str, times: int) -> None:
    with schema_context(Municipality.objects.get(slug=slug).schema_name):
        for _unused in range(times):
            with transaction.atomic():
                outbox.enqueue(send_mail, **MAIL)


def test_what_a_city_asks_beyond_its_share_waits_behind_the_others(queue: Callable[[], list[str]]) -> None:
    asked_for("saran", 6)
    asked_for("brest", 2)
    with transaction.atomic():
        outbox.enqueue(send_mail, **MAIL)
    assert queue() == [*["saran"] * 3, "brest", "brest", "public", *["saran"] * 3], "none is lost"


def test_the_sweep_has_the_same_order(queue: Callable[[], list[str]]) -> None:
    asked_for("saran", 6)
    asked_for("brest", 2)
    queue()
    cache.clear()
    assert tasks.sweep_outboxes() == 8
    assert queue() == [*["saran"] * 3, "brest", "brest", *["saran"] * 3]


def test_codes_wait_behind_no_share_and_use_none_up(
    queue: Callable[[], list[str]], visit: Callable[..., Client]
) -> None:
    with schema_context("public"):
        saran = Municipality.objects.get(slug="saran")
    for number in range(4):  # five hundred, on the evening when everyone comes
        ask(visit(saran), f"voisine-{number}@example.org")
    asked_for("saran", 4)
    ask(visit(saran), "voisine@example.org")
    asked_for("brest", 1)
    assert queue() == [*["saran"] * 8, "brest", "saran"], "codes at once; the fourth message of another kind behind"


def test_the_sweep_offers_codes_first_and_does_not_count_them(
    queue: Callable[[], list[str]], visit: Callable[..., Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    with schema_context("public"):
        saran = Municipality.objects.get(slug="saran")
    asked_for("saran", 4)
    ask(visit(saran), "voisine@example.org")
    queue()
    cache.clear()
    offered = []
    monkeypatch.setattr(outbox.run_outbox_message, "apply_async", lambda **options: offered.append(options))
    assert tasks.sweep_outboxes() == 5
    with schema_context(saran.schema_name):
        code = OutboxMessage.objects.latest("created_at")
    assert offered[0]["args"] == [str(code.pk)]
    behind = [options["priority"] == allowances.BEHIND_OTHERS for options in offered]
    assert behind == [False] * 4 + [True], "the code, three within the share, one beyond it"


def test_the_service_itself_has_no_share_nor_where_none_is_set(queue: Callable[[], list[str]], settings: Any) -> None:
    for _unused in range(5):
        with transaction.atomic():
            outbox.enqueue(send_mail, **MAIL)
    asked_for("brest", 1)
    assert queue() == [*["public"] * 5, "brest"]
    settings.CITY_TASKS_A_MINUTE = 0
    asked_for("saran", 5)
    asked_for("brest", 1)
    assert queue() == [*["saran"] * 5, "brest"]


def test_each_night_s_forgetting_waits_behind_everything(queue: Callable[[], list[str]]) -> None:
    tasks.forget_what_is_over()
    asked_for("brest", 1)
    assert queue()[0] == "brest"


# ── Mails ────────────────────────────────────────────────────────────────────


def sent_today(number: int, at: Any) -> None:
    cache.set(allowances._mails_key(at), number)


def test_every_mail_that_leaves_is_counted_for_its_city(in_saran: Municipality, mailoutbox: list[Any]) -> None:
    before = allowances.mails(at=timezone.now()).amount
    for _unused in range(3):
        send_mail(**MAIL)
    assert len(mailoutbox) == 3
    assert allowances.mails(at=timezone.now()).amount == before + 3
    with schema_context("public"):
        send_mail(**MAIL)
        assert allowances.mails(at=timezone.now()).most == 0


def test_news_beyond_the_mails_of_a_day_leave_the_next_morning(
    in_saran: Municipality, mailoutbox: list[Any], settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.CITY_MAILS_A_DAY = 100
    user = UserFactory()
    inform(user, at=NOON)
    due = MailPreference.objects.get(user=user).next_mail_at
    assert due
    sent_today(100, due)
    moment = due
    monkeypatch.setattr("notifications.services.digests.timezone.now", lambda: moment)
    run_due(at=due)
    assert mailoutbox == []
    assert Notice.objects.get().mailed_at is None
    morning = MailPreference.objects.get(user=user).next_mail_at
    assert morning
    assert timezone.localtime(morning).hour == 8
    assert timezone.localdate(morning) == timezone.localdate(due) + timedelta(days=1)
    assert OutboxMessage.objects.get().due_at == morning
    moment = morning
    run_due(at=morning)
    assert len(mailoutbox) == 1
    assert Notice.objects.get().mailed_at == morning


def test_what_may_not_be_muted_and_what_lets_people_in_leaves_all_the_same(
    in_saran: Municipality, mailoutbox: list[Any], settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.CITY_MAILS_A_DAY = 1
    user = UserFactory()
    inform(user, at=NOON)
    due = MailPreference.objects.get(user=user).next_mail_at
    assert due
    sent_today(1, due)
    object.__setattr__(types["NEW_ARGUMENT"], "may_be_muted", False)
    try:
        assert send_digest(user_id=user.pk, at=due)
    finally:
        object.__setattr__(types["NEW_ARGUMENT"], "may_be_muted", True)
    OutboxMessage.objects.all().delete()
    sent_today(1, timezone.now())
    with transaction.atomic():
        send_mail_later(template="accounts/email/security_changed", to="a@example.org", context=CHANGED)
    run_due(at=timezone.now())
    assert len(mailoutbox) == 1


CHANGED = {"what": "x", "about": "", "to_do": "", "url": "https://x/", "is_former": False}


# ── What the team reads ──────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        (79, ""),
        (80, "a envoyé aujourd’hui 80 courriels sur 100"),
        (100, "a envoyé ses 100 courriels d’aujourd’hui"),
    ],
)
def test_the_team_reads_when_mails_are_nearly_used_up(
    visit: Callable[..., Client], person: Callable[..., Any], saran: Municipality, settings: Any, sent: int, words: str
) -> None:
    settings.CITY_MAILS_A_DAY = 100
    desk = visit(saran, person(role=Role.ADMINISTRATOR))
    with schema_context(saran.schema_name):
        sent_today(sent, timezone.now())
    page = desk.get("/gestion/").content.decode()
    assert ("courriels" in page and words in page) if words else "a envoyé" not in page


@pytest.mark.parametrize(
    ("stored", "words"),
    [
        (79, ""),
        (80, "occupe 80\xa0Mo sur 100"),
        (100, "a rempli les 100\xa0Mo"),
    ],
)
def test_the_team_reads_when_storage_is_nearly_used_up(
    visit: Callable[..., Client],
    person: Callable[..., Any],
    saran: Municipality,
    settings: Any,
    stored: int,
    words: str,
) -> None:
    settings.CITY_STORAGE_MB = 100
    desk = visit(saran, person(role=Role.ADMINISTRATOR))
    with schema_context(saran.schema_name):
        cache.set("stored", stored * 1_000_000)
    page = desk.get("/gestion/").content.decode()
    assert words in page if words else "plus d’images" not in page


# ── Storage ──────────────────────────────────────────────────────────────────


def test_a_full_city_takes_no_file_says_so_and_goes_on(
    in_saran: Municipality, visit: Callable[..., Client], settings: Any
) -> None:
    assert LogoField().clean(upload())
    settings.CITY_STORAGE_MB = 1
    a_picture(1_000_000)
    assert allowances.storage().is_used_up
    for field in (LogoField(), PhotoField(), DocumentField()):
        with pytest.raises(ValidationError, match="n’a plus de place"):
            field.clean(upload())
    assert LogoField(required=False).clean(None) is None
    assert visit(in_saran, stays=True).get("/").status_code == 200
    settings.CITY_STORAGE_MB = 5000
    assert LogoField().clean(upload())


def test_what_is_stored_is_measured_now_and_then(in_saran: Municipality, settings: Any, brest: Municipality) -> None:
    settings.CITY_STORAGE_MB = 100
    a_picture(1000)
    measured = allowances.storage().amount
    cache.set("stored", measured + 7)
    assert allowances.storage().amount == measured + 7, "not at each page"
    with schema_context(brest.schema_name):
        assert allowances.storage().amount != measured + 7, "each city its own"
    with schema_context("public"):
        assert allowances.storage().most == 0


def test_what_is_replaced_is_counted_once_and_what_is_deleted_no_longer(in_saran: Municipality, settings: Any) -> None:
    settings.CITY_STORAGE_MB = 100
    before = allowances.storage().amount
    draft = DraftFactory(author=UserFactory())
    for _unused in range(4):
        draft.picture, former = a_picture(170_000), draft.picture
        draft.save()
        if former:
            former.delete()
    cache.delete("stored")
    assert allowances.storage().amount == before + 170_000
    Picture.objects.all().delete()
    cache.delete("stored")
    assert allowances.storage().amount == before


def test_files_of_every_kind_are_counted(in_saran: Municipality, settings: Any) -> None:
    with CaptureQueriesContext(connection) as asked:
        settings.CITY_STORAGE_MB = 100
        cache.delete("stored")
        allowances.storage()
    (query,) = (each["sql"] for each in asked.captured_queries if "octet_length" in each["sql"])
    for table in ("participation_picture", "participation_sheetpiece", "framing_documentpart", "framing_logo"):
        assert f'"{table}"' in query
    assert "billing" not in query
