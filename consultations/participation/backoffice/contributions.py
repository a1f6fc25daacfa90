"""All contributions in one list: for whoever of the team looks for some, and for what is to be done with them."""

from dataclasses import replace

from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from accounts.abilities import may
from accounts.permissions import role_required, signed_in_user
from common.requests import Request
from common.states import Answers, answers
from common.templatetags.ui import figure, row_of_names
from consultations.framing.backoffice.chosen import choose
from consultations.participation.abilities import EXPORT_CONTRIBUTIONS, READ_CONTRIBUTIONS
from consultations.participation.backoffice.sifting import SORT_WORDS, SiftForm
from consultations.participation.backoffice.views_shown import shown_views
from consultations.participation.enums import ContributionKind
from consultations.participation.models import SavedView, Sheet
from consultations.participation.registry import list_actions
from consultations.participation.selectors.columns import USUAL
from consultations.participation.selectors.contributions import (
    COUNTED,
    SORTS,
    ContributionsPage,
    contributions_page,
)
from consultations.participation.selectors.saved_views import view_of


@answers(Answers.READ_ONLY)
@require_safe
@role_required(READ_CONTRIBUTIONS)
def contributions(request: Request) -> HttpResponse:
    """A page of them; what cannot be read in the address is said at its field, and the rest is shown."""
    user = signed_in_user(request)
    opened = view_of(user, request.GET["vue"]) if "vue" in request.GET else None
    form = SiftForm(QueryDict(opened.query) if opened else request.GET)
    is_lost = "vue" in request.GET and opened is None
    sift = replace(form.sift(user=user), among=() if is_lost else None)
    if consultation := form.narrowed_to():
        choose(request, consultation)
    page = contributions_page(sift, user=user, after=request.GET.get("apres", ""))
    _name_challenges(page, form)
    asked, views = form.asked(), shown_views(form, user=user, opened=opened, is_lost=is_lost)
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
        "columns": form.columns or USUAL,
        "views": views,
        "has_saved": any(each.is_saved for each in views),
        "opened": opened,
        "gone": _gone(form, opened),
        "is_lost": is_lost,
        "may_export": may(user, EXPORT_CONTRIBUTIONS),
        "has_files": Sheet.objects.filter(asked_by=user).exists(),
        "actions": [each for each in list_actions if may(user, each.ability) and each.when(user)],
    }
    status = 404 if is_lost else 422 if form.errors else 200
    return render(request, "participation/backoffice/contributions.html", context, status=status)


def _name_challenges(page: ContributionsPage, form: SiftForm) -> None:
    labels = {each.pk: each.label for each in form.challenges.values()}
    for line in page.lines:
        line.challenge_label = labels.get(line.proposal.challenge_id, "")


def _gone(form: SiftForm, opened: SavedView | None) -> list[str]:
    """What a saved view asks for and is no more there, in sentences: its reader typed nothing wrong in a field."""
    if opened is None:
        return []
    sentences = [str(error) for errors in form.errors.values() for error in errors]
    form.errors.clear()
    return sentences


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
