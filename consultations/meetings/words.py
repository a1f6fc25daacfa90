"""A meeting in words: the same on pages, in mails and on paper."""

from datetime import datetime

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.templatetags.hours import hour
from common.templatetags.ui import full_day
from common.time_zones import named
from consultations.meetings.models import Meeting

_HELP = (
    ("wheelchair", gettext_lazy("reached in a wheelchair")),
    ("loop", gettext_lazy("induction loop for hearing aids")),
    ("sign_language", gettext_lazy("interpreted in French sign language")),
    ("childcare", gettext_lazy("children are looked after")),
)


def when(begins_at: datetime, ends_at: datetime) -> str:
    """Samedi 5 décembre 2026, de 10 h à 12 h; outside Paris' time, whose hours they are."""
    first, last = timezone.localtime(begins_at), timezone.localtime(ends_at)
    said = {"day": _weekday(first), "from": hour(first), "last": _weekday(last), "to": hour(last)}
    if first.date() == last.date():
        return named(_("%(day)s, from %(from)s to %(to)s") % said)
    return named(_("from %(day)s at %(from)s to %(last)s at %(to)s") % said)


def when_and_where(meeting: Meeting, *, now: Meeting) -> str:
    """The same with its place, as it was before it was moved; its address on the web where that is another one."""
    url = "" if meeting.url == now.url else meeting.url
    said = [when(meeting.begins_at, meeting.ends_at), meeting.where, url]
    return ", ".join(each for each in said if each)


def _weekday(moment: datetime) -> str:
    """With the day of the week, by which people remember it."""
    return f"{date_format(moment, 'l')} {full_day(moment)}"


def helps(meeting: Meeting) -> list[str]:
    """What helps people to come: those alone that the city has said."""
    found = [str(words) for name, words in _HELP if getattr(meeting, name)]
    return [*found, *([meeting.access] if meeting.access else [])]
