"""One mailbox is one account, however its address is written.

What a provider does is a table with its sources; undocumented rules are left out.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Provider:
    """`domains` lead to the same mailbox; the first one stands for all. `ignored` signs may be left out or put in."""

    domains: tuple[str, ...]
    ignored: str
    source: str


PROVIDERS = (
    Provider(("gmail.com", "googlemail.com"), ".", "https://support.google.com/mail/answer/7436150"),
    Provider(("icloud.com", "me.com", "mac.com"), "", "https://support.apple.com/en-us/102540"),
    Provider(("proton.me", "protonmail.com", "pm.me"), "._-", "https://proton.me/support/addresses-and-aliases"),
)
_OF_DOMAIN = {domain: provider for provider in PROVIDERS for domain in provider.domains}


def mailbox_of(email: str) -> str:
    """Equal for addresses that lead to the same mailbox. Never to be written to: mail goes to the address given.

    What follows "+" is a detail of the same mailbox (RFC 5233; Gmail, Outlook, iCloud, Proton, Fastmail, Zimbra); a
    domain in letters of its own alphabet is the one in ASCII (RFC 5890); and no provider tells capitals apart.
    """
    local, _at, domain = email.strip().lower().rpartition("@")
    domain = _ascii(domain.rstrip("."))
    local = local[:1] + local[1:].partition("+")[0]
    provider = _OF_DOMAIN.get(domain)
    if provider is not None:
        domain = provider.domains[0]
        local = local.translate(dict.fromkeys(map(ord, provider.ignored))) or local
    return f"{local}@{domain}"


def _ascii(domain: str) -> str:
    try:
        return domain.encode("idna").decode()
    except UnicodeError:
        return domain
