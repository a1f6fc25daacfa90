"""The dates of a consultation: which ones may be set, what is noted of those that were moved, and who is told."""

from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from common.outbox import enqueue_each_at, messages_of, send_event
from common.refusals import Refusal
from common.templatetags.ui import deadline
from consultations.framing.enums import PhaseKind
from consultations.framing.events import dates_changed
from consultations.framing.models import Consultation, Phase
from consultations.framing.services.uses import has_contributions

Moments = dict[str, tuple[datetime | None, datetime | None]]

# A date farther than this is a slip of the keyboard.
YEARS_AHEAD = 5
# Participants have a reasonable time (CRPA, L. 131-1): never less than this.
MIN_PROPOSE = timedelta(days=7)
# Changes that come within this time of the first one are one change: followers are told of it after that.
TOGETHER = timedelta(hours=1)


def later(moment: datetime, *, by: timedelta) -> datetime:
    """So many days and hours later by the clocks of the city, whatever they are changed by meanwhile."""
    here = timezone.localtime(moment)
    return timezone.make_aware(here.replace(tzinfo=None) + by, here.tzinfo)


def length(opens: datetime, ends: datetime) -> timedelta:
    """By the clocks of the city: what `later` adds."""
    return timezone.make_naive(ends) - timezone.make_naive(opens)


class DatesRefused(Refusal):
    """`field`: the date that it is about."""

    status = 422
    field = "closes_at"


class EndIsPast(DatesRefused):
    code = "end_is_past"
    message = gettext_lazy("This end is past. To stop now, use “Close” in the list of your consultations.")


class PeriodIsPast(DatesRefused):
    code = "period_is_past"
    message = gettext_lazy("These dates are past: choose an end to come.")


class StartIsKept(DatesRefused):
    code = "start_is_kept"
    field = "opens_at"
    message = gettext_lazy("People have written already: the beginning is no longer moved.")


class TooFarAhead(DatesRefused):
    code = "too_far_ahead"
    message = gettext_lazy("Choose an end within five years.")


class TooShort(DatesRefused):
    code = "too_short"
    message = gettext_lazy("Leave people at least seven days to propose.")


class ShortensAnnounced(DatesRefused):
    """Nobody has said yet that it is what they want."""

    code = "shortens_announced"

    def __init__(self, announced: datetime, is_end: bool) -> None:
        said = _("You had announced until %(day)s.") if is_end else _("You had announced from %(day)s.")
        super().__init__(said % {"day": deadline(announced)})
        self.field = "closes_at" if is_end else "opens_at"


def on_the_minute(moment: datetime) -> datetime:
    return moment.replace(second=0, microsecond=0)


def refuse_too_far(closes_at: datetime, *, at: datetime) -> None:
    """Raises TooFarAhead."""
    if closes_at > at + timedelta(days=round(365.25 * YEARS_AHEAD)):
        raise TooFarAhead


def check_dates(
    *, consultation: Consultation, opens_at: datetime, closes_at: datetime, at: datetime, shorter: bool = False
) -> None:
    """Of the time to propose. What stays as it is may stay; what was announced is shortened if that is wanted
    (`shorter`): participants have a reasonable time (CRPA, L. 131-1).

    Raises TooShort, EndIsPast, PeriodIsPast, StartIsKept, TooFarAhead, ShortensAnnounced.
    """
    opens_at, closes_at = on_the_minute(opens_at), on_the_minute(closes_at)
    present = consultation.phases.filter(kind=PhaseKind.PROPOSE).first()
    opened, closed = (present.opens_at, present.closes_at) if present else (None, None)
    if (opens_at, closes_at) != (opened, closed) and closes_at < opens_at + MIN_PROPOSE:
        raise TooShort
    if closes_at != closed:
        refuse_too_far(closes_at, at=at)
    if consultation.opened_at is None:
        if closes_at <= at:
            raise PeriodIsPast
        return
    if closes_at != closed and closes_at <= at:
        raise EndIsPast
    if opened and opens_at != opened and has_contributions(*consultation.challenges.order_by("pk")):
        raise StartIsKept
    if shorter or not closed or closed <= at:
        return
    if closes_at < closed:
        raise ShortensAnnounced(closed, True)
    if opened and opens_at > opened:
        raise ShortensAnnounced(opened, False)


def moments_of(consultation: Consultation) -> Moments:
    """When each of its phases begins and ends."""
    phases = Phase.objects.filter(consultation=consultation).order_by("pk")
    return {kind: (begins, ends) for kind, begins, ends in phases.values_list("kind", "opens_at", "closes_at")}


def moved_for_the_trail(before: Moments, after: Moments) -> dict[str, list[str]]:
    """The dates of what has moved, old and new, as the journal keeps them; none: an empty word."""
    return {
        kind: [moment.isoformat() if moment else "" for moment in (*before.get(kind, (None, None)), *now)]
        for kind, now in after.items()
        if before.get(kind) != now
    }


def note_moves(*, consultation: Consultation, before: Moments, actor: User | None, change: int, at: datetime) -> None:
    """Of an open consultation: keep what had been announced beside what is now, and have those who follow told.

    Several changes within an hour are one, told at its end; where all is then as it was, nobody is told.
    """
    moved = []
    for phase in Phase.objects.filter(consultation=consultation).order_by("pk"):
        old, now = before.get(phase.kind), (phase.opens_at, phase.closes_at)
        if old is None or old == now:
            continue
        if phase.moved_at is None or at - phase.moved_at >= TOGETHER:
            phase.moved_at, phase.former_opens_at, phase.former_closes_at = at, *old
        if (phase.former_opens_at, phase.former_closes_at) == now:
            phase.moved_at = phase.former_opens_at = phase.former_closes_at = None
        moved.append(phase)
    Phase.objects.bulk_update(moved, ["moved_at", "former_opens_at", "former_closes_at"])
    ours = {"event": dates_changed.name, "payload__consultation_id": consultation.pk}
    waiting = messages_of(send_event).filter(**{f"payload__{name}": value for name, value in ours.items()})
    if moved and not waiting.filter(due_at__gt=at).exists():
        payload: dict[str, Any] = {"consultation_id": consultation.pk, "change": change, "since": at.isoformat()}
        payload["actor_id"] = actor.pk if actor else None
        enqueue_each_at(send_event, [(at + TOGETHER, {"event": dates_changed.name, "payload": payload})])


def forget_moves(consultation: Consultation) -> None:
    """Nothing is announced any more."""
    consultation.phases.update(moved_at=None, former_opens_at=None, former_closes_at=None)


def moves_in_words(moved: dict[str, list[str]]) -> list[str]:
    """For the journal: the first phase that moved, with its dates, old and new. The others follow it."""
    first = next((kind for kind in PhaseKind if kind in moved and kind != PhaseKind.PREPARE), None)
    if first is None:
        return []
    opened, closed, opens, closes = map(_in_figures, moved[first])
    said = {"phase": first.label}
    lines = []
    if opened != opens:
        lines.append(_("%(phase)s, beginning: %(old)s → %(new)s") % {**said, "old": opened, "new": opens})
    if closed != closes:
        lines.append(_("%(phase)s, end: %(old)s → %(new)s") % {**said, "old": closed, "new": closes})
    return lines


def _in_figures(moment: str) -> str:
    if not moment:
        return _("no date")
    return date_format(timezone.localtime(datetime.fromisoformat(moment)), "SHORT_DATETIME_FORMAT")
