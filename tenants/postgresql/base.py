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
revision up as its last act (see common.pagecache), bulk updates and raw SQL included: `value`, so that nothing made
before is served any more; or `soon`, if it wrote nothing but what its tables declare so (common.tables), with what the
transaction said that it concerns (common.db.concerns).
"""

import re
from collections.abc import Callable, Collection
from enum import IntEnum
from functools import lru_cache
from typing import Any, NamedTuple

from django.apps import apps
from django.conf import settings
from django.core.exceptions import AppRegistryNotReady
from django.db import DatabaseError, ProgrammingError
from django.utils import timezone
from django_tenants.postgresql_backend import base
from django_tenants.utils import get_public_schema_name

from common.tables import ALL, NEW, declared
from tenants.postgresql.editor import CitusSchemaEditor
from tenants.postgresql.planned import Params, planned

# A second statement; functions that set the role; those that run a text, in which these could hide; escaped names.
_ROLE_CHANGES = re.compile(r";\s*\S|\b(?:set_config|enter_city|ts_stat|ts_rewrite)\b|_to_xml|\bU&[\"']", re.I)


_WRITES = re.compile(
    r'\s*(?:(?P<adds>INSERT\s+INTO)|(?P<updates>UPDATE)|DELETE\s+FROM|TRUNCATE|COPY|MERGE\s+INTO)\s+"?(?P<table>\w+)"?',
    re.I,
)
_SET = re.compile(r'(?:\bSET\s+|,\s*)"?(\w+)"?\s*=', re.I)
_ODD_SET = re.compile(r"\)\s*=")


class Effect(IntEnum):
    """What a statement means for the pages that are kept (common.tables)."""

    NONE = 0
    SOON = 1
    AT_ONCE = 2


@lru_cache(maxsize=4000)
def effect_of(sql: str) -> Effect:
    """By what the table's app has declared. Whatever no app has said anything about acts at once."""
    if not apps.ready:
        raise AppRegistryNotReady("nothing is written before all apps have declared their tables")
    written = _WRITES.match(sql)
    if written is None:
        return Effect.NONE
    table = declared.get(written["table"])
    if table is None:
        return Effect.AT_ONCE
    if written["adds"] and "DO UPDATE" not in sql.upper():  # adding what is there already changes it
        columns = {NEW}
    else:
        columns = _updated(sql, written) if written["updates"] else set()
    if _covers(table.quiet, columns):
        return Effect.NONE
    return Effect.SOON if _covers((*table.soon, *table.quiet), columns) else Effect.AT_ONCE


def _covers(names: Collection[str], columns: set[str]) -> bool:
    return ALL in names or (bool(columns) and columns.issubset(names))


def _updated(sql: str, written: re.Match[str]) -> set[str]:
    """The columns that an UPDATE sets; a few more, and so none that is declared, where it is written in an odd way."""
    sets = sql[written.end() :]
    return {"(odd)"} if _ODD_SET.search(sets) else set(_SET.findall(sets))


@lru_cache(maxsize=4000)
def _may_change_role(sql: str) -> bool:
    return _ROLE_CHANGES.search(sql) is not None


class EnteredCity(NamedTuple):
    """A host's city, the version of its row, and its content revision, read in one statement."""

    pk: int
    row: str
    revision: int
    soon: int


# Whoever comes first holds the row until the commit: the others' scopes wait their turn, in whatever order they stand.
_SOON = """
WITH moved AS (UPDATE common_contentrevision SET soon = soon + 1 RETURNING soon)
INSERT INTO common_changedscope (scope, soon) SELECT scope, moved.soon FROM moved, unnest(%s::text[]) AS scope
ON CONFLICT (scope) DO UPDATE SET soon = excluded.soon
"""


# PostgreSQL remembers each table that a connection has seen, up to 0.8 MB a city, until it is closed.
# A coordinator keeps a connection to a machine for each of them, too.
CITIES_A_CONNECTION = 25 if settings.CITUS else 100


class DatabaseWrapper(base.DatabaseWrapper):
    SchemaEditorClass = CitusSchemaEditor if settings.CITUS else base.DatabaseWrapper.SchemaEditorClass
    search_path_set_schemas: list[str] | None
    _setting_search_path: bool
    wrote = Effect.NONE  # of what this transaction has written so far
    moved_soon = False  # since `enter_city`: whoever wrote reads what they wrote
    entered = ""  # the schema that enter_city has put on and set_tenant has not yet heard of
    # What enter_city has read beside its city, each taken once: (schema, key, data) of a session, (schema, row).
    found_session: tuple[str, str, str | None] | None = None
    found_person: tuple[str, dict[str, Any]] | None = None
    keep_own_role = False  # set by common.db.as_owner: a city's role may not change tables

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.concerned: set[str] = set()
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
            self._note_visit(role)
        finally:
            self._setting_search_path = False
            if cursor is None:
                own.close()

    def enter_city(self, host: str, *, unready: bool = False, session_key: str = "") -> EnteredCity | None:
        """Find the ready city of a host (or, for its last check, the unready one) and set its role and path, in one
        statement, which also reads the session of a key and its person (`take_session`, `take_person`).

        None, with public set, when the host is unknown. `set_tenant` must follow with that very city: until then only
        the database knows where it is.
        """
        self.set_schema_to_public()
        self.moved_soon = False
        self.search_path_set_schemas = None
        self._setting_search_path = True  # the function sets both itself
        try:
            found = self._planned_once("SELECT * FROM public.enter_city(%s, %s, %s)", [host, unready, session_key])
        finally:
            self._setting_search_path = False
        pk, row, schema_name, revision, soon, session, person = found
        if pk is None:
            self.search_path_set_schemas = ["public"]
            return None
        self.entered = schema_name
        self._note_visit(schema_name)
        self.found_session = (schema_name, session_key, session) if session_key else None
        self.found_person = (schema_name, person) if person else None
        return EnteredCity(pk, row, revision, soon)

    def planned_once(self, sql: str, params: Params) -> Any:
        """The one row of a statement that is sent for most pages. Its plan, which may take ten times as long as its
        answer, is kept by the connection: for each city apart, because it holds for one search path only.
        """
        if not self._setting_search_path:
            self.ensure_connection()
            self._handle_search_path()
        return self._planned_once(f"{sql} -- {self.schema_name}", params)

    def _planned_once(self, sql: str, params: Params) -> Any:
        if not self.queries_logged and not self.execute_wrappers[2:]:  # nobody is counting
            with self.wrap_database_errors:
                self.ensure_connection()
                plans = planned(self.connection)
                if plans.may_ask():
                    return plans.one(sql, params)
        with self.cursor() as cursor:
            cursor.execute(sql, params)
            return cursor.fetchone()

    def take_session(self, session_key: str | None) -> tuple[bool, str | None]:
        """Whether enter_city has just read the session of this key, and what it holds (None: there is none)."""
        found, self.found_session = self.found_session, None
        if found is None or found[:2] != (self.schema_name, session_key):
            return False, None
        return True, found[2]

    def take_person(self, pk: int) -> dict[str, Any] | None:
        """The row of this person, if enter_city has just read it."""
        found, self.found_person = self.found_person, None
        return found[1] if found is not None and (found[0], found[1]["id"]) == (self.schema_name, pk) else None

    def forget_found(self) -> None:
        """Nothing of one request is another's."""
        self.found_session = self.found_person = None

    def set_schema_to_public(self) -> None:
        """Nothing to do, most times: each request says so on coming, and again when it has gone."""
        is_there = self.schema_name == get_public_schema_name() and not self.entered
        if not is_there or self.search_path_set_schemas not in (None, ["public"]):
            super().set_schema_to_public()

    def set_tenant(self, tenant: Any, include_public: bool = True) -> None:
        # A transaction that wrote to one schema and goes on in another owes the first its revision.
        if self.wrote and tenant.schema_name != self.schema_name and not self._transaction_is_lost():
            self._count_up()
        # Nothing has been asked of the database since enter_city: its settings stand.
        stands = self.entered and self.entered == tenant.schema_name and self.search_path_set_schemas is None
        again = tenant.schema_name == self.schema_name and include_public == self.include_public_schema
        before, settings_now = self.tenant, self.search_path_set_schemas
        super().set_tenant(tenant, include_public)
        if stands:
            self.search_path_set_schemas = [self.entered, "public"]
        elif again and not self.entered:
            self.search_path_set_schemas = settings_now
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
        if not (self.wrote == Effect.AT_ONCE or self.keep_own_role) and isinstance(sql, str):
            effect = effect_of(sql)
            if effect == Effect.SOON and not self.concerned:
                self.concerned.add("*")  # everything (common.pagecache)
            self.wrote = max(self.wrote, effect)
            if effect and not self.in_atomic_block:
                self._count_up()
        return result

    def _count_up(self) -> None:
        wrote, scopes = self.wrote, self.concerned
        self.wrote, self.concerned = Effect.NONE, set()
        if self.schema_name == get_public_schema_name():
            return
        with self.cursor() as cursor:
            if wrote == Effect.AT_ONCE:
                cursor.execute("UPDATE common_contentrevision SET value = value + 1")
            else:
                self.moved_soon = True
                cursor.execute(_SOON, [list(scopes)])

    def _transaction_is_lost(self) -> bool:
        if self.connection is None or self.needs_rollback:
            return True
        return bool(self.connection.info.transaction_status == base.psycopg.pq.TransactionStatus.INERROR)

    def _commit(self) -> None:
        if self.wrote:
            self._count_up()
        self.concerned = set()
        super()._commit()

    def _rollback(self) -> None:
        self.wrote, self.concerned = Effect.NONE, set()
        super()._rollback()

    def _note_visit(self, role: str) -> None:
        if role != "none":
            self.note_visits([role])

    def note_visits(self, schemas: Collection[str]) -> None:
        """The tables of these cities have been looked into from here."""
        self.connection.__dict__.setdefault("cities", set()).update(schemas)

    def close(self) -> None:
        self.forget_found()
        if self.connection is not None and len(self.connection.__dict__.get("cities", ())) >= CITIES_A_CONNECTION:
            self.connection._expire_at = 0.0  # the pool closes it and makes another, as at its max_lifetime
        self.wrote, self.concerned = Effect.NONE, set()
        super().close()
