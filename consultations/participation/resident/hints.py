"""While one types a proposal: what helps to write it, and what others have proposed."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_POST

from accounts.permissions import user_of
from consultations.framing.models import Challenge
from consultations.framing.selectors import challenges_to_read
from consultations.participation.nudges import Nudge, nudges_for
from consultations.participation.resident.drafts import writer_of
from consultations.participation.rules import draft_text
from consultations.participation.selectors.drafts import begun_from
from consultations.participation.selectors.similar import Similar, similar_proposals

STEP_OF_PATH = {"solution": "solution", "probleme": "problem", "benefice": "benefit", "titre": "title"}


def typed_text(request: HttpRequest, name: str) -> str:
    return draft_text(name, request.POST.get(name, ""))


@require_POST
def typing(request: HttpRequest, slug: str, step: str) -> HttpResponse:
    """Nudges and similar proposals for what is in the field now. Nothing is kept."""
    challenge, name = get_object_or_404(challenges_to_read(), slug=slug), STEP_OF_PATH.get(step)
    if name is None:
        raise Http404
    typed = typed_text(request, name)
    nudges = nudges_on(name, typed, _solution_beside(request, name))
    close = similar_to(request, challenge, typed) if name == "solution" else []
    nudged, shown = codes_of(nudges), keys_of(close)
    # The same again stays as it is: a screen reader need not say it at every word.
    has_nudges = nudged != request.POST.get("nudged", "")
    has_similar = name == "solution" and shown != request.POST.get("shown", "")
    if not has_nudges and not has_similar:
        return HttpResponse(status=204)
    context = {
        "nudges": nudges,
        "nudged": nudged,
        "has_nudges": has_nudges,
        "close": close,
        "shown": shown,
        "has_similar": has_similar,
    }
    return render(request, "participation/resident/_typing.html", context)


def _solution_beside(request: HttpRequest, name: str) -> str:
    """A benefit is compared with the solution of its draft."""
    if name != "benefit":
        return ""
    key = request.POST.get("draft", "")
    draft = begun_from(key=key, writer=writer_of(request)) if key else None
    return draft.solution if draft else ""


def keys_of(close: list[Similar]) -> str:
    return " ".join(str(each.proposal.pk) for each in close)


def codes_of(nudges: list[Nudge]) -> str:
    return " ".join(nudge.code for nudge in nudges)


def nudges_on(name: str, text: str, solution: str) -> list[Nudge]:
    return nudges_for(text, solution=solution if name == "benefit" else "")


def similar_to(request: HttpRequest, challenge: Challenge, text: str) -> list[Similar]:
    return similar_proposals(consultation=challenge.consultation, text=text, but_of=user_of(request))
