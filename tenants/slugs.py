"""The first part of a city's host on the service's domain: which are refused, and what to propose instead."""

import re
from collections.abc import Callable

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
# The State and public services, as its directory (annuaire de l’administration, service-public.gouv.fr) and that of the
# social security (securite-sociale.fr) name them: whoever reads police-saran would believe it. By themselves or as the
# first word.
_STATE_SLUGS_WORDS = """
    impots impot dgfip finances-publiques tresor-public urssaf douane douanes police gendarmerie pompiers sdis samu
    police-nationale police-municipale gendarmerie-nationale armee armees defense-nationale elysee matignon presidence
    gouvernement gouv premier-ministre ministere ministeres interieur assemblee-nationale senat parlement
    conseil-constitutionnel conseil-d-etat cour-des-comptes cour-de-cassation tribunal tribunaux justice
    defenseur-des-droits cnil arcom anssi cada hatvp prefecture sous-prefecture prefet service-public vie-publique
    legifrance france-services franceconnect france-connect france-identite france-titres ants marianne etat
    republique-francaise caf allocations-familiales cpam ameli carsat assurance-maladie securite-sociale
    assurance-retraite cnav msa mdph france-travail pole-emploi education-nationale rectorat academie crous elections
    maprocuration insee ademe banque-de-france caisse-des-depots la-poste laposte
    """
STATE_SLUGS = frozenset(_STATE_SLUGS_WORDS.split())
# What every authority is: nobody's by itself.
_ANYBODYS_SLUGS_WORDS = """
    mairie ville commune village metropole agglo agglomeration intercommunalite departement region conseil-departemental
    conseil-regional france
    """
ANYBODYS_SLUGS = frozenset(_ANYBODYS_SLUGS_WORDS.split())
_SHORTEST = 3
# No city's address may hold the service's own name.
_SERVICE_NAME = "territoiresresilients"
# What the register calls a city that is gone: its slug must be free by then.
DELETED_SLUG = "supprimee-"
MAX_ALTERNATIVES = 4

# Digits and pairs of letters that the eye takes for another letter, on both sides of the comparison.
_LOOKS_LIKE = str.maketrans({"0": "o", "1": "l", "i": "l", "3": "e", "4": "a", "5": "s", "7": "t", "-": None})


def slug_problem(slug: str) -> str | None:
    """Why a city's address may not be this, as a sentence for people; None when it may. No query."""
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
    """Whether a visitor could take this address for the service's at a glance: adm1n, www-2, territo1res."""
    if slug.startswith(("www-", DELETED_SLUG)):
        return True
    shape = _shape(slug)
    without_number = _shape(re.sub(r"-?[0-9]+\Z", "", slug))
    return shape in _RESERVED_SHAPES or without_number in _RESERVED_SHAPES or _shape(_SERVICE_NAME) in shape


def _shape(slug: str) -> str:
    return slug.translate(_LOOKS_LIKE).replace("rn", "m").replace("vv", "w")


_RESERVED_SHAPES = frozenset(_shape(each) for each in RESERVED_SLUGS)


# Which authorities bear which of these names: whoever has a directory registers it (`knows_namesakes`).
Namesakes = Callable[[list[str]], dict[str, set[tuple[str, str]]]]
_directories: list[Namesakes] = []


def knows_namesakes(find: Namesakes) -> Namesakes:
    """Register the function that maps addresses to the authorities, (kind, code), of that name; without those of
    nobody.
    """
    _directories.append(find)
    return find


def kept_from(slugs: list[str], *, kind: str = "", authority_code: str = "") -> set[str]:
    """Those that this authority does not get by itself: another's name, one or two letters, or the State's.

    Its own name it may always have: there is a town called Y. Operators may give any of them. In public.
    """
    bearers: dict[str, set[tuple[str, str]]] = {}
    for find in _directories:
        for slug, authorities in find(slugs).items():
            bearers.setdefault(slug, set()).update(authorities)
    mine = (kind, authority_code)
    return {slug for slug in slugs if (mine not in bearers[slug] if slug in bearers else _is_nobodys(slug))}


def _is_nobodys(slug: str) -> bool:
    if len(slug) < _SHORTEST or slug.startswith(tuple(f"{word}-" for word in STATE_SLUGS)):
        return True
    return not {_shape(slug), _shape(re.sub(r"-?[0-9]+\Z", "", slug))}.isdisjoint(_NOBODYS_SHAPES)


_NOBODYS_SHAPES = frozenset(_shape(each) for each in STATE_SLUGS | ANYBODYS_SLUGS)


def why_not_free(slug: str, *, kind: str = "", authority_code: str = "") -> str:
    """Why that authority cannot take this address by itself now, as a sentence; "" where it can."""
    if problem := slug_problem(slug):
        return problem
    if taken_among([slug], kind=kind, authority_code=authority_code):
        return _("This address is already taken. Choose another one.")
    if kept_from([slug], kind=kind, authority_code=authority_code):
        return kept_message()
    return ""


def kept_message() -> str:
    return _(
        "This address is too short, or the name of another authority or of a public service. Choose another one, or "
        "write to us."
    )


def taken_among(slugs: list[str], *, kind: str = "", authority_code: str = "") -> set[str]:
    """Those that are, or were, a city's address: old links lead there for ever. Of deleted cities, only those of other
    authorities (tenants.reservations). One query, in public.
    """
    hosts = [f"{slug}.{settings.PUBLIC_HOST}" for slug in slugs]
    cities = Municipality.objects.filter(slug__in=slugs).order_by().values_list("slug", flat=True)
    taken = cities.union(
        Domain.objects.filter(domain__in=hosts).order_by().values_list("domain", flat=True),
        reserved_for_others(hosts, kind=kind, authority_code=authority_code).order_by().values_list("host", flat=True),
    )
    return {each.removesuffix(f".{settings.PUBLIC_HOST}") for each in taken}


def free_alternatives(slug: str, *, department_code: str = "", kind: str = "", authority_code: str = "") -> list[str]:
    """Up to four free addresses close to a taken one, the closest first. Two queries, in public."""
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
    taken |= kept_from(proposed, kind=kind, authority_code=authority_code)
    return [each for each in proposed if each not in taken][:MAX_ALTERNATIVES]
