"""Reading the register of cities."""

from django.db.models import Q, QuerySet

from tenants.models import Municipality


def municipality_for_host(host: str) -> Municipality | None:
    """The city that answers on `host` (lower case, no port), if it is ready to be seen."""
    return Municipality.objects.ready().filter(domains__domain=host).first()


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
