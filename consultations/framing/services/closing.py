"""The end of a consultation: sooner, later, and its archives."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_lazy

from accounts.audit import record
from accounts.models import User
from common.refusals import Refusal
from consultations.framing.enums import WRITING, ConsultationState, PhaseKind
from consultations.framing.models import Consultation, Phase
from consultations.framing.services.consultations import DAYS, locked
from consultations.framing.services.dates import (
    Moments,
    later,
    length,
    moments_of,
    moved_for_the_trail,
    note_moves,
    on_the_minute,
    refuse_too_far,
)
from consultations.framing.services.forward import NotOpenYet, lock_consultations
from consultations.framing.services.keeping import refuse_kept


class EndsLater(Refusal):
    code = "ends_later"
    message = gettext_lazy("Choose a later end: this one is over, or not later than the present one.")


class StillOpen(Refusal):
    code = "still_open"
    message = gettext_lazy("This consultation is open: close it first, then archive it.")


class AnotherFirst(Refusal):
    code = "another_first"
    message = gettext_lazy("The home page shows this one, and another is open: put that one forward first.")


class HomeWouldBeQuiet(Refusal):
    code = "home_would_be_quiet"
    message = gettext_lazy(
        "The home page shows this one, and no other is open: it would say that no consultation is open at the moment. "
        "Tick the box if that is what you want."
    )


def close_consultation(*, consultation: Consultation, actor: User | None, at: datetime) -> None:
    """End all that participants may do in it, now; the time to answer begins. It stays where it is on the site.

    Those who follow are told. Closed already: nothing happens. Raises NotOpenYet, ConsultationArchived, what `keeping`
    refuses.
    """
    with transaction.atomic():
        consultation = locked(consultation)
        state = consultation.state(at)
        if state == ConsultationState.PREPARED:
            raise NotOpenYet
        if state == ConsultationState.CLOSED:
            return
        before, now = moments_of(consultation), on_the_minute(at)
        consultation.announced = _written(before)
        consultation.save(update_fields=["announced"])
        writing = consultation.phases.filter(kind__in=WRITING)
        writing.filter(opens_at__lt=now, closes_at__gt=now).update(closes_at=now)
        # What had not begun will not come: a phase without dates would be one to come.
        writing.exclude(closes_at__lte=now).delete()
        answering = consultation.phases.filter(kind=PhaseKind.ANSWER).first()
        ends = answering.closes_at if answering and answering.closes_at and answering.closes_at > now else None
        _lay(consultation, {PhaseKind.ANSWER: (now, ends or later(now, by=DAYS[PhaseKind.ANSWER]))})
        _lay(consultation, {PhaseKind.FOLLOW: (ends or later(now, by=DAYS[PhaseKind.ANSWER]), None)})
        refuse_kept(consultation, at=at)
        _tell("consultation_closed", consultation, actor, before=before, at=at)


def prolong_consultation(*, consultation: Consultation, actor: User | None, until: datetime, at: datetime) -> None:
    """Give more time to the phase in which participants write, or wrote last; what comes after keeps its length.

    After a close before its date, what comes after has the length that had been announced, and with the end that had
    been announced all is as before. Those who follow are told.

    Raises EndsLater, TooFarAhead, NotOpenYet, ConsultationArchived, what `keeping` refuses.
    """
    with transaction.atomic():
        consultation = locked(consultation)
        if consultation.opened_at is None:
            raise NotOpenYet
        before, until = moments_of(consultation), on_the_minute(until)
        phase = phase_to_prolong(consultation, at=at)
        begins = phase.opens_at if phase and phase.opens_at else on_the_minute(at)
        if until <= max(at, begins, (phase and phase.closes_at) or at):
            raise EndsLater
        refuse_too_far(until, at=at)
        kind = PhaseKind(phase.kind) if phase else PhaseKind.PROPOSE
        announced = _read(consultation.announced) or before
        lengths = {each: length(opens, ends) for each, (opens, ends) in announced.items() if opens and ends}
        moment = until
        follows: dict[PhaseKind, tuple[datetime | None, datetime | None]] = {}
        for after in list(PhaseKind)[list(PhaseKind).index(kind) + 1 :]:
            by = lengths.get(after, DAYS.get(after, timedelta()))
            ends = None if after == PhaseKind.FOLLOW else later(moment, by=by)
            follows[after] = (moment, ends)
            moment = ends or moment
        _lay(consultation, {kind: (begins, until)} | follows)
        refuse_kept(consultation, at=at)
        consultation.announced = {}
        consultation.save(update_fields=["announced"])
        _tell("consultation_prolonged", consultation, actor, before=before, at=at)


def phase_to_prolong(consultation: Consultation, *, at: datetime) -> Phase | None:
    """The phase in which participants write now, or wrote last; before any has begun, the first of them."""
    dated = [each for each in consultation.phases.all() if each.kind in WRITING and each.opens_at]
    dated.sort(key=lambda each: (each.opens_at, each.pk))
    begun = [each for each in dated if each.opens_at and each.opens_at <= at]
    return begun[-1] if begun else (dated[0] if dated else None)


def archive_consultation(
    *, consultation: Consultation, actor: User | None, at: datetime, quiet_home: bool = False
) -> None:
    """Make it read-only for good: everything stays to be read at its address. `quiet_home`: that no consultation would
    stand on the home is wanted.

    Archived already: nothing happens. Raises NotOpenYet, StillOpen, AnotherFirst, HomeWouldBeQuiet, what `keeping`
    refuses.
    """
    with transaction.atomic():
        everything = lock_consultations()
        consultation = next(each for each in everything if each.pk == consultation.pk)
        state = consultation.state(at)
        if state == ConsultationState.ARCHIVED:
            return
        if state != ConsultationState.CLOSED:
            raise NotOpenYet if state == ConsultationState.PREPARED else StillOpen
        if consultation.is_current:
            if any(each.state(at) == ConsultationState.OPEN for each in everything):
                raise AnotherFirst
            if not quiet_home:
                raise HomeWouldBeQuiet
        consultation.archived_at, consultation.is_current = at, False
        consultation.save(update_fields=["archived_at", "is_current"])
        refuse_kept(consultation, at=at)
        record("consultation_archived", actor=actor, subject=consultation)


def unarchive_consultation(*, consultation: Consultation, actor: User | None) -> None:
    """It is closed again, as before: its end may be moved, its answers go on. Not archived: nothing happens."""
    with transaction.atomic():
        consultation = Consultation.objects.select_for_update(no_key=True).get(pk=consultation.pk)
        if consultation.is_archived:
            consultation.archived_at = None
            consultation.save(update_fields=["archived_at"])
            record("consultation_unarchived", actor=actor, subject=consultation)


def end_to_prolong(consultation: Consultation, *, at: datetime) -> datetime | None:
    """The end of the phase that is prolonged; of one that was closed before its date, the end announced before."""
    phase = phase_to_prolong(consultation, at=at)
    if phase is None:
        return None
    _opens, announced = _read(consultation.announced).get(phase.kind, (None, None))
    return announced or phase.closes_at


def _written(moments: Moments) -> dict[str, list[str]]:
    return {kind: [each.isoformat() if each else "" for each in both] for kind, both in moments.items()}


def _read(written: dict[str, list[str]]) -> Moments:
    def moment(each: str) -> datetime | None:
        return datetime.fromisoformat(each) if each else None

    return {kind: (moment(opens), moment(ends)) for kind, (opens, ends) in written.items()}


def _lay(consultation: Consultation, moments: dict[PhaseKind, tuple[datetime | None, datetime | None]]) -> None:
    for kind, (begins, ends) in moments.items():
        dates = {"opens_at": begins, "closes_at": ends}
        Phase.objects.update_or_create(consultation=consultation, kind=kind, defaults=dates)


def _tell(action: str, consultation: Consultation, actor: User | None, *, before: Moments, at: datetime) -> None:
    moved = moved_for_the_trail(before, moments_of(consultation))
    entry = record(action, actor=actor, subject=consultation, dates=moved)
    Consultation.objects.filter(pk=consultation.pk).update(revision=F("revision") + 1)
    note_moves(consultation=consultation, before=before, actor=actor, change=entry.pk, at=at)
