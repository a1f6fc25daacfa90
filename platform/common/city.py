"""The city of the present schema, for whatever stands below the register of cities."""

from typing import Any

from django_tenants.utils import get_tenant_model, schema_context

from common.db import connection


def present_city() -> Any:
    """As its row is now; None in public."""
    schema_name = connection.schema_name
    with schema_context("public"):
        return get_tenant_model().objects.filter(schema_name=schema_name).first()
