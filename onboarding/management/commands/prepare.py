"""Everything a start of the service needs, in one command that may run at every start."""

import time
from collections.abc import Callable
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand

from consultations.library.services.shipping import load_shipped_sets
from onboarding.directory.loading import load_directory
from tenants.cells.installation import note_installation
from tenants.fleet import migrate_fleet
from tenants.structure import current_snapshot


class Command(BaseCommand):
    help = "Bring public and every city up to date, load library and directory, capture the structure of new cities."

    def handle(self, *args: Any, **options: Any) -> None:
        self._do(
            "public schema",
            lambda: call_command("migrate_schemas", shared=True, interactive=False, verbosity=0),
        )
        self._do("cell", note_installation)
        self._do("challenge library", load_shipped_sets)
        self._do("directory of authorities", load_directory)
        self._do("structure of a city", current_snapshot)
        self._do("cities", self._migrate_cities)

    def _migrate_cities(self) -> None:
        """A city that fails is not a reason to keep the others from starting: `fleet status` shows it."""
        for outcome in migrate_fleet().having("failed"):
            self.stderr.write(f"  {outcome.city.slug} stays at its structure: {outcome.problem}")

    def _do(self, what: str, action: Callable[[], object]) -> None:
        started = time.perf_counter()
        action()
        self.stderr.write(f"  {what}: {time.perf_counter() - started:.1f} s")
