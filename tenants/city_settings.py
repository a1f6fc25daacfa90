"""What a city sets of its name and its addresses, and the copies that it takes (common.city_settings)."""

from django.conf import settings
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.city_settings import Section, setting
from common.requests import Request
from common.templatetags.ui import full_day
from tenants.abilities import MANAGE_ADDRESS, TAKE_COPIES
from tenants.copies import last_copy_at
from tenants.domains.names import for_people


@setting(
    Section.IDENTITY,
    gettext_lazy("Name"),
    order=10,
    effect=format_lazy(
        gettext_lazy("It heads every page and every e-mail. To change it, write to us: {email}."),
        email=settings.SERVICE_EMAIL,
    ),
    roles=MANAGE_ADDRESS.roles,
)
def name(request: Request) -> str:
    return str(request.tenant.name)


@setting(
    Section.IDENTITY,
    gettext_lazy("Address"),
    order=30,
    effect=gettext_lazy("People type it to come here, and read it in every e-mail."),
    roles=MANAGE_ADDRESS.roles,
    url_name="desk_address",
)
def address(request: Request) -> str:
    city = request.tenant
    host = for_people(city.host)
    if city.wanted_domain:
        return _("%(host)s, until %(wanted)s leads here") % {"host": host, "wanted": for_people(city.wanted_domain)}
    return host


@setting(
    Section.IDENTITY,
    gettext_lazy("Verification"),
    order=40,
    effect=gettext_lazy("It shows that the platform is really yours. Until then only your team reads it."),
    roles=MANAGE_ADDRESS.roles,
    url_name="desk_verification",
)
def verification(request: Request) -> str:
    found = request.tenant.verified_at
    return _("Verified on %(day)s") % {"day": full_day(found)} if found else _("Not verified yet")


@setting(
    Section.DATA,
    gettext_lazy("Copy of the platform"),
    order=30,
    effect=gettext_lazy("Nothing changes for people: you take along what the platform holds, with or without names."),
    roles=TAKE_COPIES.roles,
    url_name="desk_export",
    queries=1,
)
def copies(request: Request) -> str:
    found = last_copy_at()
    return _("Last taken on %(day)s") % {"day": full_day(found)} if found else _("None in the journal")
