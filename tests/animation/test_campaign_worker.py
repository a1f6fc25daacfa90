"""A real worker and a real mail server: killed, it loses nobody; and codes do not wait for it."""

import os
import signal
import time
from collections.abc import Iterator

import pytest
from celery import current_app
from django.core.cache import cache
from django.utils import timezone
from django_tenants.utils import schema_context

from accounts.tasks import send_mail
from common.outbox import enqueue, messages_of
from consultations.animation.enums import CampaignState
from consultations.animation.models import Campaign, Recipient
from consultations.animation.services.waking import QUEUE
from notifications.models import MailAgreement
from tenants.models import Municipality
from tenants.tasks import sweep_outboxes
from tests.accounts.factories import UserFactory
from tests.animation.factories import AgreementFactory, CampaignFactory, decided
from tests.processes import Inbox, eventually, inbox, worker

PEOPLE = 300


@pytest.fixture
def broker(real_db: str) -> Iterator[None]:
    """Empty queues: the workers of one Redis share them."""

    def purge() -> None:
        current_app.control.purge()
        with current_app.connection_for_write() as link:
            link.default_channel.queue_purge(QUEUE)

    with current_app.connection_for_write() as link:
        link.default_channel.queue_declare(QUEUE, durable=True)
    purge()
    yield
    purge()


def campaign_of_many(saran: Municipality) -> Campaign:
    with schema_context(saran.schema_name):
        people = [UserFactory(public_name="") for _unused in range(3)]
        type(people[0]).objects.bulk_create(
            UserFactory.build(public_name="", last_login=timezone.now()) for _unused in range(PEOPLE)
        )
        found = list(type(people[0]).objects.filter(last_login__isnull=False, mail_agreement=None))
        MailAgreement.objects.bulk_create(AgreementFactory.build(user=user) for user in found)
        return decided(CampaignFactory())


def ids(received: Inbox) -> list[str]:
    return [message["Message-ID"] for message in received.messages if message["List-Unsubscribe"]]


def test_killed_in_the_middle_it_loses_nobody_and_codes_do_not_wait(broker: None) -> None:
    saran = Municipality.objects.get(slug="saran")
    with inbox() as received:
        settings = {"EMAIL_URL": received.url, "CAMPAIGN_CITY_A_MINUTE": "0", "CAMPAIGN_FLEET_A_MINUTE": "0"}
        with worker(queue=QUEUE, threads=2, **settings) as first, worker(**settings):
            campaign = campaign_of_many(saran)
            assert eventually(lambda: len(ids(received)) >= 20)
            with schema_context(saran.schema_name):
                began = time.monotonic()
                enqueue(send_mail, is_awaited=True, to="code@exemple.fr", subject="123456", body="x", sender="a@b.fr")
            received.take("code@exemple.fr")
            assert time.monotonic() - began < 2, "a code waited for a campaign"
            os.kill(first.pid, signal.SIGKILL)
            assert len(ids(received)) < PEOPLE, "it was killed in the middle"
        cache.clear()  # a minute later
        with worker(queue=QUEUE, threads=2, **settings):

            def is_over() -> bool:
                sweep_outboxes()
                with schema_context(saran.schema_name):
                    return Campaign.objects.get(pk=campaign.pk).state == CampaignState.SENT

            assert eventually(is_over)
    with schema_context(saran.schema_name):
        people, uncertain = Recipient.objects.count(), Recipient.objects.filter(is_uncertain=True).count()
        assert not Recipient.objects.exclude(state="SENT").exists()
        assert messages_of(send_mail).count() == 0
    received_ids = ids(received)
    assert len(set(received_ids)) == people >= PEOPLE
    assert len(received_ids) - people <= uncertain <= 1
