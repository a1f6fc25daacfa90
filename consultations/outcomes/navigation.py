"""Where answers are in the menus."""

from django.utils.translation import gettext_lazy as _

from common.navigation import Menu, in_menu
from common.requests import Request
from consultations.framing.context import consultation
from consultations.outcomes.models import AnswerVersion
from consultations.outcomes.selectors.clock import answers_url


def _has_answers(request: Request) -> bool:
    here = consultation(request)["city_consultation"]
    return bool(here) and AnswerVersion.objects.filter(answer__proposal__challenge__consultation=here).exists()


in_menu(
    Menu.CITY,
    "answers",
    _("Answers"),
    order=30,
    inside="answers_of",
    when=_has_answers,
    queries=1,
    url=lambda request: answers_url(consultation(request)["city_consultation"]),
)
