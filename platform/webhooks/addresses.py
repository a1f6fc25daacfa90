"""Where messages may go: to servers of the open internet, by https.

An address is judged twice: as it is written, and then the IP addresses that its host has at the moment of each try,
to one of which the connection is made. What the host has a moment later, or for others, changes nothing.
"""

import ipaddress
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from common.refusals import Refusal
from common.web_addresses import is_web_address

_PORTS = frozenset({443, 8443})
_LOOPBACK = frozenset({"127.0.0.1", "localhost"})
_LONGEST = 500
# IANA's registries of special purposes (RFC 6890 and what came since), and the machine beside each of a large cloud.
_CLOSED_4 = tuple(
    map(
        ipaddress.IPv4Network,
        (
            *("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12"),
            *("192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15"),
            *("198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/3", "168.63.129.16/32"),
        ),
    )
)
# Of IPv6 what is given out (2000::/3) but for tunnels, which end in an IPv4 network, and examples. So neither ::1 nor
# fe80::, fc00::, ff00::, nor IPv4 within IPv6 (::ffff:0:0/96, 64:ff9b::/96).
_OPEN_6 = ipaddress.IPv6Network("2000::/3")
_CLOSED_6 = tuple(map(ipaddress.IPv6Network, ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20")))


class NoTarget(Refusal):
    code = "no_webhook_target"
    status = 422
    message = _(
        "Write an address that begins with https://, without a name or a password, of a server that everybody can "
        "reach."
    )


class NoSuchPort(NoTarget):
    code = "webhook_port"
    message = _("Leave the port out, or use 443 or 8443: messages go to no other.")


@dataclass(frozen=True)
class Target:
    """Of an address in ASCII: what a connection and the request's first lines need."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def url(self) -> str:
        return f"{self.scheme}://{self.authority}{self.path}"

    @property
    def authority(self) -> str:
        usual = 443 if self.scheme == "https" else 80
        return self.host if self.port == usual else f"{self.host}:{self.port}"


def target_of(url: str) -> Target:
    """The target that an address names. Raises NoTarget: it is none to which anything may be sent."""
    url = url.strip()
    if _is_beside(url):
        parts = urlsplit(url)
        return Target(parts.scheme, parts.hostname or "", parts.port or 80, _path(parts.path, parts.query))
    if len(url) > _LONGEST or not is_web_address(url):
        raise NoTarget
    parts = urlsplit(url)
    if parts.scheme != "https":
        raise NoTarget
    port = parts.port or 443
    if port not in _PORTS:
        raise NoSuchPort
    try:
        host = (parts.hostname or "").rstrip(".").encode("idna").decode()
    except UnicodeError as problem:
        raise NoTarget from problem
    target = Target("https", host, port, _path(parts.path, parts.query))
    if len(target.url) > _LONGEST:
        raise NoTarget
    return target


def _path(path: str, query: str) -> str:
    asked = f"{path or '/'}?{query}" if query else path or "/"
    return quote(asked, safe="/?%:@!$&'()*+,;=~-._")


def _is_beside(url: str) -> bool:
    """On this machine, and there is the developer's."""
    if not settings.WEBHOOKS_TO_THIS_MACHINE or not url.isascii() or not url.isprintable() or " " in url:
        return False
    try:
        parts = urlsplit(url)
        return parts.scheme == "http" and parts.hostname in _LOOPBACK and "@" not in parts.netloc and parts.port != 0
    except ValueError:
        return False


def is_public(address: str) -> bool:
    """Whether an IP address is one of the open internet."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return False
    if isinstance(parsed, ipaddress.IPv6Address):
        return parsed in _OPEN_6 and not any(parsed in each for each in _CLOSED_6)
    return not any(parsed in each for each in _CLOSED_4)
