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


@dataclass(frozen=True)
class Visit:
    at: datetime
    case: Case | None
    decided: Sequence[Decision]  # by the service, in this case, whenever


def visits(*, page: Any) -> Page[Visit]:
    """The last first. Three queries, whatever there is."""
    entries = AuditEntry.objects.filter(action="delegate_entered").order_by("-at", "-pk")
    found: Page[Any] = Paginator(entries, PAGE).get_page(page)
    rows = list(found.object_list)
    cases = Case.objects.in_bulk([int(each.subject_id) for each in rows])
    taken: dict[int, list[Decision]] = {}
    for decision in Decision.objects.filter(case__in=cases, by_operator=True, cancels=None, cancelled_by=None).order_by(
        "pk"
    ):
        taken.setdefault(decision.case_id, []).append(decision)
    found.object_list = [
        Visit(each.at, cases.get(int(each.subject_id)), taken.get(int(each.subject_id), [])) for each in rows
    ]
    return found


def service_moderates() -> bool:
    """Whether a consultation of the present city says so."""
    return Consultation.objects.filter(moderated_by=ModeratedBy.OPERATORS).exists()
