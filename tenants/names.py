"""Names of the present city's authority, reserved for its team (accounts.names)."""

from collections.abc import Iterable

from django_tenants.utils import get_public_schema_name, schema_context

from accounts.names import reserves_names
from accounts.neighbourhoods import names_territories
from accounts.newcomers import knows_domains
from common.db import connection
from tenants.models import Municipality
from tenants.verification.requests import is_known


@names_territories
@reserves_names
def names_of_the_authority() -> Iterable[str]:
    schema = connection.schema_name
    if schema == get_public_schema_name():
        return []
    city = connection.tenant
    if not isinstance(city, Municipality):
        with schema_context(get_public_schema_name()):
            city = Municipality.objects.filter(schema_name=schema).first()
    return [city.name] if city else []


@knows_domains
def is_domain_of_the_authority(domain: str) -> bool:
    """Whether a mail domain is known to be that of the present city's authority, which has many mailboxes there."""
    schema = connection.schema_name
    with schema_context(get_public_schema_name()):
        city = Municipality.objects.filter(schema_name=schema).first()
        return city is not None and is_known(domain, kind=city.kind, code=city.authority_code)
