"""What the DNS says of a city's domain, and what that means, in plain words."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from django.conf import settings
from django.core.cache import cache
from django.utils.translation import gettext as _

from tenants.clients import DnsRecords, DnsSilent, addresses_of, records_of
from tenants.domains.names import for_people
from tenants.models import DomainCheck

TEXT_LABEL = "_territoires"
_ADDRESSES_KEPT, _NO_ADDRESSES_KEPT = 600, 60


@dataclass(frozen=True)
class Finding:
    """One look at a domain: where it leads, and whether that proves whose it is."""

    silent: bool = False
    exists: bool = False
    aliases: list[str] = field(default_factory=list)
    own_alias: str = ""  # that of its aliases which is the city's very own host
    addresses: list[str] = field(default_factory=list)
    foreign: list[str] = field(default_factory=list)  # those of its addresses that are not the service's
    text_line: str = ""  # "", "right" or "other"
    alias_proves: bool = True  # see tenants.domains.register.alias_proves

    @property
    def leads_here(self) -> bool:
        return bool(self.own_alias or (self.addresses and not self.foreign))

    @property
    def is_proved(self) -> bool:
        """Whether the DNS shows that the domain is the city's. An address does not: anyone may point a name here."""
        return (bool(self.own_alias) and self.alias_proves) or self.text_line == "right"

    @property
    def holds(self) -> bool:
        return self.leads_here and self.is_proved


@dataclass(frozen=True)
class Line:
    """A sentence about a domain, and whether it is good news."""

    good: bool
    text: str


def judge(
    records: DnsRecords,
    *,
    own_hosts: set[str],
    service_addresses: tuple[str, ...],
    token: str,
    alias_proves: bool = True,
) -> Finding:
    """What records mean for the city whose hosts on the service's domain are `own_hosts`."""
    return Finding(
        alias_proves=alias_proves,
        exists=records.exists or bool(records.addresses),
        aliases=list(records.aliases),
        own_alias=next((alias for alias in records.aliases if alias in own_hosts), ""),
        addresses=list(records.addresses),
        foreign=[address for address in records.addresses if address not in service_addresses],
        text_line="right" if token_text(token) in records.texts else "other" if records.texts else "",
    )


def look_at(check: DomainCheck, *, own_hosts: set[str], alias_proves: bool = True) -> Finding:
    """Ask the DNS about a domain. Takes up to ten seconds, so never inside a transaction."""
    try:
        records = records_of(check.domain, text_label=TEXT_LABEL)
    except DnsSilent:
        return Finding(silent=True)
    return judge(
        records,
        own_hosts=own_hosts,
        service_addresses=service_addresses(),
        token=check.token,
        alias_proves=alias_proves,
    )


def service_addresses() -> tuple[str, ...]:
    """Where a bare domain must point. Empty when the DNS does not say."""
    if settings.PUBLIC_ADDRESSES:
        return tuple(settings.PUBLIC_ADDRESSES)
    kept = cache.get("service-addresses")
    if kept is None:
        try:
            kept = addresses_of(settings.PUBLIC_HOST)
        except DnsSilent:
            kept = ()
        cache.set("service-addresses", kept, _ADDRESSES_KEPT if kept else _NO_ADDRESSES_KEPT)
    return tuple(kept)


def token_text(token: str) -> str:
    return f"territoires={token}"


def sentences(finding: Finding, *, domain: str, service_host: str, in_use: bool = False) -> list[Line]:
    """What was found and what is missing, in plain words. Of a domain in use nothing more is to be proved."""
    if in_use:
        finding = replace(finding, alias_proves=True)
    found = list(_sentences(finding, for_people(domain), domain, service_host))
    if in_use and finding.foreign and not finding.aliases:
        words = {"name": for_people(domain), "foreign": ", ".join(finding.foreign), "host": service_host}
        return [Line(False, _("%(name)s leads to %(foreign)s, which is not us.") % words)]
    return found


def _sentences(finding: Finding, name: str, domain: str, service_host: str) -> Iterator[Line]:
    words = {"name": name, "host": service_host}
    if finding.silent:
        yield Line(False, _("The DNS servers did not answer. This is rarely your doing: try again in a few minutes."))
        return
    if not finding.exists:
        yield Line(False, _("%(name)s does not exist in the DNS yet, or its servers do not know it so far.") % words)
    elif finding.own_alias:
        words["host"] = finding.own_alias
        yield Line(True, _("%(name)s is an alias (CNAME) of %(host)s: it leads to your platform.") % words)
        if not finding.alias_proves:
            yield from _about_token(finding, {"label": f"{TEXT_LABEL}.{domain}"})
        return
    elif finding.aliases:
        words["found"] = finding.aliases[0]
        yield Line(
            False, _("%(name)s is an alias (CNAME) of %(found)s. It must be an alias of %(host)s instead.") % words
        )
    yield from _about_addresses(finding, words)
    yield from _about_token(finding, {"label": f"{TEXT_LABEL}.{domain}"})


def _about_addresses(finding: Finding, words: dict[str, str]) -> Iterator[Line]:
    ours = [address for address in finding.addresses if address not in finding.foreign]
    words = {**words, "foreign": ", ".join(finding.foreign), "ours": ", ".join(ours)}
    if finding.foreign and ours:
        yield Line(
            False,
            _("%(name)s leads to us (%(ours)s) and elsewhere too. Remove %(foreign)s: some people would not reach you.")
            % words,
        )
    elif finding.foreign and not finding.aliases:
        yield Line(
            False,
            _("%(name)s leads to %(foreign)s, which is not us. If a site is there, choose another name, or it will go.")
            % words,
        )
    elif ours:
        yield Line(True, _("%(name)s leads to our servers (%(ours)s).") % words)
    elif finding.exists and not finding.aliases:
        yield Line(False, _("%(name)s exists but leads nowhere: it has neither an alias nor an address.") % words)


def _about_token(finding: Finding, words: dict[str, str]) -> Iterator[Line]:
    if finding.text_line == "right":
        yield Line(True, _("The line that shows that this name is yours is there (%(label)s).") % words)
    elif finding.text_line == "other":
        yield Line(False, _("There is a TXT line at %(label)s, but its text is not the one shown here.") % words)
    elif finding.leads_here:
        yield Line(False, _("What shows that this name is yours is missing: the TXT line at %(label)s.") % words)
