"""Webhooks among what a city sets (common.city_settings)."""

from django.utils.translation import gettext_lazy, ngettext, pgettext

from common.city_settings import Section, setting
from common.requests import Request
from webhooks.abilities import MANAGE_WEBHOOKS
from webhooks.models import Endpoint


@setting(
    Section.DATA,
    gettext_lazy("Webhooks"),
    order=40,
    effect=gettext_lazy("Nothing changes for people: another site of yours hears at once what is published here."),
    roles=MANAGE_WEBHOOKS.roles,
    url_name="desk_webhooks",
    queries=1,
)
def webhooks(request: Request) -> str:
    count = Endpoint.objects.count()
    if not count:
        return pgettext("webhooks", "None")
    return ngettext("%(count)s address", "%(count)s addresses", count) % {"count": count}
