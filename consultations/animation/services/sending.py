"""Sending the campaigns of the present city: a round at a time, over one connection, by one worker.

A lot of people is claimed at once, then each in the order of their numbers: asked for anew (do they still agree?) while
the message before is on its way, sent, marked before anything of the next text leaves. A process that is killed leaves
one in flight at most, the first of its lot that has no mark: it is sent again under the same Message-ID and called
uncertain. The database works while the mail server does: the one asks and marks while the other reads.
Nothing is ever given up because the mail server is away or asks to wait: the campaign rests, less and less often.
"""

import logging
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.core.mail import get_connection
from django.db import DatabaseError, InterfaceError, OperationalError, transaction
from django.db.models import F, Q
from django.utils import timezone

from accounts.models import User
from common.city import present_city
from common.db import connection
from consultations.animation.enums import CampaignState, Problem, RecipientState
from consultations.animation.models import Campaign, Recipient
from consultations.animation.selectors import totals
from consultations.animation.services import waking
from consultations.animation.services.answers import SENT, Answer, Means, answer_to, answer_to_opening
from consultations.animation.services.composing import Composed, composed, message_for
from consultations.animation.services.posting import CannotReopen, hand_over
from consultations.animation.services.throttle import Pace, next_minute
from notifications.services.bounces import bounced

logger = logging.getLogger(__name__)

ROUND_SECONDS = 20.0
_LOT = 100
# More than leave in the half second that a mark may need to reach the disk.
_REMEMBERED = 5000
# With the database's server, once it has fallen.
_PATIENCE = 60.0
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
            # longer than sending. Where the database's own server falls, who sends remembers longer than that.
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
    """Nobody else is sending: whatever is claimed was, when a process ended. The first in order may have left; the
    others too where the database's server began anew since: their marks may not have reached its disk.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_postmaster_start_time()")
        began = cursor.fetchone()[0]
    claimed = list(Recipient.objects.filter(state=RecipientState.SENDING).order_by("pk").values_list("pk", "tried_at"))
    uncertain = {pk for number, (pk, tried_at) in enumerate(claimed) if number == 0 or tried_at < began}
    Recipient.objects.filter(pk__in=uncertain).update(
        state=RecipientState.WAITING, is_uncertain=True, due_at=timezone.now()
    )
    _not_begun([pk for pk, _tried_at in claimed if pk not in uncertain])


def _not_begun(claimed: list[UUID]) -> None:
    rows = Recipient.objects.filter(pk__in=claimed, state=RecipientState.SENDING)
    rows.update(state=RecipientState.WAITING, tries=F("tries") - 1)


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
        claimed = Recipient.objects.filter(campaign=campaign, state=RecipientState.SENDING)
        if not waiting.exists() and not claimed.exists():
            _finish(campaign, at=at)
    return None


def _finish(campaign: Campaign, *, at: datetime) -> None:
    """Its counts stay with it, should its rows go. Without any, its list was lost with the city as it was then: nobody
    was written to that we know of.
    """
    found = totals(campaign)
    Campaign.objects.filter(pk=campaign.pk, state=CampaignState.SENDING).update(
        state=CampaignState.STOPPED if found.is_gone else CampaignState.SENT,
        results={} if found.is_gone else found.kept(),
        finished_at=at,
        rests_until=None,
        failures=0,
        problem="",
        code=None,
    )
    logger.info("campaign %s finished in %s: %s", campaign.pk, connection.schema_name, found.kept())


@dataclass(frozen=True)
class _Claimed:
    pk: UUID
    user_id: int
    email: str
    public_name: str
    generation: int
    tries: int


_CLAIM = """
UPDATE animation_recipient SET state = 'SENDING', tried_at = %s, tries = tries + 1
WHERE id IN (
  SELECT id FROM animation_recipient WHERE campaign_id = %s AND state = 'WAITING' AND due_at <= %s
  ORDER BY due_at, id LIMIT %s
) AND state = 'WAITING'
RETURNING id
"""
# Whoever is no longer reachable (notifications.selectors.reachable) is not written to; nobody, once it is stopped.
_ASK = """
SELECT r.id, u.id, u.email, u.public_name, a.generation, r.tries
FROM animation_recipient r JOIN accounts_user u ON u.id = r.user_id
JOIN notifications_mailagreement a ON a.user_id = u.id
WHERE r.id = %s AND r.state = 'SENDING' AND u.is_active
  AND (u.last_login IS NOT NULL OR u.public_name <> '') AND u.role <> 'DELEGATE'
  AND a.withdrawn_at IS NULL AND a.undeliverable <> u.email
  AND EXISTS (SELECT 1 FROM animation_campaign c WHERE c.id = r.campaign_id AND c.state = 'SENDING')
"""
_MARK = "UPDATE animation_recipient SET state = 'SENT', sent_at = %s WHERE id = %s AND state = 'SENDING' RETURNING id"


class _Sender:
    """One campaign over one connection, for as long as the round lasts."""

    def __init__(self, campaign: Campaign, city: Any, pace: Pace) -> None:
        self.campaign, self.pace = campaign, pace
        self.made: Composed = composed(campaign, city=city)
        self.smtp = get_connection()
        self.claimed: list[UUID] = []  # of the lot, those that were not begun
        self.ahead: tuple[UUID, _Claimed | None, Any] | None = None  # the next one, asked for and written already
        self.sent: deque[tuple[UUID, datetime]] = deque(maxlen=_REMEMBERED)
        self.unmarked = False  # the last of these
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
        except (OperationalError, InterfaceError):
            self._mark_again()
            raise
        finally:
            self._give_back()
            with suppress(Exception):
                self.smtp.close()

    def _send_due(self, until: float) -> bool:
        while self._claim():
            while self.claimed:
                if time.monotonic() >= until:
                    return True
                if not self.pace.takes_one(at=timezone.now()):
                    return False
                pk, person, message = self._taken()
                if person is None:
                    _skip(pk, of=self.campaign)
                elif not self._note(person, self._given_to_the_server(message)):
                    return True
        return True

    def _claim(self) -> bool:
        """On the disk before anything leaves; so is by then whatever was marked before."""
        self._mark()
        now = timezone.now()
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL synchronous_commit TO on")
            cursor.execute(_CLAIM, [now, self.campaign.pk, now, _LOT])
            self.claimed = sorted((row[0] for row in cursor.fetchall()), reverse=True)
        return bool(self.claimed)

    def _taken(self) -> "tuple[UUID, _Claimed | None, Any]":
        if self.ahead is None:
            self._look_ahead()
        found, self.ahead = self.ahead, None
        assert found is not None
        self.claimed.pop()
        return found

    def _look_ahead(self) -> None:
        """Ask for the next one, and write their message: there is nothing else to do while the server reads."""
        if not self.claimed:
            return
        pk = self.claimed[-1]
        row = connection.planned_once(_ASK, [pk])
        person = _Claimed(*row) if row else None
        self.ahead = pk, person, person and self._written_to(person)

    def _written_to(self, person: _Claimed) -> Any:
        """Or why it cannot be written, which is theirs and not of the one before."""
        try:
            return message_for(
                self.made,
                recipient_hex=person.pk.hex,
                user_id=person.user_id,
                email=person.email,
                public_name=person.public_name,
                generation=person.generation,
            )
        except ValueError as problem:
            return problem

    def _given_to_the_server(self, message: Any) -> Answer:
        try:
            if isinstance(message, ValueError):
                raise message
            hand_over(self.smtp, message, before=self._mark, meanwhile=self._look_ahead)
        except (DatabaseError, InterfaceError):  # of the one before, or the next
            raise
        except CannotReopen as problem:
            return answer_to_opening(problem.__cause__)
        except Exception as problem:
            return answer_to(problem)
        return SENT

    def _note(self, claimed: _Claimed, answer: Answer) -> bool:
        """False: nothing more can be sent for the moment."""
        if answer.means == Means.SENT:
            self.sent.append((claimed.pk, timezone.now()))
            self.unmarked, self.refused = True, []
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
        """The last one that has left."""
        if self.unmarked:
            pk, sent_at = self.sent[-1]
            connection.planned_once(_MARK, [sent_at, pk])
            self.unmarked = False

    def _mark_again(self) -> None:
        """The database's server has fallen, and those marks that were not yet on its disk are lost: as soon as it is
        there again, before anybody sends.
        """
        until = time.monotonic() + _PATIENCE
        while True:
            try:
                if not connection.is_usable():  # one that is goes on: the lock of this round is its own
                    connection.close()
                for pk, sent_at in self.sent:
                    lost = Recipient.objects.filter(pk=pk).exclude(state=RecipientState.SENT)
                    lost.update(state=RecipientState.SENT, sent_at=sent_at)
                return
            except (OperationalError, InterfaceError):
                if time.monotonic() > until:
                    logger.exception("campaign %s: %s marks may be lost", self.campaign.pk, len(self.sent))
                    return
                time.sleep(0.2)

    def _give_back(self) -> None:
        """Whom nothing was begun for; and the last one that has left has its mark."""
        self._mark()
        _not_begun(self.claimed)
        self.claimed, self.ahead = [], None

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


def _skip(pk: UUID, *, of: Campaign) -> None:
    """Not reachable any more. Where it is their campaign that was stopped, they wait for that to be settled."""
    row = Recipient.objects.filter(pk=pk, state=RecipientState.SENDING)
    if not Campaign.objects.filter(pk=of.pk, state=CampaignState.SENDING).exists():
        _not_begun([pk])
        return
    user = User.objects.filter(campaign_messages=pk, is_active=True).select_related("mail_agreement").first()
    agreement = getattr(user, "mail_agreement", None)
    if user is None or agreement is None:
        why = RecipientState.GONE
    elif agreement.withdrawn_at:
        why = RecipientState.UNSUBSCRIBED
    else:
        why = RecipientState.COMES_BACK if agreement.undeliverable == user.email else RecipientState.GONE
    row.update(state=why)
