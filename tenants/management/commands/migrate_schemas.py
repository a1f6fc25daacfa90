"""django-tenants' migrate_schemas, run with the service's own role: a city's may not change tables."""

from typing import Any

from django_tenants.management.commands.migrate_schemas import MigrateSchemasCommand

from common.db import as_owner


class Command(MigrateSchemasCommand):
    def handle(self, *args: Any, **options: Any) -> None:
        with as_owner():
            super().handle(*args, **options)
