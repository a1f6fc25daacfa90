"""django-tenants' backend, with four additions.

**The database enforces isolation.** A city's schema and its role bear the same name; the
connection takes both in one statement. Whatever the Python did, a query that reaches for another
city's table is refused by PostgreSQL. A rollback, to a savepoint too, undoes both settings, and
so does a new connection from the pool: the parent class forgets them and they are set again.

**A city's statements are single and know no way out.** The role is one that the connection may leave again: it holds
mistakes, not an attacker who writes SQL. So what is sent in a city is one statement, without the few functions that
change the role or run a text as SQL: words slipped into a query of ours can do no more than that query's role may.

**A city's clock goes with its schema.** Wherever a city is entered, its time zone is in force (django.utils.timezone),
and the service's own in public: nobody has to remember it.

**The content revision moves with the content.** A transaction that wrote to a schema counts its
revision up as its last act (see common.pagecache), bulk updates and raw SQL included.
"""

import re
from collections.abc import Callable
from functools import cache, lru_cache
from typing import Any, NamedTuple

from django.apps import apps
from django.core.exceptions import AppRegistryNotReady
from django.db import DatabaseError, ProgrammingError
from django.utils import timezone
from django_tenants.postgresql_backend import base
from django_tenants.utils import get_public_schema_name

from common.tables import ALL, declared

# A second statement; functions that set the role; those that run a text, in which these could hide; escaped names.
_ROLE_CHANGES = re.compile(r";\s*\S|\b(?:set_config|enter_city|ts_stat|ts_rewrite)\b|_to_xml|\bU&[\"']", re.I)


@cache
def _changes_pages() -> re.Pattern[str]:
    """Statements that write what a kept page may show: all but those on tables that their apps declare quiet."""
    if not apps.ready:
        raise AppRegistryNotReady("nothing is written before all apps have declared their tables")
    quiet = [
        table if ALL in columns else rf'{table}" SET (?:"(?:{"|".join(columns)})" = [^,]+?(?:, )?)+\s(?:WHERE|FROM)'
        for table, columns in ((each.table, each.quiet) for each in declared.values())
        if columns
    ]
    return re.compile(
        r'\s*(?:INSERT\s+INTO|UPDATE|DELETE\s+FROM|TRUNCATE|COPY|MERGE\s+INTO)\s+"?+' rf"(?!(?:{'|'.join(quiet)})\b)",
        re.I,
    )


@lru_cache(maxsize=4000)
def _may_change_role(sql: str) -> bool:
    return _ROLE_CHANGES.search(sql) is not None


class EnteredCity(NamedTuple):
    """A host's city, the version of its row, and its content revision, read in one statement."""

    pk: int
    row: str
    revision: int


class DatabaseWrapper(base.DatabaseWrapper):
    search_path_set_schemas: list[str] | None
    _setting_search_path: bool
    wrote = False
    entered = ""  # the schema that enter_city has put on and set_tenant has not yet heard of
    keep_own_role = False  # set by common.db.as_owner: a city's role may not change tables

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.execute_wrappers += [self._stay_in, self._note_write]

    # ── Role and search path, together ───────────────────────────────────

    def _handle_search_path(self, cursor: Any = None) -> None:
        if self._setting_search_path or self.search_path_set_schemas:
            return
        paths = self._get_cursor_search_paths()
        own_role = self.keep_own_role or self.schema_name == get_public_schema_name()
        role = "none" if own_role else self.schema_name
        self._setting_search_path = True
        own = self.connection.cursor() if cursor is None else cursor
        try:
            own.execute(
                "SELECT set_config('role', %s, false), set_config('search_path', %s, false)",
                [role, ",".join(f'"{path}"' for path in paths)],
            )
        except base.psycopg.errors.InFailedSqlTransaction:
            # Only a rollback can follow, and it forgets the settings anyway.
            self.search_path_set_schemas = None
        except DatabaseError as problem:
            if not isinstance(problem.__cause__, base.psycopg.errors.InFailedSqlTransaction):
                raise
            self.search_path_set_schemas = None
        else:
            self.search_path_set_schemas = paths
        finally:
            self._setting_search_path = False
            if cursor is None:
                own.close()

    def enter_city(self, host: str, *, unready: bool = False) -> EnteredCity | None:
        """Find the ready city of a host (or, for its last check, the unready one) and set its role and path, in one
        statement.

        None, with public set, when the host is unknown. `set_tenant` must follow with that very city: until then only
        the database knows where it is.
        """
        self.set_schema_to_public()
        self._setting_search_path = True  # the function sets both itself
        try:
            with self.cursor() as cursor:
                cursor.execute("SELECT * FROM public.enter_city(%s, %s)", [host, unready])
                pk, row, schema_name, revision = cursor.fetchone()
        finally:
            self._setting_search_path = False
        if pk is None:
            self.search_path_set_schemas = ["public"]
            return None
        self.entered = schema_name
        return EnteredCity(pk, row, revision)

    def set_tenant(self, tenant: Any, include_public: bool = True) -> None:
        # A transaction that wrote to one schema and goes on in another owes the first its revision.
        if self.wrote and tenant.schema_name != self.schema_name and not self._transaction_is_lost():
            self._count_up()
        # Nothing has been asked of the database since enter_city: its settings stand.
        stands = self.entered and self.entered == tenant.schema_name and self.search_path_set_schemas is None
        before = self.tenant
        super().set_tenant(tenant, include_public)
        if stands:
            self.search_path_set_schemas = [self.entered, "public"]
        self.entered = ""
        self._put_clock_on(tenant, before)

    def _put_clock_on(self, tenant: Any, before: Any) -> None:
        if tenant.schema_name == get_public_schema_name():
            return timezone.deactivate()
        if not hasattr(tenant, "time_zone"):  # entered by the name of its schema only; remembered for the way back
            same = before is not None and before.schema_name == tenant.schema_name
            tenant.time_zone = before.time_zone if same else self._time_zone_of(tenant.schema_name)
        return timezone.activate(tenant.time_zone or timezone.get_default_timezone())

    def _time_zone_of(self, schema_name: str) -> str:
        """As the register has it now; empty for what is no city. Not among the queries that Django counts: it is part
        of putting the role on, which comes with the next of them.
        """
        self.ensure_connection()
        if self._transaction_is_lost():
            return ""
        with self.connection.cursor() as cursor:
            cursor.execute("SELECT set_config('role', 'none', false)")
            self.search_path_set_schemas = None
            cursor.execute("SELECT time_zone FROM public.tenants_municipality WHERE schema_name = %s", [schema_name])
            row = cursor.fetchone()
        return row[0] if row else ""

    def _stay_in(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
        in_city = not self.keep_own_role and self.schema_name != get_public_schema_name()
        ours = self._setting_search_path  # this very module puts the role on
        if in_city and not ours and isinstance(sql, str) and _may_change_role(sql):
            raise ProgrammingError("a city's statement is single, and leaves the city's role alone")
        return execute(sql, params, many, context)

    # ── Content revision ─────────────────────────────────────────────────

    def _note_write(
        self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]
    ) -> Any:
        result = execute(sql, params, many, context)
        # Migrations come with a release, and a release has pages of its own.
        if not (self.wrote or self.keep_own_role) and isinstance(sql, str) and _changes_pages().match(sql):
            self.wrote = True
            if not self.in_atomic_block:
                self._count_up()
        return result

    def _count_up(self) -> None:
        self.wrote = False
        if self.schema_name == get_public_schema_name():
            return
        with self.cursor() as cursor:
            cursor.execute("UPDATE common_contentrevision SET value = value + 1")

    def _transaction_is_lost(self) -> bool:
        if self.connection is None or self.needs_rollback:
            return True
        return bool(self.connection.info.transaction_status == base.psycopg.pq.TransactionStatus.INERROR)

    def _commit(self) -> None:
        if self.wrote:
            self._count_up()
        super()._commit()

    def _rollback(self) -> None:
        self.wrote = False
        super()._rollback()

    def close(self) -> None:
        self.wrote = False
        super().close()
