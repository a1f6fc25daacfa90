"""What a city sets of its moderation (common.city_settings)."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.permissions import signed_in_user
from common.city_settings import Section, setting
from common.requests import Request
from common.text import in_figures
from consultations.framing.abilities import FRAME
from consultations.framing.enums import ModeratedBy
from consultations.framing.models import Consultation
from consultations.moderation.abilities import CHOOSE_WORDS, SEE_SERVICE_VISITS
from consultations.moderation.models import CityWord
from consultations.moderation.permissions import moderates_somewhere
from consultations.moderation.rules import PROMISED_HOURS


@setting(
    Section.MODERATION,
    gettext_lazy("Words of your own"),
    order=20,
    effect=gettext_lazy("The filter points at them for those who moderate. It hides nothing by itself."),
    roles=CHOOSE_WORDS.roles,
    url_name="desk_moderation_words",
    queries=2,
)
def words(request: Request) -> str | None:
    """Nothing to whoever moderates nowhere: the page is not theirs."""
    if not moderates_somewhere(user=signed_in_user(request)):
        return None
    listed = CityWord.objects.count()
    if not listed:
        return _("No word yet")
    return ngettext("%(count)s word or phrase", "%(count)s words or phrases", listed) % {"count": in_figures(listed)}


@setting(
    Section.MODERATION,
    gettext_lazy("Delays of moderation"),
    order=15,
    effect=gettext_lazy("Whoever reports something reads by when a person looks at it."),
    roles=FRAME.roles,
    url_name="charter",
)
def delays(request: Request) -> str:
    shortest, between, longest = PROMISED_HOURS
    said = _("%(shortest)s h, %(between)s h or %(longest)s h by what is reported, the same in every city")
    return said % {"shortest": shortest, "between": between, "longest": longest}


@setting(
    Section.MODERATION,
    gettext_lazy("Moderation by the service"),
    order=30,
    effect=gettext_lazy("Where you ask for it, the service’s team reads what is reported, and decides for you."),
    roles=SEE_SERVICE_VISITS.roles,
    url_name="desk_service_visits",
    queries=1,
)
def delegation(request: Request) -> str:
    delegated = Consultation.objects.filter(moderated_by=ModeratedBy.OPERATORS).count()
    if not delegated:
        return _("For no consultation")
    said = ngettext("For %(count)s consultation", "For %(count)s consultations", delegated)
    return said % {"count": in_figures(delegated)}
