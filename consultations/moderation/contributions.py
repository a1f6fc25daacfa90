"""What moderation adds to the list of contributions (participation.registry): what is reported, deciding on some."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from accounts.models import User
from consultations.moderation.abilities import MODERATE
from consultations.moderation.enums import State
from consultations.moderation.models import Case
from consultations.moderation.permissions import moderates_somewhere, theirs_to_decide
from consultations.moderation.words import in_short
from consultations.participation.registry import (
    Key,
    Mark,
    list_action,
    list_filter,
    marks_lines,
    ready_view,
)

_REPORTED, _POINTED_AT = "oui", "filtre"


@list_filter(
    "signale",
    pgettext_lazy("contributions", "Reported"),
    [
        (_REPORTED, gettext_lazy("Reported by somebody")),
        (_POINTED_AT, gettext_lazy("Waiting for a decision")),
    ],
    order=10,
)
def reported(value: str, kind: str, rows: QuerySet[Any]) -> QuerySet[Any]:
    waiting = Case.objects.filter(kind=kind, state=State.OPEN).order_by()
    waiting = waiting.filter(report_count__gt=0) if value == _REPORTED else waiting
    return rows.filter(pk__in=waiting.values("subject_id"))


@marks_lines
def waits_for_a_decision(keys: Iterable[Key], user: User) -> Mapping[Key, Mark]:
    """With the way to the case, for whoever decides on it. One query."""
    which = Q()
    for kind, pk in keys:
        which |= Q(kind=kind, subject_id=pk)
    theirs = Case.objects.filter(theirs_to_decide(user), pk=OuterRef("pk"))
    found = (
        Case.objects.waiting()
        .filter(which)
        .annotate(is_theirs=Exists(theirs))
        .values_list("kind", "subject_id", "pk", "is_theirs", "due_at", "report_count")
    )
    return {
        (kind, subject): Mark(
            _words(due_at, reports, at=timezone.now()), reverse("desk_case", args=[pk]) if is_theirs else ""
        )
        for kind, subject, pk, is_theirs, due_at, reports in found
    }


def _words(due_at: datetime, reports: int, *, at: datetime) -> str:
    span = {"span": in_short(abs(due_at - at))}
    if due_at > at:
        return (_("Reported, %(span)s left") if reports else _("To be decided on, %(span)s left")) % span
    return (_("Reported, %(span)s late") if reports else _("To be decided on, %(span)s late")) % span


ready_view(pgettext_lazy("contributions", "Waiting for a decision"), f"signale={_POINTED_AT}", order=30)
ready_view(pgettext_lazy("contributions", "Reported"), f"signale={_REPORTED}", order=40)
list_action(
    "desk_moderation_chosen",
    gettext_lazy("Decide on those chosen together"),
    ability=MODERATE,
    order=20,
    when=lambda user: moderates_somewhere(user=user),
)
