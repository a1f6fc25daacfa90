"""A city moves to another installation's database, while people write in it, and is never open to writing in both.

1. COPYING. Its tables are made there, under another name, and made the same in rounds while the city goes on here.
2. The pause, of seconds: one transaction here holds its tables, so that people read and whoever writes waits. What is
   left is copied, all is counted and compared, the rows of public leave; then nobody, the owner neither, may write here
   any more: HANDED_OVER, by one commit. Until then a kill leaves the city as it was: the lock goes with the connection.
3. The other side has it all in one transaction, tried to its end before that commit, which commits right after: DONE.

Killed anywhere, run again: it goes on from the stage, or `undo` ends it. Only between the two commits is the city
closed to writing on both sides, until one of them is done. The former copy stays, read-only, until `retire`.
"""

import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import IntegrityError, OperationalError, transaction
from django.db.models import Model
from django.utils import timezone
from django_tenants.utils import schema_context
from psycopg import sql

from accounts.audit import record
from accounts.models import AuditEntry
from common.db import connection
from common.models import OutboxMessage
from tenants.cells.checks import MoveRefused, check_city, check_installations, check_room
from tenants.cells.copying import Difference, differing, make_the_same
from tenants.cells.elsewhere import Elsewhere
from tenants.cells.packing import Package, PackageRefused, put_down, remove, take_up
from tenants.cells.register import arrived, keyed, leaving
from tenants.dumps import columns_of
from tenants.enums import MoveStage
from tenants.export import one_moment
from tenants.files import file_names, remove_files
from tenants.models import CityMove, Domain, HostReservation, Municipality
from tenants.schema import drop_schema, grant_rights, make_role, schema_exists
from tenants.structure import LockHeld, current_snapshot, session_lock

_SEED = 0x63656C6C
# Shorter than PostgreSQL takes to look for a deadlock: it is the move that gives way, and comes again.
_LOCK_TIMEOUT, _TRIES, _REST_SECONDS = "700ms", 60, 0.5
# Rounds beside people who write, until so little differs that a pause takes no time.
_ROUNDS, _FEW = 5, 20
_PASSING = {"55P03", "40P01"}

Say = Callable[[str], object]


@dataclass(frozen=True)
class _Way:
    move: CityMove
    there: Elsewhere
    cell: int
    media: Path | None
    say: Say

    @property
    def schema(self) -> str:
        return self.move.schema_name

    @property
    def beside(self) -> str:
        return f"moving_{self.schema}"


def move(*, city: Municipality, there: Elsewhere, media: Path | None, at: datetime, say: Say) -> CityMove:
    """Begin or go on, until it is done. Raises MoveRefused; what was begun can be gone on with, or undone."""
    try:
        with schema_context("public"), session_lock(city.schema_name, seed=_SEED, within=0.0):
            way = _way(city, there, media, at=at, say=say)
            if way.move.stage == MoveStage.COPYING:
                _copy_beside(way)
                _hand_over(way)
            elif way.move.stage == MoveStage.HANDED_OVER:
                _open_there(way)
            _note_done(way)
            return way.move
    except LockHeld as problem:
        raise MoveRefused("Another command is moving this city.") from problem
    except PackageRefused as problem:
        raise MoveRefused(str(problem)) from problem
    except IntegrityError as problem:  # not what it says: that quotes rows
        named = getattr(getattr(problem.__cause__, "diag", None), "constraint_name", None)
        raise MoveRefused(
            f"Something there has taken its place meanwhile ({named}): nothing is open there."
        ) from problem


def undo(*, city: Municipality, there: Elsewhere, at: datetime, say: Say) -> None:
    """End a move that is not done: what was copied goes, and the city goes on here. Raises MoveRefused."""
    try:
        with schema_context("public"), session_lock(city.schema_name, seed=_SEED, within=0.0):
            going = CityMove.objects.filter(schema_name=city.schema_name, ended_at=None, is_incoming=False).first()
            if going is None:
                raise MoveRefused("This city is on no way from here.")
            if going.other != there.name:
                raise MoveRefused(f"This city is on its way to {going.other}: what is there is to be undone.")
            check_installations(there)
            _forget_there(_Way(going, there, 0, None, say), at=at)
            with transaction.atomic():
                if going.package is not None:
                    put_down(Package.unpacked(going.package), cell=settings.CELL)
                    _let_write_again(city)
                going.stage, going.ended_at, going.handed_over_at = MoveStage.UNDONE, at, None
                going.package, going.left_numbers = None, []
                going.save()
                record("city_move_undone", actor=None, subject=city)
    except LockHeld as problem:
        raise MoveRefused("Another command is moving this city.") from problem


def retire(*, city: Municipality, there: Elsewhere, at: datetime) -> None:
    """Drop the copy that stayed here. Its name stays taken, and its hosts reserved. Raises MoveRefused."""
    with schema_context("public"):
        gone = CityMove.objects.filter(schema_name=city.schema_name, is_incoming=False, stage=MoveStage.DONE).first()
        if gone is None or city.moved_at is None:
            raise MoveRefused("This city lives here: nothing was dropped.")
        with there():
            lives = Municipality.objects.filter(schema_name=city.schema_name, moved_at=None).exists()
            if not lives or not schema_exists(city.schema_name):
                raise MoveRefused("The city is not there: nothing was dropped.")
        drop_schema(city.schema_name, with_role=False)
        with schema_context(city.schema_name):
            if not _shares_files(gone):
                remove_files()
        with transaction.atomic():
            Domain.objects.filter(tenant=city).delete()
            gone.package, gone.retired_at = None, at
            gone.save(update_fields=["package", "retired_at"])
            record("city_copy_dropped", actor=None, subject=city)


# ── Beginning ────────────────────────────────────────────────────────────────


def _way(city: Municipality, there: Elsewhere, media: Path | None, *, at: datetime, say: Say) -> _Way:
    going = CityMove.objects.filter(schema_name=city.schema_name, ended_at=None).first()
    if going is not None and going.is_incoming:
        raise MoveRefused("This city is on its way to here.")
    if going is not None and going.other != there.name:
        raise MoveRefused(f"This city is on its way to {going.other}: go on with that move, or undo it.")
    if going is None and city.moved_at is not None:
        raise MoveRefused("This city has moved already: move it from where it lives now.")
    cell = check_installations(there)
    if going is None:
        check_city(city)
        check_room(city, there)
        if not media and _has_files(city.schema_name):
            raise MoveRefused("This city has files: say where the other installation keeps its own (--media FOLDER).")
        going = CityMove.objects.create(schema_name=city.schema_name, other=there.name, begun_at=at)
        going.figures = {"media": str(media or "")}
        going.save(update_fields=["figures"])
        record("city_move_begun", actor=None, subject=city, to=cell)
    way = _Way(going, there, cell, media, say)
    _be_known_there(way, city, at=at)
    return way


def _be_known_there(way: _Way, city: Municipality, *, at: datetime) -> None:
    """A row of the same key, and its hosts reserved: nobody takes them meanwhile."""
    hosts = list(Domain.objects.filter(tenant=city).values_list("domain", flat=True))
    with way.there(), transaction.atomic():
        known, is_new = CityMove.objects.get_or_create(
            key=way.move.key,
            defaults={"schema_name": way.schema, "is_incoming": True, "other": "", "begun_at": at},
        )
        if is_new:
            said = {"schema_name": city.schema_name, "kind": city.kind, "authority_code": city.authority_code}
            rows = [HostReservation(host=host, name=city.name, **said) for host in hosts]
            HostReservation.objects.bulk_create(rows, ignore_conflicts=True)
        if known.stage == MoveStage.UNDONE:
            raise MoveRefused("This move was undone there: undo it here too, then begin another.")


# ── 1. Beside people who write ───────────────────────────────────────────────


def _copy_beside(way: _Way) -> None:
    with way.there.transaction():
        _make_tables(way)
    for number in range(1, _ROUNDS + 1):
        started = time.monotonic()
        with way.there.transaction(), one_moment():
            found = make_the_same(way.schema, way.there, way.beside)
        way.say(f"  round {number}: {_said(found)} in {time.monotonic() - started:.1f} s")
        if found.total <= _FEW:
            break
    _copy_files(way)


def _said(found: Difference) -> str:
    return f"{sum(found.rows.values())} rows, {found.total} pieces of {len(found.pieces)} tables copied"


def _make_tables(way: _Way) -> None:
    columns = columns_of(way.schema)
    with way.there(), connection.cursor() as cursor:
        if schema_exists(way.beside):
            return
        snapshot = current_snapshot()
        cursor.execute(sql.SQL("CREATE SCHEMA {}").format(sql.Identifier(way.beside)))
        cursor.execute(sql.SQL("SET LOCAL search_path = {}, public").format(sql.Identifier(way.beside)))
        cursor.execute(snapshot.sql)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET LOCAL search_path = public")
        made = columns_of(way.beside)
        if {name: set(found) for name, found in made.items()} != {name: set(found) for name, found in columns.items()}:
            raise MoveRefused("Its tables are not those that the other installation makes: nothing was changed.")
        tables = sql.SQL(", ").join(sql.Identifier(way.beside, table) for table in made)
        cursor.execute(sql.SQL("TRUNCATE {}").format(tables))


# ── 2. The pause ─────────────────────────────────────────────────────────────


def _hand_over(way: _Way) -> None:
    for number in range(1, _TRIES + 1):
        try:
            with way.there.transaction():
                _hold_and_hand_over(way)
            break
        except OperationalError as problem:
            if getattr(problem.__cause__, "sqlstate", "") not in _PASSING:
                raise
            way.move.refresh_from_db()
            if number == _TRIES:
                raise MoveRefused("The city is too busy to be held, even for a moment: try again later.") from problem
            way.move.stage = MoveStage.COPYING
            time.sleep(_REST_SECONDS)


def _hold_and_hand_over(way: _Way) -> None:
    """Inside the transaction there, which commits after this one."""
    at = timezone.now()
    with transaction.atomic(), connection.cursor() as cursor:
        city = _hold(cursor, way)
        held = time.monotonic()
        found = make_the_same(way.schema, way.there, way.beside)
        if tables := differing(way.schema, way.there, way.beside, among=found.pieces):
            raise MoveRefused(f"Not the same there as here, and nothing was changed: {', '.join(tables)}.")
        _copy_files(way)
        package = take_up(city)
        way.move.stage, way.move.handed_over_at = MoveStage.HANDED_OVER, at
        way.move.package, way.move.left_numbers = package.packed(), package.left
        way.move.figures |= {"rows": sum(found.rows.values()), "public": len(package.rows)}
        way.move.save()
        remove(package)
        _forbid_writing(cursor, way.schema)
        Municipality.objects.filter(pk=city.pk).update(moved_at=at)
        record("city_handed_over", actor=None, subject=city, to=way.cell)
        _arrive(way, Package.unpacked(way.move.package), at=at)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        way.move.figures["seconds"] = round(time.monotonic() - held, 2)
        way.move.save(update_fields=["figures"])
    way.say(f"  held for {way.move.figures['seconds']} s: {_said(found)}; all counted and compared")


def _hold(cursor: object, way: _Way) -> Municipality:
    """Whoever reads goes on; whoever writes waits until this transaction ends."""
    run = cursor.execute  # type: ignore[attr-defined]
    run(f"SET LOCAL lock_timeout = '{_LOCK_TIMEOUT}'")
    # Lost with the machine, it would be open on both sides.
    run("SET LOCAL synchronous_commit = 'on'")
    run("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [way.schema])
    outbox = OutboxMessage._meta.db_table
    # A message that is being run holds its row: none is, once this is had.
    for schema in (way.schema, "public"):
        run(sql.SQL("LOCK TABLE {} IN EXCLUSIVE MODE").format(sql.Identifier(schema, outbox)))
    city = Municipality.objects.select_for_update().get(schema_name=way.schema)
    check_city(city)
    models: list[type[Model]] = [*leaving, *keyed, AuditEntry]
    public = {model._meta.db_table for model in models if model is not Municipality}
    for tables, mode in [
        ([("public", name) for name in sorted(public)], "SHARE ROW EXCLUSIVE"),  # two moves at once take turns
        ([(way.schema, name) for name in columns_of(way.schema)], "SHARE"),
    ]:
        listed = sql.SQL(", ").join(sql.Identifier(*table) for table in tables)
        run(sql.SQL(f"LOCK TABLE {{}} IN {mode} MODE").format(listed))
    return city


def _forbid_writing(cursor: object, schema_name: str) -> None:
    """To the city's role and to the tables' owner: whatever the Python does."""
    cursor.execute(  # type: ignore[attr-defined]
        sql.SQL("REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON ALL TABLES IN SCHEMA {0} FROM {0}, CURRENT_USER").format(
            sql.Identifier(schema_name)
        )
    )


def _let_write_again(city: Municipality) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            sql.SQL("GRANT ALL ON ALL TABLES IN SCHEMA {} TO CURRENT_USER").format(sql.Identifier(city.schema_name))
        )
    state = Municipality.objects.select_for_update(no_key=True).get(pk=city.pk).state
    grant_rights(city.schema_name, state=state)


# ── 3. There ─────────────────────────────────────────────────────────────────


def _arrive(way: _Way, package: Package, *, at: datetime) -> None:
    """All that makes it a city of that installation, in the transaction there."""
    with way.there(), connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL lock_timeout = '{_LOCK_TIMEOUT}'")
        cursor.execute("SET LOCAL synchronous_commit = 'on'")
        coming = CityMove.objects.select_for_update().get(key=way.move.key, is_incoming=True)
        if coming.stage != MoveStage.COPYING:
            raise MoveRefused(f"This move is {coming.stage.lower()} there.")
        city = put_down(package, cell=way.cell)
        make_role(cursor, way.schema)
        names = {"beside": sql.Identifier(way.beside), "schema": sql.Identifier(way.schema)}
        # Pages that were kept there when it lived there before are none of today's.
        cursor.execute(sql.SQL("UPDATE {beside}.common_contentrevision SET value = value + 1").format(**names))
        cursor.execute(sql.SQL("ALTER SCHEMA {beside} RENAME TO {schema}").format(**names))
        grant_rights(way.schema, state=city.state)
        for follow in arrived:
            follow(city)
        record("city_arrived", actor=None, subject=city)
        coming.stage, coming.ended_at, coming.figures = MoveStage.DONE, at, way.move.figures
        coming.save(update_fields=["stage", "ended_at", "figures"])


def _open_there(way: _Way) -> None:
    """It was handed over, and not open there yet: nothing has changed here since, for nobody could."""
    with way.there():
        if CityMove.objects.filter(key=way.move.key, stage=MoveStage.DONE).exists():
            return
    assert way.move.package is not None
    with way.there.transaction():
        found = make_the_same(way.schema, way.there, way.beside)
        if tables := differing(way.schema, way.there, way.beside, among=found.pieces):
            raise MoveRefused(f"Not the same there as here: {', '.join(tables)}.")
        _copy_files(way)
        _arrive(way, Package.unpacked(way.move.package), at=timezone.now())


def _note_done(way: _Way) -> None:
    way.move.stage, way.move.ended_at = MoveStage.DONE, timezone.now()
    way.move.save(update_fields=["stage", "ended_at"])


def _forget_there(way: _Way, *, at: datetime) -> None:
    with way.there(), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL lock_timeout = '10s'")
        coming = CityMove.objects.select_for_update().filter(key=way.move.key, is_incoming=True).first()
        if coming is not None and coming.stage == MoveStage.DONE:
            raise MoveRefused("It is open there already: move it back from there.")
        cursor.execute(sql.SQL("DROP SCHEMA IF EXISTS {} CASCADE").format(sql.Identifier(way.beside)))
        if coming is not None and coming.stage != MoveStage.UNDONE:
            if not Municipality.objects.filter(schema_name=way.schema).exists():
                HostReservation.objects.filter(schema_name=way.schema, released_at=None).delete()
            coming.stage, coming.ended_at = MoveStage.UNDONE, at
            coming.save(update_fields=["stage", "ended_at"])


# ── Files ────────────────────────────────────────────────────────────────────


def _has_files(schema_name: str) -> bool:
    with schema_context(schema_name):
        return next(_names(), None) is not None


def _names() -> Iterator[str]:
    try:
        yield from file_names()
    except FileNotFoundError:
        return


def _shares_files(gone: CityMove) -> bool:
    media = gone.figures.get("media")
    return bool(media) and Path(media).resolve() == Path(settings.MEDIA_ROOT).resolve()


def _copy_files(way: _Way) -> None:
    """Those that are not there, or not as long; none where both keep theirs in one place."""
    here = Path(settings.MEDIA_ROOT) / way.schema
    if way.media is None or not here.is_dir() or way.media.resolve() == here.parent.resolve():
        return
    for file in (found for found in here.rglob("*") if found.is_file()):
        target = way.media / way.schema / file.relative_to(here)
        if not target.exists() or target.stat().st_size != file.stat().st_size:
            target.parent.mkdir(parents=True, exist_ok=True)
            unfinished = target.with_name(f"{target.name}.new")
            shutil.copy2(file, unfinished)
            unfinished.replace(target)
