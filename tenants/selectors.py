"""Reading the register of cities."""

from copy import copy
from functools import lru_cache

from django.db.models import Q, QuerySet

from common.db import connection
from tenants.models import Municipality

# Asked at every request. xmin, which PostgreSQL changes with every update of a row, says exactly
# whether the city that this process has read before is still the one in the register.
_HOST = """
SELECT m.id, m.xmin::text::bigint FROM tenants_domain d JOIN tenants_municipality m ON m.id = d.tenant_id
WHERE d.domain = %s AND m.ready_at IS NOT NULL AND m.state <> 'DELETED'
"""


def municipality_for_host(host: str) -> Municipality | None:
    """The city that answers on `host` (lower case, no port), if it is ready to be seen."""
    with connection.cursor() as cursor:
        cursor.execute(_HOST, [host])
        row = cursor.fetchone()
    return copy(_municipality(*row)) if row else None


@lru_cache(maxsize=2000)
def _municipality(pk: int, xmin: int) -> Municipality:
    return Municipality.objects.get(pk=pk)


def fleet(*, search: str = "") -> QuerySet[Municipality]:
    """Every city, for the operators' table; `search` looks in names, addresses, codes and schemas."""
    cities = Municipality.objects.order_by("name", "pk")
    if search:
        cities = cities.filter(
            Q(name__icontains=search)
            | Q(slug__icontains=search)
            | Q(authority_code__startswith=search)
            | Q(schema_name=search)
        )
    return cities
