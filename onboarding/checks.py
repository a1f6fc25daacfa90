"""The last look before a platform is called ready: its own role, its own tables, its own pages."""

from django.db import connection
from django_tenants.utils import schema_context

from accounts.enums import Role
from accounts.models import User
from tenants.models import Municipality


class PlatformIncomplete(Exception):
    """Something that a city needs is not there; the run is tried again."""


def check_platform(city: Municipality, *, admin_email: str) -> None:
    """Raises PlatformIncomplete, saying what is missing."""
    with schema_context(city.schema_name):
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_user, current_schema(), count(*) FROM django_migrations")
            role, schema, migrations = cursor.fetchone()
        if (role, schema) != (city.schema_name, city.schema_name) or not migrations:
            raise PlatformIncomplete(f"role {role}, schema {schema}, {migrations} migrations")
        if not User.objects.filter(email__iexact=admin_email, role=Role.ADMINISTRATOR).exists():
            raise PlatformIncomplete("no administrator")
