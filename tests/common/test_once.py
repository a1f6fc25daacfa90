"""What tests begin with is made once and put back as it was; where that could tell something else it is made again."""

from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone
from django_tenants.utils import schema_context

from common.models import OutboxMessage
from consultations.framing.models import Consultation
from consultations.participation.models import Proposal
from tenants.models import Municipality
from tests.participation.factories import ArgumentFactory, ProposalFactory
from tests.support.once import once


class World:
    """In Saran: a proposal with an argument, another title of the consultation, a task that is done already."""

    made = 0

    def make(self) -> Proposal:
        self.made += 1
        proposal = ArgumentFactory(proposal__solution="Un « banc »\n\\ deux").proposal
        Consultation.objects.update(title="Nos rues", opened_at=timezone.now())
        OutboxMessage.objects.create(task="accounts.tasks.send_mail").delete()
        return proposal

    def less(self) -> None:
        self.made += 1
        Consultation.objects.all().delete()


def rows() -> list[Any]:
    kinds = (Consultation, Proposal, OutboxMessage)
    return [list(kind._default_manager.order_by("pk").values()) for kind in kinds]


def test_what_is_made_is_put_back_row_by_row(real_db: str, monkeypatch: pytest.MonkeyPatch) -> None:
    saran, world, found = Municipality.objects.get(slug="saran"), World(), []
    for _test in range(2):
        with schema_context(saran.schema_name), transaction.atomic():
            proposal = once("world", world.make)
            assert Proposal.objects.get(pk=proposal.pk).arguments.count() == 1
            assert ProposalFactory().pk > proposal.pk
            found.append(rows()[0] + [proposal.solution] + rows()[1][:1])
            transaction.set_rollback(True)
    assert found[0] == found[1]
    assert world.made == 1
    now = timezone.now()
    for changes in (ProposalFactory, lambda: monkeypatch.setattr(timezone, "now", lambda: now)):
        with schema_context(saran.schema_name), transaction.atomic():
            changes()
            once("world", world.make)
            transaction.set_rollback(True)
    assert world.made == 3  # something had been done before; it was another day


def test_what_takes_rows_away_is_done_each_time(real_db: str) -> None:
    saran, world = Municipality.objects.get(slug="saran"), World()
    for _test in range(2):
        with schema_context(saran.schema_name), transaction.atomic():
            once("less", world.less)
            assert not Consultation.objects.exists()
            transaction.set_rollback(True)
    assert world.made == 2
