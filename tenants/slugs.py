"""The words that a city's address may begin with: which are refused, and what to propose instead."""

import re

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from tenants.models import Domain, Municipality, validate_slug
from tenants.reservations import reserved_for_others

# Addresses that mean something else, or that a visitor would take for the service itself.
_RESERVED_SLUGS_WORDS = """
    www web api ops admin administration administrateur root mail email smtp imap pop ftp sftp ssh vpn ns mx dns
    static media assets cdn files blog forum aide help docs documentation support contact status statut app
    application demo test tests dev staging preprod prod production beta public territoires
    territoires-resilients localhost local inscription connexion login signin compte account gestion facturation
    paiement payment billing webmail autodiscover autoconfig postmaster hostmaster webmaster abuse security
    securite tls acme collectivites collectivite plateforme officiel service equipe operateur
    """
RESERVED_SLUGS = frozenset(_RESERVED_SLUGS_WORDS.split())
# No city's address may hold the service's own name.
_SERVICE_NAME = "territoiresresilients"
# What the register calls a city that is gone: its slug must be free by then.
DELETED_SLUG = "supprimee-"
MOST_ALTERNATIVES = 4

# Digits and pairs of letters that the eye takes for another letter, on both sides of the comparison.
_LOOKS_LIKE = str.maketrans({"0": "o", "1": "l", "i": "l", "3": "e", "4": "a", "5": "s", "7": "t", "-": None})


def slug_problem(slug: str) -> str | None:
    """Why a city's address may not be this, as a sentence for people; None when it may. Asks no database."""
    try:
        validate_slug(slug)
    except ValidationError as problem:
        return str(problem.messages[0])
    if slug[2:4] == "--":
        # Where browsers expect an international name: xn--… may show as any other word.
        return _("Two hyphens may not follow the first two signs. Use one.")
    if is_reserved(slug):
        return _("This address is reserved for the service, or looks too much like one that is. Choose another one.")
    return None


def is_reserved(slug: str) -> bool:
    """Whether a visitor could take this address for the service's, read quickly: adm1n, www-2, territo1res."""
    if slug.startswith(("www-", DELETED_SLUG)):
        return True
    shape = _shape(slug)
    without_number = _shape(re.sub(r"-?[0-9]+\Z", "", slug))
    return shape in _RESERVED_SHAPES or without_number in _RESERVED_SHAPES or _shape(_SERVICE_NAME) in shape


def _shape(slug: str) -> str:
    return slug.translate(_LOOKS_LIKE).replace("rn", "m").replace("vv", "w")


_RESERVED_SHAPES = frozenset(_shape(each) for each in RESERVED_SLUGS)


def slug_is_free(slug: str, *, kind: str = "", authority_code: str = "") -> bool:
    """Whether that authority could take this address now: no problem with it, nobody has it, and whoever had it was
    the same authority."""
    return slug_problem(slug) is None and not taken_among([slug], kind=kind, authority_code=authority_code)


def taken_among(slugs: list[str], *, kind: str = "", authority_code: str = "") -> set[str]:
    """Those that are a city's address, or once were: old links lead there for ever. Of cities that are gone, only
    those of other authorities (tenants.reservations). One query, in public."""
    hosts = [f"{slug}.{settings.PUBLIC_HOST}" for slug in slugs]
    cities = Municipality.objects.filter(slug__in=slugs).order_by().values_list("slug", flat=True)
    taken = cities.union(
        Domain.objects.filter(domain__in=hosts).order_by().values_list("domain", flat=True),
        reserved_for_others(hosts, kind=kind, authority_code=authority_code).order_by().values_list("host", flat=True),
    )
    return {each.removesuffix(f".{settings.PUBLIC_HOST}") for each in taken}


def free_alternatives(slug: str, *, department_code: str = "", kind: str = "", authority_code: str = "") -> list[str]:
    """Up to four free addresses close to a taken one, the closest first. One query, in public."""
    department = department_code.lower()
    proposed = [f"{slug}-{department}"] if department else []
    proposed += [
        f"ville-{slug}",
        f"{slug}-participe",
        f"{slug}-concertation",
        f"consultation-{slug}",
        f"{slug}-demain",
        f"{slug}-{department}-participe" if department else f"{slug}-ensemble",
    ]
    proposed = [each for each in proposed if slug_problem(each) is None]
    taken = taken_among(proposed, kind=kind, authority_code=authority_code)
    return [each for each in proposed if each not in taken][:MOST_ALTERNATIVES]
