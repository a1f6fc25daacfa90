"""The DNS, asked one question at a time and never for long."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field

import dns.exception
import dns.rdatatype
import dns.resolver
from django.conf import settings

# Of one question, and of all those about one domain: somebody waits for the page.
_QUESTION_SECONDS, _DOMAIN_SECONDS = 2.0, 8.0
_LONGEST_CHAIN = 8


class DnsSilent(Exception):
    """No server gave an answer in time: nothing can be said of the domain."""


@dataclass(frozen=True)
class DnsRecords:
    """What the DNS says of a name: `aliases`, its chain of CNAMEs; `addresses`, those of the last one."""

    exists: bool
    aliases: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()
    texts: tuple[str, ...] = field(default=(), repr=False)


def records_of(domain: str, *, text_label: str = "") -> DnsRecords:
    """The aliases and addresses of a domain, and the texts of `<text_label>.<domain>`. Raises DnsSilent.

    Each CNAME is asked for by itself, so that a chain whose end has no address is known as far as it goes.
    """
    ask = _asker()
    aliases: list[str] = []
    name, exists = domain, False
    for _unused in range(_LONGEST_CHAIN):
        found = ask(name, "CNAME")
        exists = exists or found is not None
        if not found or found[0] in (domain, *aliases):
            break
        name = found[0]
        aliases.append(name)
    addresses = [address for kind in ("A", "AAAA") for address in ask(name, kind) or ()]
    texts = ask(f"{text_label}.{domain}", "TXT") if text_label else ()
    return DnsRecords(exists, tuple(aliases), tuple(addresses), tuple(texts or ()))


def addresses_of(domain: str) -> tuple[str, ...]:
    """The IPv4 and IPv6 addresses of a host. Raises DnsSilent."""
    ask = _asker()
    return tuple(address for kind in ("A", "AAAA") for address in ask(domain, kind) or ())


def _asker() -> Callable[[str, str], list[str] | None]:
    """A function that asks one question: the values found, empty when there are none, None when the name does not
    exist.
    """
    resolver = _resolver()
    until = time.monotonic() + _DOMAIN_SECONDS

    def ask(name: str, kind: str) -> list[str] | None:
        left = min(_QUESTION_SECONDS, until - time.monotonic())
        if left <= 0:
            raise DnsSilent
        try:
            answer = resolver.resolve(name, kind, lifetime=left, search=False)
        except dns.resolver.NXDOMAIN:
            return None
        except dns.resolver.NoAnswer:
            return []
        except (dns.exception.DNSException, OSError) as problem:
            raise DnsSilent from problem
        if answer.rdtype == dns.rdatatype.TXT:
            return [b"".join(record.strings).decode("utf-8", "replace").strip() for record in answer]
        return [record.to_text().rstrip(".").lower() for record in answer]

    return ask


def _resolver() -> dns.resolver.Resolver:
    """The servers of the setting, as `1.1.1.1` or `127.0.0.1:5353`; without any, those of the machine."""
    resolver = dns.resolver.Resolver(configure=not settings.DNS_SERVERS)
    if settings.DNS_SERVERS:
        hosts = [
            server.rpartition(":") if server.count(":") == 1 else (server, "", "") for server in settings.DNS_SERVERS
        ]
        resolver.nameservers = [dns.nameserver.Do53Nameserver(host, int(port or 53)) for host, _colon, port in hosts]
    resolver.timeout = 1.0
    resolver.cache = None
    return resolver
