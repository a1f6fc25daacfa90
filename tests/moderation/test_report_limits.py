"""Who floods reports silences nobody else, and counts once."""

from typing import Any

import pytest
from django.conf import settings
from django_tenants.utils import schema_context

from accounts.tasks import send_mail
from common.limits import Rate
from common.outbox import messages_of
from consultations.moderation.limits import RECEIPTS, UNSIGNED_REPORTS
from consultations.moderation.models import Case, Report
from consultations.moderation.services.morning import tell_at_once
from consultations.moderation.services.refusals import ReportedNearby
from tenants.models import Municipality
from tests.accounts.factories import UserFactory
from tests.moderation.conftest import CityClient
from tests.moderation.factories import moderator
from tests.participation.factories import ArgumentFactory

pytestmark = pytest.mark.usefixtures("in_saran")

GRAVE = {
    "raison": "ILLEGAL",
    "words": "Ce texte menace une personne du quartier.",
    "name": "Anne Dupré",
    "email": "anne@example.org",
    "in_good_faith": "on",
}


def sent(city: Municipality, argument: Any, *, network: str = "192.0.2.1", user: Any = None, **typed: str) -> int:
    """From a browser that was never here."""
    client = CityClient(city, REMOTE_ADDR=network)
    if user is not None:
        client.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[0])
    return client.post(f"/signaler/argument/{argument.pk}/", {"raison": "INSULT", **typed}).status_code


def test_without_an_account_a_network_counts_once_for_each_text(in_saran: Municipality) -> None:
    argument = ArgumentFactory()
    assert [sent(in_saran, argument) for _time in range(3)] == [302, 409, 409]
    again = CityClient(in_saran, REMOTE_ADDR="192.0.2.1").post(
        f"/signaler/argument/{argument.pk}/", {"raison": "INSULT"}
    )
    assert str(ReportedNearby.message) in again.content.decode()
    assert [sent(in_saran, argument, network=f"198.51.100.{host}") for host in range(3)] == [302] * 3
    assert sent(in_saran, argument, user=UserFactory()) == 302
    assert sent(in_saran, ArgumentFactory()) == 302
    assert Case.objects.get(subject_id=argument.pk).report_count == 5


def test_a_refused_report_is_not_counted(in_saran: Municipality) -> None:
    argument = ArgumentFactory()
    assert sent(in_saran, argument, words="x" * 3000) == 422
    assert sent(in_saran, argument) == 302


def test_a_flood_keeps_nobody_from_reporting_what_is_grave_or_with_an_account(
    in_saran: Municipality, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(UNSIGNED_REPORTS, "rates", (Rate(2, 600, "key"),))
    texts = [ArgumentFactory() for _number in range(4)]
    assert [sent(in_saran, text) for text in texts] == [302, 302, 429, 429]
    assert sent(in_saran, texts[2], network="198.51.100.7") == 302
    assert sent(in_saran, texts[3], user=UserFactory()) == 302
    assert sent(in_saran, texts[3], **GRAVE) == 302
    children = {**GRAVE, "name": "", "email": "", "about_children": "on"}
    assert sent(in_saran, texts[2], **children) == 302


def test_one_city_s_flood_is_not_another_s(
    in_saran: Municipality, brest: Municipality, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(UNSIGNED_REPORTS, "rates", (Rate(1, 600, "key"),))
    assert [sent(in_saran, ArgumentFactory()) for _time in range(2)] == [302, 429]
    with schema_context(brest.schema_name):
        there = ArgumentFactory()
    assert sent(brest, there) == 302


def test_one_mailbox_gets_no_flood_of_receipts(in_saran: Municipality) -> None:
    most = RECEIPTS.rates[0].amount
    answers = [sent(in_saran, ArgumentFactory(), network=f"198.51.100.{host}", **GRAVE) for host in range(most + 1)]
    assert answers == [302] * most + [429]


def test_the_team_is_called_once_for_one_text(in_saran: Municipality) -> None:
    judge, argument = moderator(), ArgumentFactory()
    for host in range(2):
        sent(in_saran, argument, network=f"198.51.100.{host}", **{**GRAVE, "email": f"anne{host}@example.org"})
    for report in Report.objects.order_by("pk"):
        tell_at_once(report_id=report.pk)
    assert [message.payload["to"] for message in messages_of(send_mail)].count(judge.email) == 1
