"""The next release, for the tests and the benchmark of the fleet: an app's migrations on disk, and some more."""

import os
import secrets
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

from django.db import connection, transaction
from django.db.migrations.loader import MigrationLoader
from django.test import override_settings
from django_tenants.utils import schema_context
from psycopg import sql

from tenants.models import StructureSnapshot
from tests.processes import ROOT

_PACKAGE = """
from {real} import __path__ as real
__path__ = [*__path__, *real]
"""
_MIGRATION = """
import uuid
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models
from django.utils import timezone

{before}

class Migration(migrations.Migration):
    atomic = {atomic}
    dependencies = [({app!r}, {previous!r})]
    operations = [{operations}]
"""
_SETTINGS = """
from {settings} import *
MIGRATION_MODULES = {modules!r}
"""


@dataclass(frozen=True)
class Step:
    """One more migration: its operations as they stand in the file, and what stands above its class."""

    operations: str
    before: str = ""
    atomic: bool = True


@dataclass(frozen=True)
class Release:
    folder: Path
    settings: str  # the module of settings under which a process runs this release

    @property
    def environment(self) -> dict[str, str]:
        path = os.pathsep.join([str(ROOT), str(ROOT / "platform"), str(self.folder)])
        # To a module of settings of any other name, that of the tests is a weak key.
        return {"DJANGO_SETTINGS_MODULE": self.settings, "PYTHONPATH": path, "SECRET_KEY": secrets.token_urlsafe(64)}


@contextmanager
def next_release(
    folder: Path, steps: Sequence[Step], *, app: str = "participation", settings: str = "config.settings.test"
) -> Iterator[Release]:
    """Inside, this process runs the release that has `steps` more; others may, by its environment."""
    name = f"release_{secrets.token_hex(4)}"
    real, _explicit = MigrationLoader.migrations_module(app)
    (leaf,) = MigrationLoader(None, ignore_no_migrations=True).graph.leaf_nodes(app)
    previous, number = leaf[1], 9000 + len(_numbers(real))
    package = folder / name
    package.mkdir()
    (package / "__init__.py").write_text(_PACKAGE.format(real=real))
    for step in steps:
        number += 1
        source = _MIGRATION.format(
            app=app, previous=previous, operations=step.operations, before=step.before, atomic=step.atomic
        )
        previous = f"{number}_{name}"
        (package / f"{previous}.py").write_text(source)
    modules = {app: name}
    (folder / f"{name}_settings.py").write_text(_SETTINGS.format(settings=settings, modules=modules))
    sys.path.insert(0, str(folder))
    try:
        with override_settings(MIGRATION_MODULES=modules):
            yield Release(folder, f"{name}_settings")
    finally:
        sys.path.remove(str(folder))


@contextmanager
def release_before(folder: Path, *migrations: tuple[str, str]) -> Iterator[None]:
    """Inside, this process runs the release before these migrations, and before all that stand on them."""
    graph = MigrationLoader(None, ignore_no_migrations=True).graph
    later = {node for migration in migrations for node in graph.backwards_plan(migration)}
    modules = {}
    for app in {app for app, _name in later}:
        real, _explicit = MigrationLoader.migrations_module(app)
        modules[app] = f"earlier_{app}_{secrets.token_hex(4)}"
        package = folder / modules[app]
        package.mkdir()
        for file in Path(str(import_module(real).__file__)).parent.glob("*.py"):
            if (app, file.stem) not in later:
                (package / file.name).write_text(file.read_text())
    sys.path.insert(0, str(folder))
    try:
        with override_settings(MIGRATION_MODULES=modules):
            yield
    finally:
        sys.path.remove(str(folder))


def _numbers(module: str) -> list[Path]:
    """The migrations that earlier releases of the same test added."""
    return [file for folder in import_module(module).__path__ for file in Path(folder).glob("9*.py")]


def from_the_present_release(migrate: Callable[[str], None], schema_name: str) -> None:
    """Makes the structure as `migrate` would, beginning where the present release ends."""
    if schema_name.startswith("scratch_"):
        present = StructureSnapshot.objects.order_by("captured_at")[0]
        with schema_context("public"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql.SQL("SET LOCAL search_path = {}, public").format(sql.Identifier(schema_name)))
            cursor.execute(present.sql)
            cursor.execute("SET LOCAL search_path = public")
    migrate(schema_name)
