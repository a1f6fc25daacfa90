"""When the service's team came in, and for what: the city's own trail says it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.paginator import Page, Paginator

from accounts.models import AuditEntry
from consultations.framing.enums import ModeratedBy
from consultations.framing.models import Consultation
from consultations.moderation.models import Case, Decision

PAGE = 50
_TO_FRAME = "delegate_came_to_frame"


@dataclass(frozen=True)
class Visit:
    at: datetime
    to_frame: bool
    case: Case | None
    decided: Sequence[Decision]  # by the service, in this case, whenever


def visits(*, page: Any) -> Page[Visit]:
    """The last first. Three queries, whatever there is."""
    entries = AuditEntry.objects.filter(action__in=("delegate_entered", _TO_FRAME)).order_by("-at", "-pk")
    found: Page[Any] = Paginator(entries, PAGE).get_page(page)
    rows = [(each, int(each.subject_id) if each.action != _TO_FRAME else 0) for each in found.object_list]
    cases = Case.objects.in_bulk([case for _entry, case in rows if case])
    taken: dict[int, list[Decision]] = {}
    for decision in Decision.objects.filter(case__in=cases, by_operator=True, cancels=None, cancelled_by=None).order_by(
        "pk"
    ):
        taken.setdefault(decision.case_id, []).append(decision)
    found.object_list = [
        Visit(each.at, each.action == _TO_FRAME, cases.get(case), taken.get(case, [])) for each, case in rows
    ]
    return found


def service_moderates() -> bool:
    """Whether a consultation of the present city says so."""
    return Consultation.objects.filter(moderated_by=ModeratedBy.OPERATORS).exists()
