"""Reading meetings."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from consultations.framing.models import Consultation
from consultations.meetings.enums import Place
from consultations.meetings.models import Attendee, Meeting, SaidThere
from consultations.offline.models import Entry
from consultations.participation.enums import Status
from consultations.participation.models import Proposal


@dataclass(frozen=True)
class Counts:
    """Of the people of a meeting. `waiting`: for a seat."""

    seated: int = 0
    waiting: int = 0
    asked: int = 0
    came: int = 0

    def kept(self) -> dict[str, int]:
        return asdict(self)


_COUNTS = {
    "seated": Count("pk", filter=Q(place=Place.SEATED)),
    "waiting": Count("pk", filter=Q(place=Place.WAITING)),
    "asked": Count("pk", filter=Q(place=Place.ASKED)),
    "came": Count("pk", filter=Q(came=True)),
}


def is_read_by_all(consultation: Consultation, city: Any) -> bool:
    """Whether what is published in it is read by everybody: it has opened, and so has the city."""
    return consultation.opened_at is not None and city.is_open


def counts(meeting: Meeting) -> Counts:
    """From its rows; once those are forgotten, as they were."""
    if meeting.figures:
        return Counts(**{name: meeting.figures.get(name, 0) for name in _COUNTS})
    return Counts(**Attendee.objects.filter(meeting=meeting).order_by().aggregate(**_COUNTS))


def seats_left(meeting: Meeting, counted: Counts) -> int | None:
    """None: as many as one wants."""
    return None if meeting.seats is None else max(0, meeting.seats - counted.seated)


def to_come(at: datetime) -> QuerySet[Meeting]:
    """That everybody reads, the next one first; one that goes on is there still, one that is cancelled until its day
    is over: whoever comes back to the list reads that it does not take place.
    """
    today = timezone.localtime(at).replace(hour=0, minute=0, second=0, microsecond=0)
    comes = Q(ends_at__gt=at, cancelled_at=None) | Q(ends_at__gte=today, cancelled_at__isnull=False)
    found = Meeting.objects.shown().filter(comes)
    return found.select_related("consultation").order_by("begins_at", "pk")


def gone_by(at: datetime) -> QuerySet[Meeting]:
    """Those that took place, the last one first."""
    found = Meeting.objects.shown().filter(ends_at__lte=at, cancelled_at=None)
    return found.select_related("consultation").order_by("-begins_at", "-pk")


# How long a report stands on the home, and how many meetings are looked through for it.
_RECENT, _LATEST = timedelta(days=60), 60


def saying_which_meet(consultations: QuerySet[Consultation]) -> QuerySet[Consultation]:
    """Each says whether it has a meeting that is published: nothing else is asked where there is none."""
    rows = Meeting.objects.filter(consultation=OuterRef("pk"), published_at__isnull=False, cancelled_at=None)
    return consultations.annotate(meets=Exists(rows))


def on_home(consultations: Sequence[Consultation], *, at: datetime) -> list[Meeting]:
    """Of those that said so: to come, and reported lately, by their day.

    Compared here, and not by the database: pages know until when they hold (common.clock).
    """
    wanted = [each.pk for each in consultations if getattr(each, "meets", True)]
    if not wanted:
        return []
    found = Meeting.objects.shown().filter(cancelled_at=None, consultation__in=wanted).select_related("consultation")
    rows = list(found.defer("text", "report").order_by("-begins_at", "-pk")[:_LATEST])
    return [each for each in reversed(rows) if not each.is_over(at) or _is_recent(each, at)]


def _is_recent(meeting: Meeting, at: datetime) -> bool:
    return meeting.reported_at is not None and meeting.ends_at + _RECENT > at


def of_desk(consultation: Consultation) -> QuerySet[Meeting]:
    found = Meeting.objects.filter(consultation=consultation).order_by("-begins_at", "-pk")
    return found.annotate(seated=Count("people", filter=Q(people__place=Place.SEATED)))


_READ = ("proposal__challenge", "argument__proposal__challenge")
_PUBLIC = Q(proposal__status=Status.PUBLISHED) | Q(
    argument__status=Status.PUBLISHED, argument__proposal__status=Status.PUBLISHED
)
_ANY = Q(proposal__isnull=False) | Q(argument__isnull=False)


def all_said(meeting: Meeting, *, which: Q = _ANY) -> list[SaidThere]:
    """What was attached to it, and what the team typed as said there (consultations.offline), which has no number here:
    proposals, then arguments.
    """
    attached = list(SaidThere.objects.filter(which, meeting=meeting).select_related(*_READ))
    typed = Entry.objects.filter(which, meeting=meeting.pk, consultation=meeting.consultation_id)
    found = {(each.proposal_id, each.argument_id): each for each in attached}
    for each in typed.select_related(*_READ).order_by("pk"):
        said = SaidThere(meeting=meeting, proposal=each.proposal, argument=each.argument)
        found.setdefault((each.proposal_id, each.argument_id), said)
    return sorted(found.values(), key=lambda row: row.proposal_id is None)


def public_said(meeting: Meeting) -> list[SaidThere]:
    return all_said(meeting, which=_PUBLIC)


def said_at(proposal: Proposal) -> QuerySet[Meeting]:
    """The meetings at which it was made."""
    typed = Entry.objects.filter(proposal=proposal, meeting__isnull=False, consultation=OuterRef("consultation"))
    found = Q(said__proposal=proposal) | Q(pk__in=typed.values("meeting"))
    return Meeting.objects.shown().filter(found).order_by("begins_at", "pk").distinct()


def people_in_turn(meeting: Meeting, places: Iterable[str] = (Place.SEATED, Place.WAITING)) -> QuerySet[Attendee]:
    return Attendee.objects.filter(meeting=meeting, place__in=list(places)).order_by("place", "confirmed_at", "pk")
