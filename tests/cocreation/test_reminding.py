"""The team asks authors to answer what waits for them: one notice, however often it is asked for on one day."""

from datetime import timedelta

from django.utils import timezone

from accounts.enums import Role
from common.outbox import messages_of, send_event
from consultations.cocreation.events import authors_reminded
from consultations.cocreation.services.reminding import remind_authors
from consultations.participation.enums import Verdict
from notifications.models import Notice
from notifications.selectors import all_notices
from tenants.models import Municipality
from tests.accounts.factories import UserFactory
from tests.participation.factories import ArgumentFactory


def test_authors_are_reminded_once_a_day_of_what_still_waits(in_saran: Municipality) -> None:
    waits, answered = ArgumentFactory(), ArgumentFactory(verdict=Verdict.TAKEN)
    team, at = UserFactory(role=Role.FACILITATOR), timezone.now()
    proposals = [waits.proposal_id, answered.proposal_id]
    for _twice in range(2):
        assert remind_authors(proposals=proposals, by=team, at=at, words="") == 2
    for message in messages_of(send_event).order_by("pk"):
        if message.payload["event"] == authors_reminded.name:
            authors_reminded.send(None, **message.payload["payload"])
    author = waits.proposal.author
    assert list(Notice.objects.values_list("user", "type", "count")) == [(author.pk, "AUTHOR_REMINDED", 1)]
    (told,) = all_notices(author)
    assert f"Des arguments attendent votre réponse sur «\u00a0{waits.proposal.title}\u00a0»" in told.words.sentence
    assert told.words.target.startswith(f"/propositions/{waits.proposal_id}/")
    assert at - waits.submitted_at < timedelta(days=1)
