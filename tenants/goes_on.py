"""What goes on as it is now where a city is put back to a day before (tenants.restoring): what apps declare of it in
their `tables.py` (common.tables.goes_on), each row with what hangs on it in its app and the messages that are about it.

A row that only the file has stays as the file has it; one that the file does not have is lost like the rest.
"""

from typing import Any

from django.db.models import Model
from psycopg import sql

from common.models import OutboxMessage
from common.tables import GoesOn, going_on
from tenants.put_out import columns_of_both


def go_on(cursor: Any, *, old: str, new: str) -> None:
    """Take over into schema `new`, once its people are those who stay."""
    for each in going_on:
        cursor.execute("SELECT to_regclass(%s)", [f'"{new}"."{each.model._meta.db_table}"'])
        if cursor.fetchone() != (None,):  # a file of before there was such a thing
            _take_over(cursor, each, old=old, new=new)


def _take_over(cursor: Any, each: GoesOn, *, old: str, new: str) -> None:
    root = each.model._meta.db_table
    here: dict[str, sql.Composable] = {"old": sql.Identifier(old), "new": sql.Identifier(new)}
    here |= {"root": sql.Identifier(root), "when": sql.SQL(each.when), "named": sql.Literal(each.named)}

    def execute(statement: str, **names: sql.Composable) -> None:
        cursor.execute(sql.SQL(statement).format(**here, **names))

    execute(_LOCK)
    execute(_GOING)
    columns = [name for name in columns_of_both(root, old=old, new=new) if name != "id"]
    execute(_ROOT, columns=_joined(columns))
    for part, leads in _parts(each.model):
        table = part._meta.db_table
        both = columns_of_both(table, old=old, new=new)
        links = {field.column: field for field in part._meta.concrete_fields if field.is_relation and field != leads}
        names: dict[str, sql.Composable] = {"table": sql.Identifier(table), "leads": sql.Identifier(leads.column)}
        execute(_EMPTIED, **names)
        taken = sql.SQL(", ").join(_taken(name, links.get(name), new=new) for name in both)
        execute(_FILLED, columns=_joined(both), taken=taken, **names)
    table = OutboxMessage._meta.db_table
    execute(_MESSAGES, table=sql.Identifier(table), messages=_joined(columns_of_both(table, old=old, new=new)))
    execute("DROP TABLE going_on")


def _parts(model: type[Model]) -> list[tuple[type[Model], Any]]:
    return [
        (each.related_model, each.field)
        for each in model._meta.related_objects
        if each.related_model._meta.app_label == model._meta.app_label
    ]


def _joined(names: list[str]) -> sql.Composable:
    return sql.SQL(", ").join(map(sql.Identifier, names))


def _taken(name: str, link: Any, *, new: str) -> sql.Composable:
    """As it is; what led to a row that the file does not have leads to nothing."""
    if link is None:
        return sql.SQL("p.{}").format(sql.Identifier(name))
    to = sql.Identifier(new, link.related_model._meta.db_table)
    return sql.SQL("(SELECT x.id FROM {} x WHERE x.id = p.{})").format(to, sql.Identifier(name))


# Nothing of it changes between being read here and the present schema's end.
_LOCK = "LOCK TABLE {old}.{root} IN ACCESS EXCLUSIVE MODE"
_GOING = """
CREATE TEMPORARY TABLE going_on ON COMMIT DROP AS
SELECT o.id FROM {old}.{root} o JOIN {new}.{root} n USING (id) WHERE o.{when}
"""
_ROOT = """
UPDATE {new}.{root} n SET ({columns}) = (SELECT {columns} FROM {old}.{root} o WHERE o.id = n.id)
WHERE id IN (SELECT id FROM going_on)
"""
_EMPTIED = "DELETE FROM {new}.{table} WHERE {leads} IN (SELECT id FROM going_on)"
_FILLED = """
INSERT INTO {new}.{table} ({columns}) OVERRIDING SYSTEM VALUE
SELECT {taken} FROM {old}.{table} p WHERE p.{leads} IN (SELECT id FROM going_on)
"""
# Planned again since the file was written, they are in the present schema alone.
_MESSAGES = """
INSERT INTO {new}.{table} ({messages}) SELECT {messages} FROM {old}.{table}
WHERE (payload ->> {named}) IN (SELECT id::text FROM going_on) ON CONFLICT (id) DO NOTHING
"""
