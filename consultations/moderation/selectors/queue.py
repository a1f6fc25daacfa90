"""What waits for a decision, as the desk lists it: most urgent first, whatever there is in as many queries."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Count, Max, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from common.text import whole_number
from consultations.moderation.enums import Act, AppealState, Kind, Reason, State
from consultations.moderation.models import Appeal, Case, Decision, Flag, Report, SecondLook
from consultations.moderation.permissions import theirs_to_decide
from consultations.moderation.rules import CLAIM_FOR
from consultations.moderation.subjects import Subject, subjects_of
from consultations.screening.enums import FlagKind

PAGE = 20
BESIDE = 6  # lines of the queue beside a text
EXCERPT = 90


@dataclass
class Line:
    """A case as the queue shows it. `subject` is None once there is nothing left of it."""

    case: Case
    subject: Subject | None
    is_late: bool
    watcher: User | None = None
    why: list[str] = field(default_factory=list)

    @property
    def excerpt(self) -> str:
        words = " ".join(" ".join(self.subject.texts.values()).split()) if self.subject else ""
        return words if len(words) <= EXCERPT else f"{words[:EXCERPT].rsplit(' ', 1)[0]}…"


@dataclass(frozen=True)
class Figures:
    waiting: int
    late: int
    soon: int  # before the end of the day


def waiting_for(user: User) -> QuerySet[Case]:
    """What they may decide, the most urgent first."""
    return Case.objects.waiting().filter(theirs_to_decide(user))


def figures_today(user: User, *, at: datetime) -> Figures:
    here = timezone.localtime(at)
    until = datetime.combine(here.date() + timedelta(days=1), time(), tzinfo=here.tzinfo)
    late, soon = Count("pk", filter=Q(due_at__lt=at)), Count("pk", filter=Q(due_at__gte=at, due_at__lt=until))
    found = waiting_for(user).order_by().aggregate(waiting=Count("pk"), late=late, soon=soon)
    return Figures(**found)


def queue_page(user: User, *, page: Any, at: datetime) -> Page[Line]:
    found: Page[Any] = Paginator(waiting_for(user).select_related("claimed_by"), PAGE).get_page(page)
    found.object_list = lines(list(found.object_list), user=user, at=at)
    return found


def lines_beside(user: User, *, at: datetime, at_most: int = BESIDE) -> list[Line]:
    """The first ones, beside something else."""
    return lines(list(waiting_for(user).select_related("claimed_by")[:at_most]), user=user, at=at)


def next_case(user: User, *, at: datetime, after: Case | None = None) -> Case | None:
    """The most urgent that waits for them and that nobody else is on; from `after` on, then from the beginning."""
    others = Q(claimed_by__isnull=False, claimed_at__gte=at - CLAIM_FOR) & ~Q(claimed_by=user)
    theirs = Q(decision__moderator=user) | Q(decision__second=user)
    own = Appeal.objects.filter(theirs, state=AppealState.WAITING).values("decision__case")
    free = waiting_for(user).exclude(others).exclude(pk__in=own).exclude(second_look__asked_by=user)
    if after is None:
        return free.first()
    free = free.exclude(pk=after.pk)
    later = Q(due_at__gt=after.due_at) | Q(due_at=after.due_at, pk__gt=after.pk)
    return free.filter(later).first() or free.first()


def neighbours(case: Case, *, user: User) -> tuple[int, Case | None, Case | None]:
    """Its place in the queue, from 1; the one before it and the one after it. 0 where it does not wait."""
    if case.state != State.OPEN:
        return 0, None, waiting_for(user).first()
    before = Q(due_at__lt=case.due_at) | Q(due_at=case.due_at, pk__lt=case.pk)
    waiting = waiting_for(user)
    earlier = waiting.filter(before)
    return (
        earlier.count() + 1,
        earlier.order_by("-due_at", "-pk").first(),
        waiting.exclude(before).exclude(pk=case.pk).first(),
    )


def lines(cases: Sequence[Case], *, user: User, at: datetime) -> list[Line]:
    subjects = subjects_of((case.kind, case.subject_id) for case in cases)
    why = _why([case.pk for case in cases])
    return [
        Line(
            case=case,
            subject=subjects.get((case.kind, case.subject_id)),
            is_late=case.due_at <= at,
            watcher=watcher_of(case, user=user, at=at),
            why=([_("Waits to be published")] if case.is_held else []) + why.get(case.pk, []),
        )
        for case in cases
    ]


def watcher_of(case: Case, *, user: User, at: datetime) -> User | None:
    """Who else is on it now."""
    if case.claimed_by_id in (None, user.pk) or not case.claimed_at or case.claimed_at < at - CLAIM_FOR:
        return None
    return case.claimed_by


def _why(pks: list[int]) -> dict[int, list[str]]:
    """What brought each case here: three queries, and one for what waits for a second person."""
    found: dict[int, list[str]] = {pk: [] for pk in pks}
    appeals = Appeal.objects.filter(state=AppealState.WAITING, decision__case__in=pks).order_by("pk")
    for case in appeals.values_list("decision__case", flat=True):
        found[case].append(_("Contested by its author"))
    for case in SecondLook.objects.filter(case__in=pks, settled_by=None).order_by("pk").values_list("case", flat=True):
        found[case].append(_("Waits for a second person"))
    reports = Report.objects.filter(case__in=pks, answered_at=None).values_list("case", "reason").order_by("case")
    for case, (reasons, count) in _by_case(reports.annotate(count=Count("pk"))).items():
        labels = ", ".join(str(Reason(each).label) for each in reasons)
        told = ngettext("%(count)s report", "%(count)s reports", count) % {"count": count}
        found[case].append(f"{labels}, {told}")
    flags = Flag.objects.filter(case__in=pks).values_list("case", "kind").order_by("case")
    for case, (kinds, _count) in _by_case(flags.annotate(count=Count("pk"))).items():
        labels = ", ".join(str(FlagKind(each).label) for each in kinds if each in FlagKind.values)
        found[case].append(_("%(what)s, pointed at by the filter") % {"what": labels})
    return found


def _by_case(rows: Iterable[tuple[int, str, int]]) -> dict[int, tuple[list[str], int]]:
    """Their codes, the most frequent first, and how many in all."""
    counted: dict[int, Counter[str]] = {}
    for case, code, count in rows:
        counted.setdefault(case, Counter())[code] += count
    return {case: ([code for code, _n in each.most_common()], each.total()) for case, each in counted.items()}


def last_decided(user: User) -> Decision | None:
    """The last decision that stands, in what they may decide."""
    theirs = Case.objects.filter(theirs_to_decide(user))
    return Decision.objects.filter(case__in=theirs, cancelled_by=None, cancels=None).select_related("case").first()


def last_decisions(cases: Iterable[Case]) -> dict[int, int]:
    """The number of the last decision of each that has one, cancelled or not."""
    found = Decision.objects.filter(case__in=list(cases)).order_by().values_list("case")
    return dict(found.annotate(last=Max("pk")))


def decisions_page(user: User, *, number: str, page: Any) -> Page[Decision]:
    """Those that stand; `number`: of one of them, or of a report that one answers, as people are told it."""
    found = Decision.objects.filter(case__in=Case.objects.filter(theirs_to_decide(user)), cancelled_by=None)
    found = found.exclude(act=Act.UNDO).select_related("moderator", "appeal", "answers__decision").order_by("-pk")
    if number:
        letter, digits = number[:1].upper(), number.lstrip("DSds- \u2011\u2013")
        of = {"case__reports": whole_number(digits)} if letter == "S" else {"pk": whole_number(digits)}
        found = found.filter(**of)
    return Paginator(found, PAGE).get_page(page)


def kind_and_place(subject: Subject) -> tuple[str, str]:
    """ "Argument to improve", and the title that it stands under."""
    kind = str(subject.kind.label)
    if subject.kind == Kind.ARGUMENT:
        kind = _("Argument %(stance)s") % {"stance": subject.row.get_stance_display().lower()}
    title = subject.proposal.title if subject.proposal and subject.kind not in (Kind.PROPOSAL, Kind.NAME) else ""
    return kind, title
