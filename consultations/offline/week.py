"""What the week says of offline entry (common.worklist): sheets that a colleague has to read."""

from collections.abc import Iterator
from datetime import timedelta

from django.db.models import Count, Min
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from common.templatetags.ui import figure
from common.worklist import Asked, Line, When, lines
from consultations.offline.abilities import ENTER_SHEETS
from consultations.offline.enums import EntryState
from consultations.offline.models import Entry

# Whoever gave one waits to see it.
_LONG = timedelta(days=2)


@lines(queries=1)
def to_read(asked: Asked) -> Iterator[Line]:
    waiting = Entry.objects.filter(consultation=asked.consultation, state=EntryState.TO_READ).order_by()
    typed = list(waiting.values("typed_by").annotate(count=Count("pk"), first=Min("typed_at")))
    if not typed:
        return
    count, first = sum(each["count"] for each in typed), min(each["first"] for each in typed)
    told = ngettext("%(count)s typed sheet to read", "%(count)s typed sheets to read", count)
    yield Line(
        kind="offline.to_read",
        title=told % {"count": figure(count)},
        why=_("Whoever gave them waits: they are public once a colleague has compared them with the paper."),
        minutes=count,
        roles=ENTER_SHEETS.in_team,
        url=reverse("desk_entry_to_read", args=[asked.consultation.slug]),
        verb=_("Read them"),
        when=When.TODAY if first < asked.at - _LONG else When.WEEK,
        amount=count,
        # Nobody reads their own.
        not_by=frozenset({typed[0]["typed_by"]} - {None}) if len(typed) == 1 else frozenset(),
    )
