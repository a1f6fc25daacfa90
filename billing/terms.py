"""What the agreement on data and the security annex say of us: the settings PAPERS_*, and the host's, LEGAL_HOST_*."""

import re

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from billing.documents.problems import Problem

_FAMILY = re.compile(r"^(PAPERS|LEGAL|SITE)_")
_HOST = ("LEGAL_HOST_NAME", "LEGAL_HOST_ADDRESS")
_DAYS = ("PAPERS_BACKUP_DAYS", "PAPERS_REQUEST_DAYS", "PAPERS_AUDIT_DAYS", "PAPERS_AUDITS_A_YEAR")
_COUNTRIES = ("PAPERS_HOST_COUNTRY", "PAPERS_MAIL_COUNTRY", "PAPERS_ERRORS_COUNTRY")
# The agreement promises that nothing leaves the Union: as one names its countries in French.
_WEST = "Allemagne Autriche Belgique Danemark Espagne Finlande France Grèce Irlande Italie Luxembourg Pays-Bas Portugal"
_EAST = "Bulgarie Chypre Croatie Estonie Hongrie Lettonie Lituanie Malte Pologne Roumanie Slovaquie Slovénie Tchéquie"
UNION = frozenset(f"{_WEST} {_EAST} Suède".split())
# What the agreement itself needs; the security annex says the host's certifications besides.
AGREED = (
    *_HOST,
    *_COUNTRIES,
    *_DAYS,
    "PAPERS_BACKUPS",
    "PAPERS_MAIL_COMPANY",
    "PAPERS_ERRORS_COMPANY",
    "PAPERS_DPO_NAME",
    "PAPERS_DPO_EMAIL",
)


def values() -> dict[str, str]:
    """By the names of the settings; where errors are reported to nobody, without who gets them."""
    found = {name: str(getattr(settings, name)).strip() for name in _HOST}
    found |= {f"PAPERS_{name}": value for name, value in settings.PAPERS.items()}
    if not settings.SENTRY_DSN:
        found = {name: value for name, value in found.items() if not name.startswith("PAPERS_ERRORS_")}
    return found


def missing() -> list[str]:
    return [name for name, value in values().items() if not value]


def problems() -> list[Problem]:
    """What is wrong with what is set; nothing of what is not."""
    given = {name: value for name, value in values().items() if value}
    found = [
        Problem(name, _("%(name)s is a number of one or more.") % {"name": name})
        for name in _DAYS
        if name in given and not (given[name].isascii() and given[name].isdigit() and int(given[name]))
    ]
    for name in _COUNTRIES:
        if name in given and given[name] not in UNION:
            said = _("%(name)s is no country of the European Union, written in French with a capital letter.")
            found.append(Problem(name, said % {"name": name}))
    if "PAPERS_DPO_EMAIL" in given:
        try:
            validate_email(given["PAPERS_DPO_EMAIL"])
        except ValidationError:
            found.append(Problem("PAPERS_DPO_EMAIL", _("%(name)s is no address.") % {"name": "PAPERS_DPO_EMAIL"}))
    return found


def printed() -> dict[str, str]:
    """For the templates agreement.html and security.html: `backup_days`, `host_name`… Ask `missing` first."""
    return by_short_names(values())


def by_short_names(found: dict[str, str]) -> dict[str, str]:
    return {_FAMILY.sub("", name).lower(): value for name, value in found.items()}
