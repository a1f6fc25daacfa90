"""One message of the outbox a city says that campaigns wait to be sent: it is there as long as any does.

As webhooks do (webhooks.services.waking): who adds something looks for it, and who has sent everything takes it away,
each holding one lock until their commit.
"""

from datetime import datetime

from django.db.models import Min

from common.db import connection
from common.outbox import enqueue, enqueue_each_at, messages_of, outbox_task
from consultations.animation.enums import CampaignState, RecipientState
from consultations.animation.models import Campaign, Recipient

# Workers of its own: codes and news never wait behind twenty thousand messages, nor those behind them.
QUEUE = "campaigns"


@outbox_task(queue=QUEUE)
def send_campaigns(**kwargs: object) -> None:
    from consultations.animation.services.sending import send_for_a_while

    send_for_a_while()


def wake(*, at: datetime) -> None:
    """Have what is due sent, soon or at its hour. In the transaction that decides it."""
    _hold()
    due_at = next_due()
    if due_at is None:
        return
    first = messages_of(send_campaigns).filter(due_at__lte=max(due_at, at))
    if not first.exists():
        _replace(due_at, at=at)


def rest(*, at: datetime, not_before: datetime | None = None) -> None:
    """This round is over: have the next one come when something is due, or none. In a transaction."""
    _hold()
    due_at = next_due()
    if due_at is None:
        messages_of(send_campaigns).delete()
    else:
        _replace(max(due_at, not_before or due_at), at=at)


def next_due() -> datetime | None:
    """When something is next to be sent; None: nothing waits."""
    found: list[datetime] = []
    planned = Campaign.objects.filter(state=CampaignState.PLANNED).aggregate(at=Min("planned_at"))["at"]
    if planned:
        found.append(planned)
    for campaign in Campaign.objects.filter(state=CampaignState.SENDING):
        waiting = Recipient.objects.filter(campaign=campaign, state=RecipientState.WAITING)
        due_at = waiting.aggregate(at=Min("due_at"))["at"]
        # One in flight whose process was killed, or nothing left: the next round sees to it.
        due_at = due_at or campaign.planned_at
        assert due_at is not None
        found.append(max(due_at, campaign.rests_until or due_at))
    return min(found, default=None)


def _replace(due_at: datetime, *, at: datetime) -> None:
    messages_of(send_campaigns).delete()
    if due_at <= at:
        enqueue(send_campaigns)
    else:
        enqueue_each_at(send_campaigns, [(due_at, {})])


def _hold() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"campaigns:{connection.schema_name}"])
