"""Where outcomes are in the menus."""

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.abilities import may
from accounts.permissions import signed_in_user
from common.navigation import Group, Menu, in_menu
from common.requests import Request
from consultations.framing.backoffice.chosen import address_in_chosen, has_chosen
from consultations.framing.context import consultation
from consultations.outcomes.abilities import GIVE_OPINION, SEE_ANSWERS, SIGN_ANSWERS
from consultations.outcomes.models import Project
from consultations.outcomes.selectors.clock import answers_url, has_answers
from consultations.outcomes.selectors.desk import waits_for
from consultations.outcomes.selectors.results import OVER


def _has_answers(request: Request) -> bool:
    here = consultation(request)["city_consultation"]
    return bool(here) and has_answers(here)


in_menu(
    Menu.CITY,
    "answers",
    _("Answers"),
    order=22,
    inside="answers_of",
    when=_has_answers,
    queries=1,
    url=lambda request: answers_url(consultation(request)["city_consultation"]),
)


def _has_projects(request: Request) -> bool:
    return not request.tenant.is_anonymous and Project.objects.exclude(published_at=None).exists()


in_menu(Menu.CITY, "projects", _("Projects"), order=25, inside="project", when=_has_projects, queries=1)
in_menu(
    Menu.DESK,
    "desk_projects",
    _("Projects"),
    order=20,
    group=Group.OUTCOMES,
    roles=SEE_ANSWERS.roles,
    inside="desk_project* desk_step_*",
    when=has_chosen,
    url=address_in_chosen("desk_projects"),
)


def _is_over(request: Request) -> bool:
    here = consultation(request)["city_consultation"]
    return bool(here) and here.state(timezone.now()) in OVER


def _results_url(request: Request) -> str:
    here = consultation(request)["city_consultation"]
    return reverse("results") if here.is_current else reverse("results_of", args=[here.slug])


in_menu(
    Menu.CITY,
    "results",
    _("Results"),
    order=28,
    inside="results_of",
    when=_is_over,
    queries=1,
    url=_results_url,
)
in_menu(
    Menu.DESK,
    "desk_report",
    pgettext_lazy("of a consultation", "Report"),
    order=40,
    group=Group.OUTCOMES,
    roles=SEE_ANSWERS.roles,
    when=has_chosen,
    url=address_in_chosen("desk_report"),
)


def _to_sign(request: Request) -> int:
    user = signed_in_user(request)
    return waits_for(user) if may(user, SIGN_ANSWERS) else 0


in_menu(
    Menu.DESK,
    "desk_answers",
    pgettext_lazy("menu", "Answers"),
    order=10,
    group=Group.OUTCOMES,
    roles=SEE_ANSWERS.roles,
    inside="desk_answer desk_answer_* desk_answers_* desk_sign desk_sign_* desk_opinion",
    when=has_chosen,
    count=_to_sign,
    queries=1,
    url=address_in_chosen("desk_answers"),
)
# Of those who have a desk, the week says it.
in_menu(
    Menu.DESK,
    "opinions",
    _("Proposals to look into"),
    order=5,
    group=Group.OUTCOMES,
    roles=GIVE_OPINION.sometimes,
    inside="opinion",
)
