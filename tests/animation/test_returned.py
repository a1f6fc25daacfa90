"""What comes back: an address that does not exist is written to once, others three times; a complaint withdraws."""

from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import timezone

from consultations.animation.enums import Returned
from consultations.animation.models import Recipient
from consultations.animation.selectors import totals
from consultations.animation.services.composing import message_id
from consultations.animation.services.returned import read_report, take_report
from consultations.animation.services.sending import send_for_a_while
from notifications.models import MailAgreement
from notifications.selectors import reachable
from tenants.models import Municipality
from tests.animation.factories import CampaignFactory, agreeing, decided

_DSN = """\
From: MAILER-DAEMON@relay.example
To: contact@territoires.example
Subject: Undelivered Mail Returned to Sender
Message-ID: <0123456789abcdef0123456789abcdef.m_other@relay.example>
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="B"

--B
Content-Type: text/plain

This is the mail system. I could not deliver your message.

--B
Content-Type: message/delivery-status

Reporting-MTA: dns; relay.example

Final-Recipient: rfc822; somebody@example.org
Action: {action}
Status: {status}
Diagnostic-Code: smtp; 550 {status} no

--B
Content-Type: {kind}

From: Saran <contact@territoires.example>
Subject: Rencontre
Message-ID: {number}

--B--
"""
_ARF = """\
From: fbl@provider.example
MIME-Version: 1.0
Content-Type: multipart/report; report-type=feedback-report; boundary="B"

--B
Content-Type: text/plain

This is an abuse report.

--B
Content-Type: message/feedback-report

Feedback-Type: abuse
User-Agent: Provider/1.0
Version: 1

--B
Content-Type: message/rfc822

From: Saran <contact@territoires.example>
Message-ID: {number}

Bonjour
--B--
"""


def report(
    row: Recipient, *, action: str = "failed", status: str = "5.1.1", kind: str = "text/rfc822-headers"
) -> bytes:
    number = message_id(row.pk.hex, sender="Saran <contact@territoires.example>")
    return _DSN.format(action=action, status=status, kind=kind, number=number).encode()


def sent() -> Recipient:
    campaign = decided(CampaignFactory())
    send_for_a_while()
    return Recipient.objects.get(campaign=campaign)


def take(raw: bytes) -> bool:
    found = read_report(raw)
    return found is not None and take_report(found, at=timezone.now())


@pytest.mark.parametrize("kind", ["text/rfc822-headers", "message/rfc822"])
def test_a_mailbox_that_does_not_exist_is_written_to_no_more(
    in_saran: Municipality, mailoutbox: list[Any], kind: str
) -> None:
    agreeing()
    row = sent()
    raw = report(row, kind=kind)
    assert take(raw)
    assert not take(raw), "the same report again"
    assert not reachable().exists()
    row.refresh_from_db()
    assert (row.returned, totals(row.campaign).came_back) == (Returned.HARD, 1)


def test_others_stop_at_the_third(in_saran: Municipality, mailoutbox: list[Any]) -> None:
    agreeing()
    for times in (1, 2, 3):
        assert reachable().exists()
        assert take(report(sent(), status="5.2.2"))
        assert MailAgreement.objects.get().bounces == times
    assert not reachable().exists()


def test_a_complaint_withdraws_the_agreement(in_saran: Municipality, mailoutbox: list[Any]) -> None:
    agreeing()
    row = sent()
    number = message_id(row.pk.hex, sender="Saran <contact@territoires.example>")
    assert take(_ARF.format(number=number).encode())
    assert not MailAgreement.objects.get().holds
    assert totals(row.campaign).complained == 1


def test_what_is_no_report_of_ours_changes_nothing(in_saran: Municipality, mailoutbox: list[Any]) -> None:
    agreeing()
    row = sent()
    good = report(row)
    for raw in (
        report(row, action="delayed", status="4.4.1"),
        good.replace(row.pk.hex.encode(), b"f" * 32),
        good.replace(in_saran.schema_name.encode(), b"m_nowhere"),
        good.replace(in_saran.schema_name.encode(), b"public"),
        good.replace(b"message/delivery-status\n", b"text/plain\n"),
        b"",
        b"\xff\xfe\x00",
        b"Subject: Out of office\n\nI am away.",
    ):
        assert not take(raw), raw[:200]
    row.refresh_from_db()
    assert row.returned == ""
    assert reachable().exists()


def test_a_folder_is_read_once(in_saran: Municipality, mailoutbox: list[Any], tmp_path: Path) -> None:
    agreeing()
    for name in ("new", "cur", "tmp"):
        (tmp_path / name).mkdir()
    (tmp_path / "new" / "1.report").write_bytes(report(sent()))
    (tmp_path / "new" / "2.other").write_bytes(b"Subject: Hello\n\nHello")
    for expected in ("1 reports taken", "0 reports taken"):
        said = StringIO()
        call_command("take_returned_mail", maildir=str(tmp_path), stdout=said)
        assert expected in said.getvalue()
    assert not list((tmp_path / "new").iterdir())
    assert len(list((tmp_path / "cur").iterdir())) == 2


DEEP = b"".join(b'Content-Type: multipart/mixed; boundary="b%d"\n\n--b%d\n' % (n, n) for n in range(1500))


@pytest.mark.parametrize("bad", [DEEP, b"Content-Type: message/rfc822\n\n" * 1500])
def test_a_message_that_nothing_can_read_holds_up_no_other(
    in_saran: Municipality, mailoutbox: list[Any], tmp_path: Path, bad: bytes
) -> None:
    agreeing()
    for name in ("new", "cur", "tmp"):
        (tmp_path / name).mkdir()
    (tmp_path / "new" / "1.bad").write_bytes(bad)
    (tmp_path / "new" / "2.report").write_bytes(report(sent()))
    said = StringIO()
    call_command("take_returned_mail", maildir=str(tmp_path), stdout=said)
    assert "1 reports taken" in said.getvalue()
    assert {each.name for each in (tmp_path / "cur").iterdir()} == {"1.bad:2,S", "2.report:2,S"}
    assert not list((tmp_path / "new").iterdir())
