"""What the public site's own pages say of us: the settings SELLER_*, SITE_*, PAPERS_* and LEGAL_HOST_*.

A page of which one is missing or wrong is shown to nobody: a reader would take a hole for what we promise.
"""

from typing import Any

from django.conf import settings
from django.core.checks import Error, Tags, register

from billing import terms

LEGAL, TERMS, PRIVACY, ACCESSIBILITY = "legal", "terms", "privacy", "accessibility"
_SELLER = ("SELLER_NAME", "SELLER_LEGAL_FORM", "SELLER_ADDRESS", "SELLER_POSTCODE", "SELLER_TOWN")
_HOST = ("LEGAL_HOST_NAME", "LEGAL_HOST_ADDRESS", "PAPERS_HOST_COUNTRY")
_MAIL = ("PAPERS_MAIL_COMPANY", "PAPERS_MAIL_COUNTRY")
_ERRORS = ("PAPERS_ERRORS_COMPANY", "PAPERS_ERRORS_COUNTRY")
_OFFICER = ("PAPERS_DPO_NAME", "PAPERS_DPO_EMAIL")
_PROMISED = (
    "SITE_PRICE_REVISION",
    "SITE_AVAILABILITY",
    "SITE_CREDIT",
    "SITE_HELP_HOURS",
    "SITE_ANSWER",
    "SITE_INCIDENT",
    "SITE_LIABILITY",
    "SITE_INSURER",
)
# By the page's template. The terms hold the agreement on data, and so all that it needs.
NEEDED: dict[str, tuple[str, ...]] = {
    LEGAL: (*_SELLER, "SELLER_VAT_NUMBER", "SELLER_PHONE", "SITE_DIRECTOR", *_HOST, "LEGAL_HOST_PHONE"),
    TERMS: (*_SELLER, *_PROMISED, *terms.AGREED),
    PRIVACY: ("SELLER_NAME", *_OFFICER, "SITE_LOG_DAYS", *_HOST, *_MAIL, *_ERRORS),
    ACCESSIBILITY: ("SELLER_NAME",),
}


def _values() -> dict[str, str]:
    own = {f"SELLER_{name}": value for name, value in settings.SELLER.items()}
    own |= {f"SITE_{name}": value for name, value in settings.SITE.items()}
    return {**own, "LEGAL_HOST_PHONE": settings.LEGAL_HOST_PHONE.strip(), **terms.values()}


def lacking(page: str) -> list[str]:
    """The settings without which, or with which as they are, it is shown to nobody."""
    known, wrong = _values(), {each.code for each in terms.problems()}
    return [name for name in NEEDED[page] if name in known and (not known[name] or name in wrong)]


def printed() -> dict[str, str]:
    """For the templates: `seller_name`, `director`, and all that the agreement has."""
    return terms.by_short_names(_values())


@register(Tags.security, deploy=True)
def own_pages_are_whole(app_configs: Any, **kwargs: Any) -> list[Error]:
    """Whoever signs up accepts the terms: they are there, like all that the law has a site say."""
    pages: dict[str, list[str]] = {}
    for page in NEEDED:
        for name in lacking(page):
            pages.setdefault(name, []).append(page)
    return [
        Error(
            f"While {name} is missing or wrong, pages of the public site are shown to nobody: {', '.join(found)}.",
            hint="The settings SELLER_…, SITE_…, PAPERS_… and LEGAL_HOST_… are in deploy/README.md.",
            id="onboarding.E001",
        )
        for name, found in pages.items()
    ]
