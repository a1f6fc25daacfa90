"""Reading the register of cities."""

from functools import lru_cache

from django.db.models import Q, QuerySet

from tenants.models import Municipality


@lru_cache(maxsize=2000)
def municipality_as_of(pk: int, row: str) -> Municipality:
    """A city as one state of its row has it. `row` is PostgreSQL's xmin and ctid: every update changes them."""
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
