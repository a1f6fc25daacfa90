"""What brings people together, as the team sees it before everybody does; and the runs of every kind of analysis."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.abilities import SEE_DESK, may
from accounts.permissions import role_required, signed_in_user
from common.limits import limited_by
from common.refusals import Refusal
from common.requests import Request
from consultations.analysis.abilities import ANALYSE
from consultations.analysis.enums import RunKind
from consultations.analysis.limits import ANALYSES
from consultations.analysis.selectors.near_pairs import near_pairs
from consultations.analysis.selectors.runs import Standing, standing
from consultations.analysis.selectors.together import together
from consultations.analysis.services.kinds import KINDS
from consultations.analysis.services.publishing import publish_run, take_back
from consultations.analysis.services.running import ask_for_run, cancel_run
from consultations.framing.backoffice.chosen import of_consultation
from consultations.framing.models import Consultation

# Where each kind is looked at.
PAGES = {RunKind.GROUPS: "desk_groups", RunKind.THEMES: "desk_topics", RunKind.DUPLICATES: "desk_topics"}


@dataclass(frozen=True)
class Shown:
    """What a page says of one kind; `pairs`: how many wait to be looked at."""

    kind: str
    label: str
    standing: Standing
    pairs: int = 0


def standings_of(request: HttpRequest, consultation: Consultation, *kinds: RunKind) -> dict[str, Any]:
    """The lines of a page that says how its analyses stand; its button asks for the first."""
    shown = []
    for kind in kinds:
        pairs = len(near_pairs(consultation)) if kind == RunKind.DUPLICATES else 0
        now = standing(consultation, kind, at=timezone.now())
        shown.append(Shown(kind.lower(), str(kind.label), now, pairs))
    return {
        "consultation": consultation,
        "standings": shown,
        "waits_for": any(each.standing.asked for each in shown),
        "page_url": request.path,
        "may_analyse": may(request.user, ANALYSE) and not consultation.is_archived,
    }


@require_safe
@role_required(SEE_DESK)
@of_consultation
def groups(request: HttpRequest, consultation: Consultation) -> HttpResponse:
    """The last run, or while one is made how far it is; asks for itself again until then."""
    told = standings_of(request, consultation, RunKind.GROUPS)
    now = told["standings"][0].standing
    shown = now.done
    context = {
        **told,
        "standing": now,
        "run": shown,
        "found": together(shown, consultation) if shown else None,
        "is_published": bool(shown and shown.published_at),
    }
    if getattr(request, "htmx", False) and now.asked:
        return render(request, "analysis/backoffice/_standing.html", context)
    answer = render(request, "analysis/backoffice/groups.html", context)
    if getattr(request, "htmx", False):
        answer["HX-Refresh"] = "true"  # what was waited for is there
    return answer


@require_POST
@limited_by(ANALYSES)
@role_required(ANALYSE)
@of_consultation
def start(request: HttpRequest, consultation: Consultation, kind: str) -> HttpResponse:
    chosen, actor, at = _kind(kind), signed_in_user(request), timezone.now()
    ask_for_run(consultation=consultation, kind=chosen, actor=actor, at=at)
    if chosen == RunKind.THEMES:  # of the same texts: what says nearly the same feeds the page that brings it together
        ask_for_run(consultation=consultation, kind=RunKind.DUPLICATES, actor=actor, at=at)
    return redirect(PAGES[chosen], consultation.slug)


@require_POST
@role_required(ANALYSE)
@of_consultation
def cancel(request: HttpRequest, consultation: Consultation, kind: str) -> HttpResponse:
    chosen = _kind(kind)
    run = standing(consultation, chosen, at=timezone.now()).asked
    if run is not None:
        cancel_run(run=run, actor=signed_in_user(request), at=timezone.now())
        messages.success(request, _("The analysis is cancelled. Nothing was changed."))
    return redirect(PAGES[chosen], consultation.slug)


@require_POST
@role_required(ANALYSE)
@of_consultation
def publish(request: Request, consultation: Consultation, run: int) -> HttpResponse:
    """The run that was looked at, and no other."""
    try:
        publish_run(
            run_id=run,
            consultation=consultation,
            actor=signed_in_user(request),
            at=timezone.now(),
        )
        is_read = consultation.opened_at and request.tenant.is_public
        said = _("Everybody can read it now.") if is_read else _("Everybody can read it from the opening on.")
        messages.success(request, said)
    except Refusal as refusal:
        messages.warning(request, str(refusal.message))
    return redirect("desk_groups", consultation.slug)


@require_POST
@role_required(ANALYSE)
@of_consultation
def withdraw(request: HttpRequest, consultation: Consultation) -> HttpResponse:
    take_back(consultation=consultation, kind=RunKind.GROUPS, actor=signed_in_user(request))
    messages.success(request, _("Only the team reads it now."))
    return redirect("desk_groups", consultation.slug)


def _kind(written: str) -> RunKind:
    found = next((kind for kind in KINDS if kind.lower() == written), None)
    if found is None or found not in PAGES:
        raise Http404
    return found
