"""Sending the campaigns of the present city: a round at a time, over one connection, by one worker.

Each message is claimed, sent, marked. Claiming the next one marks the one before, in one statement and one commit: a
process that is killed leaves one in flight at most, which is sent again under the same Message-ID and called uncertain.
Nothing is ever given up because the mail server is away or asks to wait: the campaign rests, less and less often.
"""

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.core.mail import get_connection
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from common.city import present_city
from common.db import connection
from consultations.animation.enums import CampaignState, Problem, RecipientState
from consultations.animation.models import Campaign, Recipient
from consultations.animation.selectors import totals
from consultations.animation.services import waking
from consultations.animation.services.answers import SENT, Answer, Means, answer_to, answer_to_opening
from consultations.animation.services.composing import Composed, composed, message_for
from consultations.animation.services.throttle import Pace, next_minute
from notifications.services.bounces import bounced

logger = logging.getLogger(__name__)

ROUND_SECONDS = 20.0
_LOT = 500
# Of the mail server: between one failure and the next try.
_RESTS = [timedelta(minutes=minutes) for minutes in (1, 2, 5, 10, 20, 30, 60)]
# Of one person whose server says "later": eight tries in a little more than two days.
_LATER = [timedelta(minutes=minutes) for minutes in (5, 15, 60, 240, 480, 960, 1440)]
# So many refusals one after the other, not of addresses: it is our messages that are refused.
_REFUSED_IN_A_ROW = 20
# Of a city whose pages nobody reads at present.
_NOT_NOW = timedelta(hours=1)


def send_for_a_while() -> None:
    until = time.monotonic() + ROUND_SECONDS
    with _alone() as alone:
        if not alone:  # another worker is at it, and makes the next appointment
            return
        not_before = _round(until)
        _settle_stopped()
    with transaction.atomic():
        waking.rest(at=timezone.now(), not_before=not_before)


@contextmanager
def _alone() -> Iterator[bool]:
    """One round at a time in a city. The lock is the session's: it goes with the process that is killed."""
    key = [f"campaign round:{connection.schema_name}"]
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(hashtextextended(%s, 0))", key)
        alone = bool(cursor.fetchone()[0])
        if alone:
            # A mark is seen by everybody at once, and on the disk within half a second: waiting for it there takes
            # longer than sending. Where the database's own server falls, messages of that half second may be repeated.
            cursor.execute("SET synchronous_commit TO off")
    try:
        yield alone
    finally:
        if alone:
            with connection.cursor() as cursor:
                cursor.execute("RESET synchronous_commit")
                cursor.execute("SELECT pg_advisory_unlock(hashtextextended(%s, 0))", key)


def _round(until: float) -> datetime | None:
    """Send until nothing is due, the time is over, or the minute is used up; not before when to come back, if known."""
    city = present_city()
    if city is None or not (city.sends_digests and city.takes_writing) or city.moved_at or city.maintenance_since:
        return timezone.now() + _NOT_NOW
    _find_what_was_in_flight()
    _begin(at=timezone.now())
    pace = Pace()
    while time.monotonic() < until:
        campaign = _next(at=timezone.now())
        if campaign is None:
            return None
        if not _Sender(campaign, city, pace).send(until):
            return next_minute(timezone.now())
    return None


def _find_what_was_in_flight() -> None:
    """Nobody else is sending: whatever is in flight was, when a process ended. It may have left."""
    Recipient.objects.filter(state=RecipientState.SENDING).update(
        state=RecipientState.WAITING, is_uncertain=True, due_at=timezone.now()
    )


def _settle_stopped() -> None:
    """What came back to wait after its campaign was stopped."""
    late = Recipient.objects.filter(state=RecipientState.WAITING, campaign__state=CampaignState.STOPPED)
    late.update(state=RecipientState.STOPPED)


def _begin(*, at: datetime) -> None:
    Campaign.objects.filter(state=CampaignState.PLANNED, planned_at__lte=at).update(state=CampaignState.SENDING)


def _next(*, at: datetime) -> Campaign | None:
    """The first that has somebody due. Those that have nobody waiting any more are finished on the way."""
    awake = Q(rests_until=None) | Q(rests_until__lte=at)
    for campaign in Campaign.objects.filter(awake, state=CampaignState.SENDING).order_by("planned_at", "pk"):
        waiting = Recipient.objects.filter(campaign=campaign, state=RecipientState.WAITING)
        if waiting.filter(due_at__lte=at).exists():
            return campaign
        if not waiting.exists():
            _finish(campaign, at=at)
    return None


def _finish(campaign: Campaign, *, at: datetime) -> None:
    Campaign.objects.filter(pk=campaign.pk, state=CampaignState.SENDING).update(
        state=CampaignState.SENT, finished_at=at, rests_until=None, failures=0, problem="", code=None
    )
    logger.info("campaign %s finished in %s: %s", campaign.pk, connection.schema_name, totals(campaign).kept())


@dataclass(frozen=True)
class _Claimed:
    pk: UUID
    user_id: int
    email: str
    public_name: str
    generation: int
    tries: int


# Whoever is no longer reachable (notifications.selectors.reachable) is not claimed. The one before is marked with it.
_CLAIM = """
WITH done AS (
  UPDATE animation_recipient SET state = 'SENT', sent_at = %(sent_at)s WHERE id = %(sent)s AND state = 'SENDING'
)
UPDATE animation_recipient r SET state = 'SENDING', tried_at = %(at)s, tries = r.tries + 1
FROM accounts_user u JOIN notifications_mailagreement a ON a.user_id = u.id
WHERE r.id = %(next)s AND r.state = 'WAITING' AND u.id = r.user_id AND u.is_active
  AND (u.last_login IS NOT NULL OR u.public_name <> '') AND u.role <> 'DELEGATE'
  AND a.withdrawn_at IS NULL AND a.undeliverable <> u.email
RETURNING r.id, u.id, u.email, u.public_name, a.generation, r.tries
"""


class _Sender:
    """One campaign over one connection, for as long as the round lasts."""

    def __init__(self, campaign: Campaign, city: Any, pace: Pace) -> None:
        self.campaign, self.pace = campaign, pace
        self.made: Composed = composed(campaign, city=city)
        self.smtp = get_connection()
        self.sent: tuple[UUID, datetime] | None = None  # in flight no more, and not yet marked
        self.refused: list[UUID] = []  # one after the other

    def send(self, until: float) -> bool:
        """False: this minute's share is used up."""
        try:
            self.smtp.open()
        except Exception as problem:
            self._rest(answer_to_opening(problem))
            return True
        try:
            return self._send_due(until)
        finally:
            self._mark()
            with suppress(Exception):
                self.smtp.close()

    def _send_due(self, until: float) -> bool:
        due = Recipient.objects.filter(
            campaign=self.campaign, state=RecipientState.WAITING, due_at__lte=timezone.now()
        ).order_by("due_at", "pk")
        for pk in list(due.values_list("pk", flat=True)[:_LOT]):
            if time.monotonic() >= until:
                return True
            if not self.pace.takes_one(at=timezone.now()):
                return False
            claimed = self._claim(pk)
            if claimed is None:
                _skip(pk)
            elif not self._note(claimed, self._given_to_the_server(claimed)):
                return True
        return True

    def _claim(self, pk: UUID) -> _Claimed | None:
        sent, sent_at = self.sent or (None, None)
        with connection.cursor() as cursor:
            cursor.execute(_CLAIM, {"sent": sent, "sent_at": sent_at, "next": pk, "at": timezone.now()})
            row = cursor.fetchone()
        self.sent = None
        return _Claimed(*row) if row else None

    def _given_to_the_server(self, claimed: _Claimed) -> Answer:
        try:
            message = message_for(
                self.made,
                recipient_hex=claimed.pk.hex,
                user_id=claimed.user_id,
                email=claimed.email,
                public_name=claimed.public_name,
                generation=claimed.generation,
            )
            self.smtp.send_messages([message])
        except Exception as problem:
            return answer_to(problem)
        return SENT

    def _note(self, claimed: _Claimed, answer: Answer) -> bool:
        """False: nothing more can be sent for the moment."""
        if answer.means == Means.SENT:
            self.sent, self.refused = (claimed.pk, timezone.now()), []
            if self.campaign.failures:
                self._is_well()
            return True
        row = Recipient.objects.filter(pk=claimed.pk, state=RecipientState.SENDING)
        now = timezone.now()
        if answer.means == Means.LATER and claimed.tries <= len(_LATER):
            row.update(state=RecipientState.WAITING, due_at=now + _LATER[claimed.tries - 1], code=answer.code)
            return True
        if answer.means in (Means.LATER, Means.REFUSED, Means.BAD_ADDRESS):
            row.update(state=RecipientState.REFUSED, code=answer.code)
            if answer.means != Means.REFUSED:
                is_hard = answer.means == Means.BAD_ADDRESS
                bounced(user_id=claimed.user_id, email=claimed.email, is_hard=is_hard, at=now)
            return self._is_one_refusal(claimed, answer)
        # Not this person's fault: the try does not count.
        is_broken = answer.means == Means.BROKEN
        row.update(state=RecipientState.WAITING, due_at=now, tries=claimed.tries - 1)
        if is_broken:
            Recipient.objects.filter(pk=claimed.pk).update(is_uncertain=True)
        self._rest(answer)
        return False

    def _is_one_refusal(self, claimed: _Claimed, answer: Answer) -> bool:
        """False: it is our messages that are refused, whoever they are for. Those people are tried again."""
        if answer.means != Means.REFUSED:
            return True
        self.refused.append(claimed.pk)
        if len(self.refused) < _REFUSED_IN_A_ROW:
            return True
        Recipient.objects.filter(pk__in=self.refused).update(state=RecipientState.WAITING, tries=0)
        self._rest(Answer(Means.AWAY, answer.code))
        return False

    def _mark(self) -> None:
        if self.sent:
            pk, sent_at = self.sent
            Recipient.objects.filter(pk=pk, state=RecipientState.SENDING).update(
                state=RecipientState.SENT, sent_at=sent_at
            )
            self.sent = None

    def _rest(self, answer: Answer) -> None:
        failures = self.campaign.failures
        problem = Problem.BUSY if answer.means == Means.WAIT else Problem.REFUSES if answer.code else Problem.AWAY
        rests_until = timezone.now() + _RESTS[min(failures, len(_RESTS) - 1)]
        logger.warning("campaign %s rests in %s: %s %s", self.campaign.pk, connection.schema_name, problem, answer.code)
        Campaign.objects.filter(pk=self.campaign.pk, state=CampaignState.SENDING).update(
            rests_until=rests_until, failures=F("failures") + 1, problem=problem, code=answer.code
        )

    def _is_well(self) -> None:
        self.campaign.failures = 0
        Campaign.objects.filter(pk=self.campaign.pk).update(failures=0, rests_until=None, problem="", code=None)


def _skip(pk: UUID) -> None:
    """Not reachable any more; stopped meanwhile, it is no longer waiting."""
    row = Recipient.objects.filter(pk=pk, state=RecipientState.WAITING)
    withdrew = row.filter(user__is_active=True, user__mail_agreement__withdrawn_at__isnull=False)
    if not Recipient.objects.filter(pk__in=list(withdrew.values_list("pk", flat=True))).update(
        state=RecipientState.UNSUBSCRIBED
    ):
        row.update(state=RecipientState.GONE)
