"""All that the city answers in a consultation, and what it still owes: nobody needs an account to read."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone

from common.pagecache import cached_page
from common.requests import Request
from consultations.framing.context import remember
from consultations.framing.selectors import consultations_to_read
from consultations.outcomes.enums import Decision
from consultations.outcomes.selectors.public import answers_summary, awaited_answers, published_answers

# In addresses.
_SLUGS = {
    "retenues": Decision.ADOPTED,
    "avec-adaptation": Decision.ADAPTED,
    "a-l-etude": Decision.STUDIED,
    "non-retenues": Decision.DECLINED,
    "hors-competence": Decision.ELSEWHERE,
}
_WAITING = "attendues"


@cached_page
def answers(request: Request, slug: str = "") -> HttpResponse:
    which = {"slug": slug} if slug else {"is_current": True}
    found = get_object_or_404(consultations_to_read().exclude(opened_at=None), **which)
    remember(request, found)
    summary = answers_summary(found, at=timezone.now())
    chosen, number = request.GET.get("reponse", ""), request.GET.get("page", 1)
    waiting = chosen == _WAITING
    decision = _SLUGS.get(chosen, "")
    context = {
        "consultation": found,
        "clock": summary.clock,
        "curve": summary.curve,
        "late": summary.late,
        "counts": summary.counts,
        "challenges": summary.challenges,
        "decisions": [(each.value, each.label, slug, summary.counts[each]) for slug, each in _SLUGS.items()],
        "chosen": chosen if waiting or decision else "",
        "waiting": waiting,
        "page": awaited_answers(found, page=number)
        if waiting
        else published_answers(found, decision=decision, page=number),
    }
    return render(request, "outcomes/resident/answers.html", context)
