"""What a city sets of its looks, its places and its legal texts, and who moderates (common.city_settings)."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.abilities import SEE_DESK
from accounts.neighbourhoods import listed_neighbourhoods
from common.city_settings import Section, setting
from common.languages import offered, other_languages
from common.requests import Request
from common.retention import kept_data
from common.text import in_figures
from consultations.framing.abilities import FRAME, SET_UP
from consultations.framing.backoffice.chosen import address_in_chosen, chosen_consultation
from consultations.framing.legal import Known, placeholders_left
from consultations.framing.selectors import legal_identity, reference_consultation


@setting(
    Section.IDENTITY,
    gettext_lazy("Appearance"),
    order=20,
    effect=gettext_lazy("People recognise you by your colour and your logo on every page."),
    roles=SET_UP.roles,
    url_name="desk_appearance",
)
def appearance(request: Request) -> str:
    city = request.tenant
    said = _("Colour %(colour)s, with your logo") if city.logo else _("Colour %(colour)s, without a logo")
    return said % {"colour": city.colour}


@setting(
    Section.IDENTITY,
    gettext_lazy("Languages"),
    order=25,
    effect=gettext_lazy("People who do not read French well read the site, and get its e-mails, in their language."),
    roles=SET_UP.roles,
    url_name="desk_languages",
)
def languages(request: Request) -> str:
    names = other_languages()
    return ", ".join([_("French"), *(names[code] for code in offered(request.tenant))])


@setting(
    Section.PARTICIPATION,
    gettext_lazy("Neighbourhoods"),
    order=20,
    effect=gettext_lazy("With a list, people choose theirs, and find the proposals of a neighbourhood."),
    roles=SET_UP.roles,
    url_name="desk_neighbourhoods",
    queries=1,
)
def neighbourhoods(request: Request) -> str:
    listed = len(listed_neighbourhoods())
    if not listed:
        return _("No list: people type theirs")
    return ngettext("%(count)s in the list", "%(count)s in the list", listed) % {"count": in_figures(listed)}


@setting(
    Section.MODERATION,
    gettext_lazy("Who moderates, and when"),
    order=10,
    effect=gettext_lazy("People read it in the charter. It also says whether their text waits before it is public."),
    roles=FRAME.roles,
    url_name="desk_consultation",
    url=address_in_chosen("desk_consultation"),
    queries=2,
)
def moderation(request: Request) -> str | None:
    found = chosen_consultation(request)
    if found is None:
        return None
    said = {"title": found.title, "who": found.get_moderated_by_display(), "when": found.get_moderation_display()}
    if found.reads_first:
        said["delay"] = found.get_moderation_delay_display()
        return _("“%(title)s”: %(who)s. %(when)s, within %(delay)s.") % said
    return _("“%(title)s”: %(who)s. %(when)s.") % said


@setting(
    Section.DATA,
    gettext_lazy("Legal texts"),
    order=10,
    effect=gettext_lazy("People read there who answers for the site, and what becomes of their data."),
    roles=SET_UP.roles,
    url_name="desk_legal",
    queries=3,
)
def legal(request: Request) -> str:
    left = len(placeholders_left(Known(request.tenant, legal_identity(), reference_consultation())))
    if not left:
        return _("Nothing is missing")
    return ngettext("%(count)s thing missing", "%(count)s things missing", left) % {"count": in_figures(left)}


@setting(
    Section.DATA,
    gettext_lazy("How long data is kept"),
    order=20,
    effect=gettext_lazy("People read the list in “Your data”. What has lasted long enough is deleted by itself."),
    roles=SEE_DESK.roles,
    url_name="privacy",
)
def retention(request: Request) -> str:
    kinds = len(kept_data)
    said = ngettext(
        "%(count)s kind of data, the same in every city", "%(count)s kinds of data, the same in every city", kinds
    )
    return said % {"count": in_figures(kinds)}
