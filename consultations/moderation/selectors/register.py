"""The public register: what was decided, without a name and without a text; what each month comes to."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Aggregate, Count, DurationField, ExpressionWrapper, F, Q, QuerySet, Sum
from django.db.models.functions import TruncMonth
from django.utils import timezone

from common.dates import is_reasonable
from common.text import whole_number
from consultations.moderation.enums import Act, AppealState
from consultations.moderation.models import Appeal, Decision
from consultations.participation.enums import Status
from consultations.participation.models import Argument, Proposal, Reply

DECISIONS_A_PAGE = 50
# Fewer people than that are not counted one by one: who they are could be guessed.
FEW = 5


def registered() -> QuerySet[Decision]:
    """Decisions as they stand: without those that were cancelled at once, and what cancelled them."""
    return Decision.objects.exclude(act=Act.UNDO).filter(cancelled_by=None)


class Median(Aggregate):
    """Half of the values are no greater."""

    function = "PERCENTILE_DISC"
    name = "median"
    output_field = DurationField()
    template = "%(function)s(0.5) WITHIN GROUP (ORDER BY %(expressions)s)"


@dataclass(frozen=True)
class Figures:
    """What a month comes to."""

    contributions: int = 0
    decisions: int = 0
    kept: int = 0
    hidden: int = 0
    passages: int = 0
    reports: int = 0
    appeals: int = 0
    changed: int = 0
    median: timedelta | None = None

    @property
    def few_reports(self) -> bool:
        return 0 < self.reports < FEW


@dataclass(frozen=True)
class Register:
    """A month of it: `months` are those in which something was decided, and the present one, the last first."""

    month: date
    months: list[date]
    page: Page[Decision]
    figures: Figures = field(default_factory=Figures)


def register_of(*, month: str, decision: str, page: str, at: datetime) -> Register:
    """The month that is asked for (2026-09), or that in which a decision was taken, with the page on which it stands;
    else the last in which anything was decided. Eight queries at most, however much there is.
    """
    this_month = timezone.localdate(at).replace(day=1)
    found = registered().annotate(month=TruncMonth("decided_at"))
    months = {timezone.localtime(each).date() for each in found.values_list("month", flat=True).distinct()}
    looked_for = registered().filter(pk=whole_number(decision)).first()
    if looked_for is not None:
        chosen = timezone.localdate(looked_for.decided_at).replace(day=1)
    else:
        chosen = _month(month) or max(months, default=this_month)
    rows = _of_month(registered(), "decided_at", chosen).select_related("appeal", "answers__decision").order_by("-pk")
    if looked_for is not None:
        page = str(rows.filter(pk__gt=looked_for.pk).count() // DECISIONS_A_PAGE + 1)
    return Register(
        month=chosen,
        months=sorted(months | {this_month, chosen}, reverse=True),
        page=Paginator(rows, DECISIONS_A_PAGE).get_page(page or 1),
        figures=_figures(chosen),
    )


def _month(said: str) -> date | None:
    try:
        month = date.fromisoformat(f"{said}-01") if len(said) == 7 else None
    except ValueError:
        return None
    return month if month and is_reasonable(month) else None


def _of_month(rows: QuerySet[Any], moment: str, month: date) -> QuerySet[Any]:
    zone = timezone.get_current_timezone()
    begins = datetime(month.year, month.month, 1, tzinfo=zone)
    ends = datetime(month.year + month.month // 12, month.month % 12 + 1, 1, tzinfo=zone)
    return rows.filter(**{f"{moment}__gte": begins, f"{moment}__lt": ends})


def _figures(month: date) -> Figures:
    waited = ExpressionWrapper(F("decided_at") - F("opened_at"), output_field=DurationField())
    said: dict[str, Any] = _of_month(registered(), "decided_at", month).aggregate(
        decisions=Count("pk"),
        kept=Count("pk", filter=Q(act=Act.KEEP)),
        hidden=Count("pk", filter=Q(act=Act.HIDE)),
        passages=Count("pk", filter=Q(act=Act.REDACT)),
        reports=Sum("report_count", default=0),
        changed=Count("pk", filter=Q(answers__state=AppealState.CHANGED)),
        median=Median(waited),
    )
    written = sum(
        _of_month(model.objects.exclude(status=Status.HELD), "submitted_at", month).count()
        for model in (Proposal, Argument, Reply)
    )
    appeals = _of_month(Appeal.objects.all(), "made_at", month).count()
    return Figures(contributions=written, appeals=appeals, **said)
