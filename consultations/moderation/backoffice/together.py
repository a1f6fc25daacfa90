"""Several at once: one way, one ground, shown before; decided one by one, and what could not be is said by its line."""

from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.permissions import signed_in_user
from common.refusals import Refusal
from common.requests import Request
from common.states import Answers, answers
from common.text import whole_number
from consultations.moderation.backoffice.access import for_moderators, numbers
from consultations.moderation.backoffice.frame import framed
from consultations.moderation.backoffice.typed import Typed
from consultations.moderation.backoffice.ways import ways_for_many
from consultations.moderation.enums import Act
from consultations.moderation.grounds import GROUNDS
from consultations.moderation.models import Case, Decision
from consultations.moderation.permissions import moderates, theirs_to_decide
from consultations.moderation.selectors.queue import last_decisions, lines
from consultations.moderation.selectors.standing import with_standing
from consultations.moderation.services.deciding import decide
from consultations.moderation.services.opening import case_for
from consultations.moderation.services.refusals import GroundMissing, NothingToReport
from consultations.moderation.subjects import Subject, subjects_of
from consultations.participation.enums import ContributionKind
from consultations.participation.registry import read_keys

AT_MOST = 50


@dataclass
class Chosen:
    """One of them. `seen`: the last decision about it that the moderator had before them; `read`: the words."""

    case: Case
    subject: Subject
    words: str
    why: list[str]
    seen: int
    read: str
    outcome: Any = ""
    refusal: Refusal | None = None
    decision: Decision | None = field(default=None, repr=False)


@answers(Answers.READ_ONLY)
@for_moderators
def together(request: Request) -> HttpResponse:
    at = timezone.now()
    chosen = _chosen(request, at=at)
    typed = _typed(request)
    ground = GROUNDS.get(typed.ground)
    if request.method != "POST" or not chosen:
        return _page(request, chosen, typed, at=at)
    if typed.act not in (Act.KEEP, Act.HIDE) or ground is None or typed.act not in ground.acts:
        return _page(request, chosen, typed, at=at, refused=GroundMissing.message, status=422)
    for each in chosen:
        _decide(each, typed, request, at=at)
    decided = [each.decision.pk for each in chosen if each.decision is not None]
    if len(decided) == len(chosen):
        return redirect(f"{reverse('desk_moderation')}?{urlencode({'fait': decided}, doseq=True)}")
    return _page(request, chosen, typed, at=at, is_done=True, decided=decided)


@require_POST
@for_moderators
def chosen(request: Request) -> HttpResponse:
    """From the list of contributions: each gets its case, and they are decided on together."""
    user, at = signed_in_user(request), timezone.now()
    keys = [key for key in read_keys(request.POST.getlist("choix")[:AT_MOST]) if key[0] in ContributionKind.values]
    theirs = [key for key, found in subjects_of(keys).items() if moderates(user=user, consultation=found.consultation)]
    cases = []
    for kind, pk in theirs:
        with suppress(NothingToReport):
            cases.append(case_for(kind=kind, pk=pk, at=at).pk)
    if not cases:
        messages.warning(request, _("Choose at least one contribution first: tick the box beside it."))
        return redirect("desk_contributions")
    return redirect(f"{reverse('desk_moderation_together')}?{urlencode({'cas': cases}, doseq=True)}")


def _chosen(request: Request, *, at: datetime) -> list[Chosen]:
    """Those of the address or the form that they may decide and that are there, the most urgent first."""
    user = signed_in_user(request)
    wanted = numbers((request.POST or request.GET).getlist("cas"), at_most=AT_MOST)
    cases = list(Case.objects.filter(theirs_to_decide(user), pk__in=wanted).order_by("due_at", "pk"))
    last = last_decisions(cases)
    return [
        Chosen(
            case=line.case,
            subject=line.subject,
            words=" ".join(line.subject.texts.values()) or line.subject.author_name,
            why=line.why,
            seen=_seen(request, line.case, last),
            read=request.POST.get(f"read-{line.case.pk}", "") if request.POST else line.subject.digest,
        )
        for line in lines(cases, user=user, at=at)
        if line.subject is not None
    ]


def _seen(request: Request, case: Case, last: dict[int, int]) -> int:
    return whole_number(request.POST.get(f"seen-{case.pk}", "")) if request.POST else last.get(case.pk, 0)


def _typed(request: Request) -> Typed:
    act = request.POST.get("decision", "")
    return Typed(
        act=act,
        ground=request.POST.get(f"ground-{act}", ""),
        facts=request.POST.get("facts", "").replace("\r\n", "\n").replace("\x00", ""),
        criticises=bool(request.POST.get("criticises")),
    )


def _decide(each: Chosen, typed: Typed, request: Request, *, at: datetime) -> None:
    try:
        made = decide(
            case=each.case,
            act=typed.act,
            ground=typed.ground,
            facts=typed.facts,
            moderator=signed_in_user(request),
            at=at,
            criticises=typed.criticises,
            seen=each.seen,
            read=each.read,
        )
    except Refusal as refusal:
        each.refusal, each.outcome = refusal, refusal.message
        return
    if isinstance(made, Decision):
        each.decision, each.outcome = made, made.get_act_display()
    else:
        each.outcome = _("Waits for a second person")


def _page(
    request: Request,
    chosen: list[Chosen],
    typed: Typed,
    *,
    at: datetime,
    refused: Any = "",
    is_done: bool = False,
    decided: list[int] | None = None,
    status: int = 200,
) -> HttpResponse:
    context = framed(request, at=at, lines=chosen, typed=typed, ways=ways_for_many(), refused=refused, is_done=is_done)
    if decided:
        context["undoable"] = list(
            with_standing(Decision.objects.filter(pk__in=decided)).select_related("author").order_by("pk")
        )
    return render(request, "moderation/backoffice/together.html", context, status=status)
