"""What the pages about a city's addresses show."""

from dataclasses import dataclass, replace
from datetime import datetime

from django_tenants.utils import schema_context

from tenants.domains.findings import TEXT_LABEL, Finding, Line, sentences, service_addresses, token_text
from tenants.domains.names import for_people, is_bare
from tenants.domains.register import alias_proves
from tenants.domains.renaming import renames_left
from tenants.models import DomainCheck, Municipality
from tenants.reservations import is_services


@dataclass(frozen=True)
class DnsLine:
    """One line to enter at the domain's registrar. `short_name` is what most of their forms ask for."""

    name: str
    short_name: str
    kind: str
    value: str


@dataclass(frozen=True)
class CheckedDomain:
    """A domain with what the DNS said of it last."""

    domain: str
    name: str  # with its accents
    sentences: list[Line]
    checked_at: datetime | None
    is_wrong: bool


@dataclass(frozen=True)
class Addresses:
    """Every address of a city. `lines` is what to write for the domain it wants."""

    city: Municipality
    own: CheckedDomain | None
    wanted: CheckedDomain | None
    is_bare: bool
    alias_proves: bool
    lines: list[DnsLine]
    former_domains: list[tuple[str, str]]  # as stored, and as read
    former_hosts: list[str]
    renames_left: int


def addresses_of(municipality: Municipality) -> Addresses:
    """What the page shows. Four queries, two more for a wanted domain; for a bare one also a look-up of the service's
    own addresses, every ten minutes at most.
    """
    with schema_context("public"):
        city = Municipality.objects.get(pk=municipality.pk)
        checks = {check.domain: check for check in city.domain_checks.order_by("domain", "pk")}
        hosts = list(city.domains.order_by("domain", "pk").values_list("domain", flat=True))
        proves = alias_proves(city, city.wanted_domain) if city.wanted_domain else True
    others = [host for host in hosts if host not in (city.own_domain, city.service_host)]
    wanted = checks.get(city.wanted_domain)
    return Addresses(
        city=city,
        own=_checked_domain(city.own_domain, checks, city) if city.own_domain else None,
        wanted=_checked_domain(city.wanted_domain, checks, city) if wanted else None,
        is_bare=is_bare(city.wanted_domain),
        alias_proves=proves,
        lines=lines_for(wanted, city=city, proves=proves) if wanted else [],
        former_domains=[(host, for_people(host)) for host in others if not is_services(host)],
        former_hosts=[host for host in others if is_services(host)],
        renames_left=renames_left(city),
    )


def lines_for(check: DomainCheck, *, city: Municipality, proves: bool = True) -> list[DnsLine]:
    """The DNS lines to enter: an alias for a name below a domain; for a bare domain, which can be none, addresses and a
    proof. A name that may have been left leading here needs the proof too.
    """
    domain = check.domain
    short_name = domain.split(".")[0]
    proof = DnsLine(f"{TEXT_LABEL}.{domain}.", f"{TEXT_LABEL}.{short_name}", "TXT", token_text(check.token))
    if not is_bare(domain):
        alias = DnsLine(f"{domain}.", short_name, "CNAME", f"{city.service_host}.")
        return [alias] if proves else [alias, proof]
    lines = [DnsLine(f"{domain}.", "@", "AAAA" if ":" in address else "A", address) for address in service_addresses()]
    return [*lines, replace(proof, short_name=TEXT_LABEL)]


def _checked_domain(domain: str, checks: dict[str, DomainCheck], city: Municipality) -> CheckedDomain:
    check = checks.get(domain)
    finding = Finding(**check.found) if check and check.found else None
    return CheckedDomain(
        domain=domain,
        name=for_people(domain),
        sentences=sentences(finding, domain=domain, service_host=city.service_host, in_use=domain == city.own_domain)
        if finding
        else [],
        checked_at=check.checked_at if check else None,
        is_wrong=bool(check and check.wrong_since),
    )
