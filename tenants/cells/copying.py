"""Making a schema there the same as one here, again and again: what differs is copied, what is the same is left.

A table is looked at in pieces of a thousand numbers (or, without numbers, in 64 by what its key hashes to); of each
both servers say how many rows it has and what they hash to. Begun from nothing, broken off or run once more, it ends
the same.
"""

from collections.abc import Collection
from dataclasses import dataclass, field

from psycopg import sql

from common.db import connection
from tenants.cells.elsewhere import Elsewhere
from tenants.dumps import columns_of, last_numbers

_PIECE = 1000
# How rows look as text, on both.
_AS_TEXT = "SET DateStyle = 'ISO, MDY'; SET TimeZone = 'UTC'; SET extra_float_digits = 1; SET bytea_output = 'hex'"
_AS_TEXT += "; SET IntervalStyle = 'postgres'"

Pieces = dict[int, tuple[int, str]]


@dataclass
class Difference:
    """What a round found: how many rows there are, and the pieces of each table that were not the same."""

    rows: dict[str, int] = field(default_factory=dict)
    pieces: dict[str, list[int]] = field(default_factory=dict)

    @property
    def total(self) -> int:
        return sum(map(len, self.pieces.values()))


@dataclass(frozen=True)
class _Table:
    name: str
    columns: list[str]
    key: list[str]
    by_number: bool

    @property
    def piece(self) -> sql.Composable:
        if self.by_number:
            return sql.SQL("({} / {})").format(sql.Identifier(*self.key), sql.Literal(_PIECE))
        key = sql.SQL(", ").join(map(sql.Identifier, self.key))
        return sql.SQL("(('x' || substr(md5(ROW({})::text), 1, 4))::bit(16)::int & 63)::bigint").format(key)

    @property
    def listed(self) -> sql.Composable:
        return sql.SQL(", ").join(map(sql.Identifier, self.columns))


def tables_of(schema_name: str) -> list[_Table]:
    keys = _keys_of(schema_name)
    return [_Table(name, columns, *keys[name]) for name, columns in columns_of(schema_name).items()]


def _keys_of(schema_name: str) -> dict[str, tuple[list[str], bool]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname, array_agg(a.attname::text ORDER BY array_position(i.indkey::int2[], a.attnum)),"
            " count(*) = 1 AND bool_and(a.atttypid IN ('bigint'::regtype, 'integer'::regtype))"
            " FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid"
            " JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = ANY (i.indkey)"
            " WHERE i.indisprimary AND c.relnamespace = %s::regnamespace GROUP BY 1",
            [schema_name],
        )
        return {name: (columns, by_number) for name, columns, by_number in cursor.fetchall()}


def make_the_same(schema_name: str, there: Elsewhere, beside: str) -> Difference:
    """One round: find what differs between the schema here and `beside` there, and copy it.

    In a transaction on both sides, of the caller's: here one that sees one moment.
    """
    tables, found = tables_of(schema_name), Difference()
    _speak_alike(there)
    for table in tables:
        ours = _pieces(schema_name, table)
        with there():
            theirs = _pieces(beside, table)
        found.rows[table.name] = sum(count for count, _hash in ours.values())
        if differing := sorted(key for key in ours.keys() | theirs.keys() if ours.get(key) != theirs.get(key)):
            found.pieces[table.name] = differing
    # All that goes, then all that comes: a value that moved from one row to another is never there twice.
    for table in tables:
        if table.name in found.pieces:
            with there(), connection.cursor() as cursor:
                cursor.execute("SET CONSTRAINTS ALL DEFERRED")
                cursor.execute(
                    sql.SQL("DELETE FROM {} WHERE {} = ANY (%s)").format(
                        sql.Identifier(beside, table.name), table.piece
                    ),
                    [found.pieces[table.name]],
                )
    for table in tables:
        if table.name in found.pieces:
            _copy(schema_name, table, found.pieces[table.name], there, beside)
    _go_on_counting(schema_name, there, beside)
    return found


def differing(schema_name: str, there: Elsewhere, beside: str, *, among: Collection[str] | None = None) -> list[str]:
    """The tables that are not the same, counted and compared row by row; and those whose numbers are not.

    `among`: those of which a round with nobody writing has copied something; it has just found the others the same.
    """
    found = []
    _speak_alike(there)
    for table in tables_of(schema_name):
        if among is not None and table.name not in among:
            continue
        ours = _pieces(schema_name, table)
        with there():
            if ours != _pieces(beside, table):
                found.append(table.name)
    ours_last = last_numbers(schema_name)
    with there():
        theirs_last = last_numbers(beside)
    return found + sorted(name for name in ours_last if ours_last[name] != theirs_last.get(name))


def _speak_alike(there: Elsewhere) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_AS_TEXT)
    with there(), connection.cursor() as cursor:
        cursor.execute(_AS_TEXT)


def _pieces(schema_name: str, table: _Table) -> Pieces:
    query = sql.SQL(
        "SELECT {piece}, count(*), bit_xor(('x' || md5(ROW({columns})::text))::bit(128))::text FROM {table} GROUP BY 1"
    ).format(piece=table.piece, columns=table.listed, table=sql.Identifier(schema_name, table.name))
    with connection.cursor() as cursor:
        cursor.execute(query)
        return {piece: (count, hashed) for piece, count, hashed in cursor.fetchall()}


def _copy(schema_name: str, table: _Table, pieces: list[int], there: Elsewhere, beside: str) -> None:
    chosen = sql.SQL("SELECT {} FROM {} WHERE {} = ANY ({})").format(
        table.listed, sql.Identifier(schema_name, table.name), table.piece, sql.Literal(pieces)
    )
    into = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(beside, table.name), table.listed)
    with (
        connection.cursor() as source,
        there.wrapper.cursor() as target,
        source.copy(sql.SQL("COPY ({}) TO STDOUT").format(chosen)) as leaving,
        target.copy(into) as coming,
    ):
        for rows in leaving:
            coming.write(rows)


def _go_on_counting(schema_name: str, there: Elsewhere, beside: str) -> None:
    """No number that was given here is given there again."""
    last = last_numbers(schema_name)
    with there(), connection.cursor() as cursor:
        for table, number in last.items():
            if number:
                cursor.execute("SELECT setval(pg_get_serial_sequence(%s, 'id'), %s)", [f'"{beside}"."{table}"', number])
