"""What mail providers tell by webhooks: in their own shapes, once, of people of one city; nothing of it is logged."""

import json
import logging
from base64 import b64encode
from collections.abc import Callable
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone
from django_tenants.utils import schema_context

from consultations.animation.enums import Returned
from consultations.animation.models import Recipient
from consultations.animation.selectors import totals
from consultations.animation.services.composing import composed, message_for
from consultations.animation.services.sending import send_for_a_while
from consultations.animation.web.views import MAX_BODY
from notifications.models import MailAgreement
from notifications.selectors import reachable
from notifications.services.agreeing import agree
from tenants.models import Municipality
from tests.animation.factories import CampaignFactory, agreeing, decided

SECRET = "fournisseur:un-long-secret"
Told = Callable[..., HttpResponse]


def brevo(event: str, about: str, **more: Any) -> dict[str, Any]:
    """As in https://developers.brevo.com/docs/transactional-webhooks."""
    return {
        "event": event,
        "email": "personne@exemple.fr",
        "id": 26224,
        "date": "2026-11-30 10:00:00",
        "ts": 1796040000,
        "ts_event": 1796040000,
        "ts_epoch": 1796040000000,
        "message-id": "<201798300811.5787683@relay.domain.com>",
        "subject": "Rencontre",
        "X-Mailin-custom": json.dumps({"message": about}),
        "sending_ip": "185.41.28.109",
        "reason": "550 5.1.1 personne@exemple.fr unknown",
        "tags": ["x"],
        **more,
    }


def mailjet(event: str, about: str, **more: Any) -> dict[str, Any]:
    """As in https://dev.mailjet.com/email/guides/webhooks/."""
    return {
        "event": event,
        "time": 1796040000,
        "MessageID": 19421777396190490,
        "Message_GUID": "1ab23cd4-e567-8901-2345-6789f0gh1i2j",
        "email": "personne@exemple.fr",
        "mj_campaign_id": 7173,
        "mj_contact_id": 320,
        "customcampaign": "",
        "CustomID": "",
        "Payload": json.dumps({"message": about}),
        "blocked": False,
        "hard_bounce": False,
        "error_related_to": "recipient",
        "error": "user unknown",
        "comment": "Host or domain name not found",
        **more,
    }


def postmark(record: str, kind: str, about: str, **more: Any) -> dict[str, Any]:
    """As in https://postmarkapp.com/developer/webhooks/bounce-webhook."""
    return {
        "RecordType": record,
        "MessageStream": "broadcast",
        "ID": 4323372036854775807,
        "Type": kind,
        "TypeCode": 1,
        "Name": "Hard bounce",
        "Metadata": {"message": about},
        "ServerID": 23,
        "MessageID": "883953f4-6105-42a2-a16a-77a8eac79483",
        "Description": "The server was unable to deliver your message.",
        "Details": "550 5.1.1 personne@exemple.fr unknown",
        "Email": "personne@exemple.fr",
        "From": "contact@exemple.fr",
        "BouncedAt": "2026-11-30T10:00:00Z",
        "DumpAvailable": True,
        "Inactive": True,
        "CanActivate": True,
        **more,
    }


@pytest.fixture
def told(in_saran: Municipality, settings: Any, visit: Callable[..., Client]) -> Told:
    """A provider tells something, from outside any city."""
    settings.MAIL_WEBHOOK_SECRET = SECRET
    client = visit(None, enforce_csrf_checks=True)

    def tell(provider: str, body: Any, *, secret: str = SECRET) -> HttpResponse:
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        given = {"authorization": "Basic " + b64encode(secret.encode()).decode()} if secret else {}
        address = f"/courriel/retours/{provider}/"
        with schema_context("public"):  # and back where the test is
            return client.post(address, raw, content_type="application/json", headers=given)  # type: ignore[return-value]

    return tell


def sent() -> Recipient:
    campaign = decided(CampaignFactory())
    send_for_a_while()
    return Recipient.objects.get(campaign=campaign)


def about(row: Recipient, city: Municipality) -> str:
    return f"{row.pk.hex}.{city.schema_name}"


def test_each_provider_in_its_own_shape(told: Told, in_saran: Municipality, mailoutbox: list[Any]) -> None:
    hard, soft, complaint = Returned.HARD, Returned.SOFT, Returned.COMPLAINT
    cases: list[tuple[str, Callable[[str], Any], str]] = [
        ("brevo", lambda at: brevo("hard_bounce", at), hard),
        ("brevo", lambda at: brevo("invalid_email", at), hard),
        ("brevo", lambda at: brevo("soft_bounce", at), soft),
        ("brevo", lambda at: brevo("spam", at), complaint),
        ("brevo", lambda at: brevo("blocked", at), ""),
        ("brevo", lambda at: brevo("delivered", at), ""),
        ("brevo", lambda at: brevo("unique_opened", at), ""),
        ("brevo", lambda at: {**brevo("hard_bounce", ""), "message-id": f"<{at}@exemple.fr>"}, hard),
        ("mailjet", lambda at: [mailjet("bounce", at, hard_bounce=True), mailjet("sent", at)], hard),
        ("mailjet", lambda at: mailjet("bounce", at, error="quota exceeded"), soft),
        ("mailjet", lambda at: mailjet("bounce", at, error="greylisted"), ""),
        ("mailjet", lambda at: mailjet("blocked", at, error="content blocked", error_related_to="content"), ""),
        ("mailjet", lambda at: mailjet("spam", at, source="JMRPP"), complaint),
        ("postmark", lambda at: postmark("Bounce", "HardBounce", at), hard),
        ("postmark", lambda at: postmark("Bounce", "BadEmailAddress", at), hard),
        ("postmark", lambda at: postmark("Bounce", "SoftBounce", at), soft),
        ("postmark", lambda at: postmark("Bounce", "Transient", at), ""),
        ("postmark", lambda at: postmark("SpamComplaint", "SpamComplaint", at), complaint),
    ]
    for _case in cases:
        agreeing()
    campaign = decided(CampaignFactory())
    send_for_a_while()
    rows = list(Recipient.objects.filter(campaign=campaign))
    for row, (provider, body, expected) in zip(rows, cases, strict=True):
        assert told(provider, body(about(row, in_saran))).status_code == 200
        row.refresh_from_db()
        assert row.returned == expected, (provider, body("…"))
        agreement = MailAgreement.objects.get(user=row.user)
        assert agreement.holds == (expected != complaint)
        assert bool(agreement.undeliverable) == (expected == hard)
    assert totals(campaign).complained == 3


def test_told_again_changes_nothing_and_what_weighs_more_still_counts(
    told: Told, in_saran: Municipality, mailoutbox: list[Any]
) -> None:
    user = agreeing()
    row = sent()
    for _twice in range(2):
        assert told("brevo", brevo("soft_bounce", about(row, in_saran))).status_code == 200
    assert MailAgreement.objects.get().bounces == 1
    assert told("brevo", brevo("spam", about(row, in_saran))).status_code == 200
    assert not MailAgreement.objects.get().holds
    agree(user=user, words="Oui.", at=timezone.now())
    assert told("brevo", brevo("spam", about(row, in_saran))).status_code == 200
    assert MailAgreement.objects.get().holds, "they agreed anew since"


def test_soft_three_times_stops(told: Told, in_saran: Municipality, mailoutbox: list[Any]) -> None:
    agreeing()
    for _times in range(3):
        assert reachable().exists()
        told("mailjet", mailjet("bounce", about(sent(), in_saran), error="quota exceeded"))
    assert not reachable().exists()


def test_who_stops_by_the_link_of_the_provider_is_written_to_no_more(
    told: Told, in_saran: Municipality, mailoutbox: list[Any]
) -> None:
    agreeing()
    told("brevo", brevo("unsubscribe", about(sent(), in_saran)))
    assert not MailAgreement.objects.get().holds


def test_what_is_not_ours_is_taken_and_changes_nothing(
    told: Told, in_saran: Municipality, mailoutbox: list[Any]
) -> None:
    agreeing()
    row = sent()
    for number in ("", "x", f"{row.pk.hex}.public", f"{row.pk.hex}.m_nowhere", f"{'f' * 32}.{in_saran.schema_name}"):
        assert told("brevo", brevo("hard_bounce", number)).status_code == 200, number
    assert told("mailjet", []).status_code == 200
    # Of who else sends through the same account.
    theirs = {"X-Mailin-custom": "custom_header_1:custom_value_1|custom_header_2:custom_value_2"}
    assert told("brevo", brevo("hard_bounce", "", **theirs)).status_code == 200
    row.refresh_from_db()
    assert row.returned == ""
    assert reachable().exists()


def test_who_does_not_know_the_secret_changes_nothing(
    told: Told, in_saran: Municipality, mailoutbox: list[Any], settings: Any
) -> None:
    agreeing()
    row = sent()
    body = brevo("hard_bounce", about(row, in_saran))
    for secret in ("", "fournisseur:autre", "fournisseur", SECRET + "x"):
        assert told("brevo", body, secret=secret).status_code == 403, secret
    assert told("nobody", body).status_code == 404
    settings.MAIL_WEBHOOK_SECRET = ""
    assert told("brevo", body).status_code == 404
    assert told("brevo", body, secret="").status_code == 404
    row.refresh_from_db()
    assert row.returned == ""


def test_a_body_that_is_no_event_is_refused_and_nothing_of_it_is_logged(
    told: Told, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    for provider in ("brevo", "mailjet", "postmark"):
        for raw in (b"", b"\xff\xfe", b"personne@exemple.fr", b"{"):
            assert told(provider, raw).status_code == 400, (provider, raw)
        for raw in (b"null", b'"personne@exemple.fr"', b"[1]", b"{}"):  # it is signed, and of another kind
            assert told(provider, raw).status_code == 200, (provider, raw)
    assert told("brevo", b" " * (MAX_BODY + 1)).status_code == 413
    assert "unreadable" in caplog.text
    assert "exemple.fr" not in caplog.text


def test_a_message_says_what_its_provider_gives_back(in_saran: Municipality, settings: Any) -> None:
    given: dict[str, Any] = {
        "recipient_hex": "0" * 32,
        "user_id": 7,
        "public_name": "",
        "email": "personne@exemple.fr",
        "generation": 1,
    }
    own = f"{'0' * 32}.{in_saran.schema_name}"
    for provider, header in {
        "brevo": f'X-Mailin-custom: {{"message":"{own}"}}',
        "mailjet": f'X-MJ-EventPayload: {{"message":"{own}"}}',
        "postmark": f"X-PM-Metadata-message: {own}",
    }.items():
        settings.MAIL_PROVIDER = provider
        message = message_for(composed(CampaignFactory(), city=in_saran), **given)
        assert message.written, provider  # type: ignore[attr-defined]
        assert f"\r\n{header}\r\n" in message.message().as_bytes().decode()
