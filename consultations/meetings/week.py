"""What the week asks for meetings (common.worklist): to publish, to announce, to call people, to report."""

from collections.abc import Iterator
from datetime import timedelta

from django.db.models import Count, Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from common.templatetags.ui import deadline, figure
from common.worklist import Asked, Line, When, lines
from consultations.meetings.abilities import RUN_MEETINGS
from consultations.meetings.models import Meeting
from consultations.meetings.selectors import is_read_by_all
from consultations.meetings.words import when

_ANNOUNCED, _SOON, _AT_ONCE, _REPORTED = timedelta(days=14), timedelta(days=5), timedelta(days=1), timedelta(days=30)


def _page(asked: Asked, meeting: Meeting, name: str = "desk_meeting") -> str:
    return reverse(name, args=[asked.consultation.slug, meeting.pk])


def _by(left: timedelta) -> When:
    if left <= _AT_ONCE:
        return When.TODAY
    return When.WEEK if left <= _SOON else When.LATER


@lines(queries=1)
def meetings(asked: Asked) -> Iterator[Line]:
    if asked.calendar.is_archived:
        return
    is_open = is_read_by_all(asked.consultation, asked.city)
    near = Meeting.objects.filter(
        consultation=asked.consultation,
        cancelled_at=None,
        begins_at__lte=asked.at + _ANNOUNCED,
        ends_at__gt=asked.at - _REPORTED,
    )
    for meeting in near.order_by("begins_at", "pk"):
        if meeting.is_draft and not meeting.has_begun(asked.at):
            yield _not_published(asked, meeting, may_be=is_open)
        elif not meeting.is_draft and not meeting.has_begun(asked.at) and is_open:
            yield _to_announce(asked, meeting)
        elif not meeting.is_draft and meeting.is_over(asked.at) and meeting.reported_at is None:
            yield _to_report(asked, meeting)


def _not_published(asked: Asked, meeting: Meeting, *, may_be: bool) -> Line:
    why = _("It is to begin on %(day)s, and nobody but your team sees it.") % {"day": deadline(meeting.begins_at)}
    if not may_be:
        why += " " + _("It can be published once the consultation is open.")
    return Line(
        kind="meetings.draft",
        subject=str(meeting.pk),
        title=_("The meeting “%(title)s” is not published") % {"title": meeting.title},
        why=why,
        minutes=10,
        roles=RUN_MEETINGS.in_team,
        url=_page(asked, meeting),
        verb=_("Read again and publish") if may_be else _("See the meeting"),
        when=_by(meeting.begins_at - asked.at),
        due_at=meeting.begins_at,
    )


def _to_announce(asked: Asked, meeting: Meeting) -> Line:
    said = {"title": meeting.title, "when": when(meeting.begins_at, meeting.ends_at), "where": meeting.where}
    return Line(
        kind="meetings.announce",
        subject=f"{meeting.pk}.{meeting.begins_at:%Y%m%d%H%M}",
        title=_("Meeting on %(day)s: “%(title)s”") % {"title": meeting.title, "day": deadline(meeting.begins_at)},
        about=_("To announce in the bulletin, to associations, on your networks. The message is ready."),
        message=_("%(title)s: %(when)s. %(where)s.") % said
        + f"\n{asked.city.url.rstrip('/')}{meeting.get_absolute_url()}",
        minutes=15,
        roles=RUN_MEETINGS.in_team,
        url=_page(asked, meeting),
        verb=_("See who has signed up"),
        when=_by(meeting.begins_at - asked.at),
        due_at=meeting.begins_at,
        by_hand=True,
    )


def _to_report(asked: Asked, meeting: Meeting) -> Line:
    return Line(
        kind="meetings.report",
        subject=str(meeting.pk),
        title=_("Report on the meeting “%(title)s”") % {"title": meeting.title},
        why=_("It is over since %(day)s. Those who came, and those who could not, wait to read what was said.")
        % {"day": deadline(meeting.ends_at)},
        minutes=30,
        roles=RUN_MEETINGS.in_team,
        url=_page(asked, meeting, "desk_meeting_report"),
        verb=_("Write the report"),
        when=When.WEEK,
        due_at=meeting.ends_at + timedelta(days=7),
    )


@lines(queries=1)
def calls(asked: Asked) -> Iterator[Line]:
    """Whom nobody can write to, and something has changed."""
    waiting = Meeting.objects.filter(consultation=asked.consultation, begins_at__gt=asked.at)
    for meeting in waiting.annotate(calls=Count("people", filter=Q(people__to_call=True))).filter(calls__gt=0):
        count: int = meeting.calls  # type: ignore[attr-defined]
        told = ngettext("%(count)s person to call", "%(count)s people to call", count)
        yield Line(
            kind="meetings.calls",
            subject=str(meeting.pk),
            title=told % {"count": figure(count)},
            about=meeting.title,
            why=_("No mail reaches them, and something has changed: a seat, a date, a place."),
            minutes=min(3 * count, 90),
            roles=RUN_MEETINGS.in_team,
            url=_page(asked, meeting, "desk_meeting_people"),
            verb=_("See whom to call"),
            when=min(When.WEEK, _by(meeting.begins_at - asked.at)),
            due_at=meeting.begins_at,
            amount=count,
        )
