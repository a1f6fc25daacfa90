"""What stands in the list of this week, and what is done of it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.utils import timezone

from common.worklist import A_MONTH, Line, lines_of
from consultations.framing.models import Consultation
from consultations.framing.selectors import every_consultation
from consultations.portal.models import WorkItem
from consultations.portal.selectors.week import asked_of
from consultations.worklist.models import ListedThing

AT_MOST = 5


@dataclass(frozen=True)
class Chosen:
    consultation: Consultation
    line: Line


def monday_of(at: datetime) -> date:
    """The Monday of that week, in the city's own time."""
    here = timezone.localdate(at)
    return here - timedelta(days=here.weekday())


def choose(*, city: Any, at: datetime) -> list[Chosen]:
    """Of all open consultations the five that press most: what animates, is neither done nor put off, and stood in no
    list of the last month. Fewer where there is less: no task is made up."""
    today = timezone.localdate(at)
    open_ones = [each for each in every_consultation() if each.opened_at and not each.is_archived]
    items = {(each.consultation_id, each.key): each for each in WorkItem.objects.filter(consultation__in=open_ones)}
    listed = ListedThing.objects.filter(of__monday__gt=monday_of(at) - A_MONTH)
    lately = set(listed.values_list("consultation_id", "key"))
    found = []
    for consultation in open_ones:
        for line in lines_of(asked_of(consultation, city=city, at=at)):
            item = items.get((consultation.pk, line.key))
            is_over = item is not None and (item.is_done(line, at=at) or item.holds_back(line, today=today))
            if line.animates and not is_over and (consultation.pk, line.key) not in lately:
                found.append(Chosen(consultation, line))
    far = datetime.max.replace(tzinfo=at.tzinfo)
    found.sort(key=lambda each: (each.line.when, each.line.due_at or far, each.line.minutes, each.consultation.pk))
    return found[:AT_MOST]


@dataclass(frozen=True)
class Row:
    thing: ListedThing
    line: Line | None  # None: nothing of it is to be done for the moment
    put_off: date | None = None  # until when


def of_this_week(
    consultation: Consultation, lines: Iterable[Line], put_off: Mapping[str, date], *, at: datetime
) -> list[Row]:
    """What stands in this Monday's list of a consultation, whose lines are still to be done or, by their keys, put off
    until a day."""
    left = {line.key: line for line in lines}
    things = ListedThing.objects.filter(of__monday=monday_of(at), consultation=consultation).order_by("position")
    return [Row(each, left.get(each.key), put_off.get(each.key)) for each in things]
