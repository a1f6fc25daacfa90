"""Domain names as people type them, read them, and as they are stored."""

import ipaddress
import re

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.refusals import Refusal
from tenants.reservations import is_services


class DomainRefused(Refusal):
    """The domain cannot be a city's own; the message says why."""

    code = "domain_refused"
    status = 422


class DomainTaken(DomainRefused):
    """Another city has the domain; the database decides who came first."""

    code = "domain_taken"
    status = 409

    def __init__(self) -> None:
        super().__init__(gettext_lazy("This domain name already leads to another platform. Write to us."))


class DomainReserved(DomainRefused):
    """The domain was that of another authority's platform."""

    code = "domain_reserved"
    status = 409

    def __init__(self) -> None:
        super().__init__(
            gettext_lazy("This domain name was that of another authority’s platform. Is it yours now? Write to us.")
        )


_SPECIAL_ENDS_WORDS = "localhost local internal intranet lan home corp test invalid example onion alt arpa localdomain"
_SPECIAL_ENDS = frozenset(_SPECIAL_ENDS_WORDS.split())
# Two labels that are an end rather than a domain: a city's bare domain there has three.
_LONG_ENDS_WORDS = "asso.fr com.fr gouv.fr nom.fr prd.fr tm.fr com.re asso.re nom.re"
_LONG_ENDS = frozenset(_LONG_ENDS_WORDS.split())
_LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")


def domain_from(typed: str) -> str:
    """The domain that somebody typed, in lower case and in ASCII; https://Concertation.Orléans.fr/accueil gives one
    too.

    Raises DomainRefused.
    """
    host = re.sub(r"^[a-z][a-z0-9+.-]*:/{1,2}", "", typed.strip().lower())
    host = re.split(r"[/?#\\]", host, maxsplit=1)[0]
    if "@" in host:
        raise DomainRefused(_("This is an e-mail address. Write the domain name alone, such as consultation.ville.fr."))
    if _is_address(host):
        raise DomainRefused(_("This is a number. Write a domain name, such as consultation.ville.fr."))
    host = re.sub(r":[0-9]*\Z", "", host).rstrip(".。")
    if _is_address(host):
        raise DomainRefused(_("This is a number. Write a domain name, such as consultation.ville.fr."))
    if "*" in host:
        raise DomainRefused(_("Write one name, without an asterisk: a platform lives at one address."))
    host = _in_ascii(host)
    _refuse_what_is_no_citys(host)
    return host


def _in_ascii(host: str) -> str:
    labels = re.split(r"[.。．｡]", host)
    if len(labels) < 2:
        raise DomainRefused(_("Write the whole name, with its end: consultation.ville.fr, not “consultation”."))
    try:
        ascii_labels = [label.encode("idna").decode("ascii").lower() for label in labels]
        for label in ascii_labels:
            label.encode("ascii").decode("idna")
    except UnicodeError:
        ascii_labels = [""]
    if not all(_LABEL.fullmatch(label) for label in ascii_labels) or not re.search("[a-z]", ascii_labels[-1]):
        raise DomainRefused(
            _("A domain name has letters, digits and hyphens between its dots, such as consultation.ville.fr.")
        )
    if len(".".join(ascii_labels)) > 253:
        raise DomainRefused(_("This name is too long: a domain name has 253 signs at most."))
    return ".".join(ascii_labels)


def _refuse_what_is_no_citys(host: str) -> None:
    if is_services(host) or settings.PUBLIC_HOST.endswith(f".{host}"):
        raise DomainRefused(
            _("This name belongs to the service. To change the beginning of your address, see further down the page.")
        )
    if host.rpartition(".")[2] in _SPECIAL_ENDS:
        raise DomainRefused(_("Nobody outside could reach this name. Write one that you have registered."))


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return False
    return True


def for_people(domain: str) -> str:
    """A domain as it is read: with its accents."""
    try:
        return domain.encode("ascii").decode("idna")
    except UnicodeError:
        return domain


def is_bare(domain: str) -> bool:
    """Whether it is a registered domain (ville.fr), which can be no alias in the DNS, and not a name below one."""
    labels = domain.split(".")
    return len(labels) == 2 or (len(labels) == 3 and ".".join(labels[1:]) in _LONG_ENDS)
