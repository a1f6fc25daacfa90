"""All contributions in one list: for whoever of the team looks for some, and for what is to be done with them."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from accounts.abilities import may
from accounts.permissions import role_required, signed_in_user
from common.requests import Request
from common.states import Answers, answers
from common.templatetags.ui import figure, row_of_names
from consultations.participation.abilities import EXPORT_CONTRIBUTIONS, READ_CONTRIBUTIONS
from consultations.participation.backoffice.sifting import SORT_WORDS, SiftForm
from consultations.participation.enums import ContributionKind
from consultations.participation.registry import list_actions, ready_views
from consultations.participation.selectors.contributions import (
    COUNTED,
    SORTS,
    ContributionsPage,
    contributions_page,
)


@answers(Answers.READ_ONLY)
@require_safe
@role_required(READ_CONTRIBUTIONS)
def contributions(request: Request) -> HttpResponse:
    """A page of them; what cannot be read in the address is said at its field, and the rest is shown."""
    user = signed_in_user(request)
    form = SiftForm(request.GET)
    sift = form.sift(user=user)
    page = contributions_page(sift, user=user, after=request.GET.get("apres", ""))
    asked = form.asked()
    context = {
        "form": form,
        "page": page,
        "active": form.active(),
        "asked": asked,
        "is_later": "apres" in request.GET,
        "next": form.asked(apres=page.next) if page.next else "",
        "found": said_of(page),
        "sort_words": SORT_WORDS[sift.sort],
        "sorts": {sort: f"?{form.asked(without='tri', tri=sort)}" for sort in SORTS},
        "sift": sift,
        "views": _views(asked),
        "may_export": may(user, EXPORT_CONTRIBUTIONS),
        "actions": [each for each in list_actions if may(user, each.ability) and each.when(user)],
    }
    status = 422 if form.errors else 200
    return render(request, "participation/backoffice/contributions.html", context, status=status)


def _views(asked: str) -> list[dict[str, Any]]:
    return [{"label": each.label, "query": each.query, "is_here": each.query == asked} for each in ready_views]


def said_of(page: ContributionsPage) -> str:
    """How many there are of each kind: "12 propositions, 30 arguments et 6 réponses"."""
    of = {
        ContributionKind.PROPOSAL: lambda n: ngettext("%(count)s proposal", "%(count)s proposals", n),
        ContributionKind.ARGUMENT: lambda n: ngettext("%(count)s argument", "%(count)s arguments", n),
        ContributionKind.REPLY: lambda n: ngettext("%(count)s reply", "%(count)s replies", n),
    }
    more = _("more than %(count)s")
    said = []
    for kind, n in page.counts.items():
        is_more = not page.is_counted and n > COUNTED
        shown = more % {"count": figure(COUNTED)} if is_more else figure(n)
        if n:
            said.append(of[ContributionKind(kind)](n) % {"count": shown})
    return row_of_names(said) if said else _("No contribution")  # type: ignore[arg-type]
