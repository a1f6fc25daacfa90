"""The account of a city: whom the service invoices."""

from datetime import datetime

from django_tenants.utils import schema_context

from billing.models import Account
from common.names_of_places import of_place
from tenants.enums import AuthorityKind
from tenants.models import Municipality

# As its documents say it, in French whoever reads them: « Commune de Saran ». Groups bear what they are in their name.
_KINDS = {AuthorityKind.COMMUNE: "Commune", AuthorityKind.DEPARTMENT: "Département", AuthorityKind.REGION: "Région"}


def legal_name_of(municipality: Municipality) -> str:
    kind = _KINDS.get(AuthorityKind(municipality.kind), "")
    return f"{kind} {of_place(municipality.name, kind=municipality.kind)}" if kind else municipality.name


def account_of(municipality: Municipality, *, at: datetime) -> Account:
    """Made at the first need of it."""
    made, _was_made = Account.objects.get_or_create(
        municipality=municipality, defaults={**_known_of(municipality), "created_at": at}
    )
    return made


def account_shown(municipality: Municipality) -> Account:
    """The one there is; before the first need of it, as it would be made: never saved."""
    with schema_context("public"):
        known = Account.objects.filter(municipality=municipality.pk).first()
    return known or Account(municipality=municipality, **_known_of(municipality))


def _known_of(municipality: Municipality) -> dict[str, str]:
    return {
        "legal_name": legal_name_of(municipality),
        "siren": municipality.siren,
        # Where else would a commune have its town hall: who orders may say so.
        "town": municipality.name[:80] if municipality.kind == AuthorityKind.COMMUNE else "",
    }
