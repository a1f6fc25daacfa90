"""What the four legal pages say of this city: each fact known, or a placeholder in its place.

One table for the pages and for the list of what is missing, so that they cannot disagree.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from django.conf import settings
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy, pgettext_lazy

from consultations.framing.models import Consultation, LegalIdentity
from tenants.models import Municipality

PAGES: dict[str, str | Promise] = {
    "legal_notices": gettext_lazy("Legal notices"),
    "privacy": gettext_lazy("Your data"),
    "charter": gettext_lazy("Participation charter"),
    "accessibility": gettext_lazy("Accessibility statement"),
}


class Known(NamedTuple):
    """Where facts come from. A city may have no consultation yet."""

    city: Municipality
    identity: LegalIdentity
    consultation: Consultation | None


@dataclass(frozen=True)
class Fact:
    """A fact that a page must state: the words shown when it is missing, its pages, the desk page to enter it."""

    missing: str | Promise
    pages: tuple[str, ...]
    url_name: str
    value: Callable[[Known], str | SafeString]


@dataclass(frozen=True)
class Placeholder:
    """A fact that is missing. `url_name` is empty where only the service can fill it in."""

    name: str
    label: str
    pages: tuple[str, ...]
    url_name: str


def _of_consultation(name: str) -> Callable[[Known], str]:
    return lambda known: str(getattr(known.consultation, name)) if known.consultation else ""


def _of_identity(name: str) -> Callable[[Known], str]:
    return lambda known: str(getattr(known.identity, name))


def _contact(known: Known) -> str:
    email = known.consultation.contact_email if known.consultation else ""
    return format_html('<a href="mailto:{0}">{0}</a>', email) if email else ""


def _host(known: Known) -> str:
    """Its name, address and telephone: the law wants the three (loi n° 2004-575, article 1-1)."""
    parts = [settings.LEGAL_HOST_NAME, settings.LEGAL_HOST_ADDRESS, settings.LEGAL_HOST_PHONE]
    return ", ".join(parts) if all(parts) else ""


FACTS: dict[str, Fact] = {
    "identifier": Fact(
        gettext_lazy("identifier of the authority"),
        ("legal_notices",),
        "",
        lambda known: known.city.siren or known.city.authority_code,
    ),
    "postal_address": Fact(
        gettext_lazy("postal address"), ("legal_notices",), "desk_legal", _of_identity("postal_address")
    ),
    "phone": Fact(gettext_lazy("telephone number"), ("legal_notices",), "desk_legal", _of_identity("phone")),
    "director": Fact(
        gettext_lazy("first name, name and function of the director of publication"),
        ("legal_notices",),
        "desk_legal",
        _of_identity("director"),
    ),
    "host": Fact(gettext_lazy("name, address and telephone of the host"), ("legal_notices",), "", _host),
    "contact": Fact(gettext_lazy("contact address"), tuple(PAGES), "desk_consultation", _contact),
    "data_officer": Fact(
        gettext_lazy("name or function of the data protection officer"),
        ("privacy",),
        "desk_legal",
        _of_identity("data_officer"),
    ),
    "data_officer_contact": Fact(
        gettext_lazy("how to reach the data protection officer"),
        ("privacy",),
        "desk_legal",
        _of_identity("data_officer_contact"),
    ),
    "decision_maker": Fact(
        pgettext_lazy("placeholder", "who decides"),
        ("charter",),
        "desk_consultation",
        _of_consultation("decision_maker"),
    ),
    "who_may_answer": Fact(
        pgettext_lazy("placeholder", "who may answer"),
        ("charter",),
        "desk_consultation",
        _of_consultation("who_may_answer"),
    ),
    "commitment": Fact(
        gettext_lazy("what will be done with the answers, and by when"),
        ("charter",),
        "desk_consultation",
        _of_consultation("commitment"),
    ),
}


def facts_shown(known: Known) -> dict[str, SafeString]:
    """Each fact as the pages print it: what is known, or what is missing, marked."""
    return {
        name: format_html("{}", value) if (value := fact.value(known)) else format_html("<mark>{}</mark>", fact.missing)
        for name, fact in FACTS.items()
    }


def placeholders_left(known: Known) -> list[Placeholder]:
    """The facts that some page still lacks, in the order of the pages."""
    return [
        Placeholder(name, str(fact.missing), fact.pages, fact.url_name)
        for name, fact in FACTS.items()
        if not fact.value(known)
    ]
