"""The city that somebody names to a command."""

from typing import Any

from django.core.management.base import CommandError
from django_tenants.utils import get_tenant_model, schema_context


def city_named(slug: str, *, ready: bool = True) -> Any:
    """The city at this address. Raises CommandError: there is none, or it lives in another installation now, and what
    stayed of it here answers nobody. `ready`: none that is still being made, nor one that is deleted.
    """
    with schema_context("public"):
        cities = get_tenant_model().objects
        city = (cities.served() if ready else cities).filter(slug=slug).first()
        if city is None:
            raise CommandError(f"No city has the address « {slug} ».")
        if city.moved_at is not None:
            raise CommandError(f"« {slug} » has moved to another installation, {city.moved_to}: run the command there.")
        return city
