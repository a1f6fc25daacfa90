"""Those of a consultation hear once that a phase begins, and that one ends soon."""

from datetime import timedelta

import pytest
from django.utils import timezone

from common.outbox import messages_of, send_event
from consultations.framing.enums import PhaseKind
from consultations.framing.models import Consultation, Phase
from consultations.worklist.events import phase_told
from consultations.worklist.services.phases import tell_of_phases
from consultations.worklist.tasks import cities_to_tell
from notifications.models import Notice
from notifications.selectors import all_notices
from tenants.models import Municipality
from tests.accounts.factories import UserFactory
from tests.participation.factories import ProposalFactory

pytestmark = pytest.mark.dates


def run() -> None:
    for message in messages_of(send_event).order_by("pk"):
        if message.payload["event"] == phase_told.name:
            phase_told.send(None, **message.payload["payload"])


def test_a_phase_that_begins_and_one_that_ends_soon_are_told_once(in_saran: Municipality) -> None:
    at, day = timezone.now(), timedelta(days=1)
    Consultation.objects.update(opened_at=at - 60 * day)
    Phase.objects.update(opens_at=at + 100 * day, closes_at=at + 200 * day)
    author = ProposalFactory().author
    UserFactory()  # nothing to do with it
    Phase.objects.filter(kind=PhaseKind.PROPOSE).update(opens_at=at - 30 * day, closes_at=at + 2 * day)
    Phase.objects.filter(kind=PhaseKind.REWORK).update(opens_at=at - day / 2, closes_at=at + 40 * day)
    assert in_saran.schema_name in cities_to_tell(at=at)
    assert [tell_of_phases(at=at) for _twice in range(2)] == [2, 0]
    for _twice in range(2):
        run()
    assert set(Notice.objects.values_list("user", "type", "count")) == {(author.pk, "PHASE_TOLD", 1)}
    said = " ".join(each.words.sentence for each in all_notices(author))
    assert "une nouvelle étape a commencé\u00a0: «\u00a0Réécrire\u00a0»" in said
    assert "«\u00a0Proposer\u00a0» se termine le" in said
    Phase.objects.filter(kind=PhaseKind.PROPOSE).update(closes_at=at + 20 * day)
    assert {each.words.is_over for each in all_notices(author)} == {False, True}
    assert tell_of_phases(at=at + 18 * day) == 1  # of the new date


def test_what_is_long_over_or_far_is_not_told(in_saran: Municipality) -> None:
    at, day = timezone.now(), timedelta(days=1)
    Consultation.objects.update(opened_at=at - 60 * day)
    Phase.objects.update(opens_at=at - 2 * day, closes_at=at + 10 * day)
    assert tell_of_phases(at=at) == 0
    assert in_saran.schema_name not in cities_to_tell(at=at)
