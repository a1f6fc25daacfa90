"""What the week asks of those who decide (common.worklist)."""

from collections.abc import Iterable, Iterator
from datetime import datetime, time, timedelta
from typing import Any

from django.db.models import Count, Exists, Min, OuterRef, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from common.templatetags.ui import deadline, figure
from common.worklist import Asked, Awaited, Line, When, awaits, lines
from consultations.framing.models import Consultation
from consultations.moderation.abilities import MODERATE
from consultations.moderation.enums import AppealState
from consultations.moderation.models import Appeal, Case
from consultations.moderation.permissions import roles_of

_MINUTES, _MINUTES_OF_APPEAL = 2, 10
_BEFORE_MORNING = timedelta(hours=12)


@lines(queries=2)
def what_waits(asked: Asked) -> Iterator[Line]:
    """Texts to decide on, and decisions that are contested. Those that the service decides on are nobody's here."""
    roles = roles_of(asked.consultation) & MODERATE.in_team
    if not roles:
        return
    here = Q(consultation=asked.consultation)
    if asked.consultation.is_current:
        here |= Q(consultation=None)  # a name
    waiting = Case.objects.waiting().filter(here).order_by()
    contested = Exists(Appeal.objects.filter(decision__case=OuterRef("pk"), state=AppealState.WAITING))
    figures = waiting.annotate(contested=contested).aggregate(
        texts=Count("pk", filter=Q(contested=False)),
        late=Count("pk", filter=Q(contested=False, due_at__lt=asked.at)),
        first=Min("due_at", filter=Q(contested=False)),
        appeals=Count("pk", filter=Q(contested=True)),
        appeal=Min("due_at", filter=Q(contested=True)),
    )
    if figures["texts"]:
        yield _texts(figures, roles, asked.at)
    if figures["appeals"]:
        yield _appeals(figures, roles, asked.at, waiting)


def _texts(figures: dict[str, Any], roles: frozenset[str], at: datetime) -> Line:
    count, late = figures["texts"], figures["late"]
    return Line(
        kind="moderation.texts",
        title=ngettext("%(count)s text to decide on", "%(count)s texts to decide on", count) % {"count": figure(count)},
        why=_late(late, count)
        if late
        else _("The first is promised for %(day)s.") % {"day": deadline(figures["first"])},
        minutes=_MINUTES * count,
        roles=roles,
        url=reverse("desk_moderation"),
        verb=_("Decide"),
        when=_when(figures["first"], at),
        due_at=figures["first"],
        amount=count,
    )


def _late(late: int, count: int) -> str:
    if count == 1:
        return _("The delay that you promise is over.")
    said = ngettext(
        "The delay that you promise is over for %(late)s of them.",
        "The delay that you promise is over for %(late)s of them.",
        late,
    )
    return said % {"late": figure(late)}


def _appeals(figures: dict[str, Any], roles: frozenset[str], at: datetime, waiting: Any) -> Line:
    count = figures["appeals"]
    told = ngettext(
        "%(count)s contested decision waits for somebody else",
        "%(count)s contested decisions wait for somebody else",
        count,
    )
    return Line(
        kind="moderation.appeals",
        title=told % {"count": figure(count)},
        about=_("Whoever took a decision does not read it again."),
        why=_("The answer is promised for %(day)s.") % {"day": deadline(figures["appeal"])},
        minutes=_MINUTES_OF_APPEAL * count,
        roles=roles,
        not_by=_who_decided(waiting) if count == 1 else frozenset(),
        url=reverse("desk_moderation"),
        verb=_("Read again"),
        when=_when(figures["appeal"], at),
        due_at=figures["appeal"],
        amount=count,
    )


def _who_decided(waiting: Any) -> frozenset[int]:
    """The one decision that is contested: by whom."""
    people = Appeal.objects.filter(state=AppealState.WAITING, decision__case__in=waiting).order_by("pk")
    return frozenset(
        pk for pair in people.values_list("decision__moderator", "decision__second")[:1] for pk in pair if pk
    )


def _when(due_at: datetime, at: datetime) -> When:
    """What is promised before the end of the day, or of the night, presses."""
    here = timezone.localtime(at)
    tomorrow = datetime.combine(here.date() + timedelta(days=1), time(), tzinfo=here.tzinfo)
    return When.TODAY if due_at < max(tomorrow, at + _BEFORE_MORNING) else When.WEEK


@awaits(queries=1)
def texts_of_others(consultations: Iterable[Consultation], at: datetime) -> Iterator[Awaited]:
    """Beside the week of another one: how many texts of theirs wait for the team, and until when."""
    theirs = [each.pk for each in consultations if roles_of(each) & MODERATE.in_team]
    waiting = Case.objects.waiting().filter(consultation__in=theirs).order_by().values("consultation")
    for each in waiting.annotate(texts=Count("pk"), first=Min("due_at")):
        count = each["texts"]
        told = ngettext("%(count)s text to decide on", "%(count)s texts to decide on", count)
        yield Awaited(each["consultation"], told % {"count": figure(count)}, _when(each["first"], at), each["first"])
