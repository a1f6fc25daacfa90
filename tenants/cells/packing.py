"""The rows of public that leave with a city, taken up in one package and put down elsewhere, or where they came from.

A row keeps its number where that is free; where another row has it, it gets a new one, and whatever names it follows:
foreign keys, the trail, messages of the outbox, keys such as `invoice:12:3`.
"""

import json
import zlib
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.core import serializers
from django.db.models import BigIntegerField, ForeignKey, Model, Q
from django.utils import timezone
from psycopg import sql

from accounts.enums import Role
from accounts.models import AuditEntry, User
from common.db import connection
from common.models import OutboxMessage
from tenants.cells.installation import APART
from tenants.cells.register import key_with, key_words, keyed, leaving, named_columns, shared
from tenants.models import Domain, HostReservation, Municipality, WaitingOutbox

Numbers = dict[type[Model], dict[Any, Any]]


class PackageRefused(Exception):
    """Why the rows cannot be put down there, in a sentence."""


@dataclass
class Package:
    rows: list[Model]
    natural: dict[str, dict[str, str]]  # of what the other installation has itself: label → number → its key
    people: dict[str, str]  # operators: number → address
    left: list[str] = field(default_factory=list)  # numbers that must be accounted for where they were given

    def packed(self) -> bytes:
        said = {"natural": self.natural, "people": self.people, "left": self.left}
        said["rows"] = serializers.serialize("json", self.rows)
        return zlib.compress(json.dumps(said).encode())

    @classmethod
    def unpacked(cls, data: bytes | memoryview) -> "Package":
        said = json.loads(zlib.decompress(bytes(data)))
        rows = [each.object for each in serializers.deserialize("json", said.pop("rows"))]
        return cls(rows, **said)

    def of(self, model: type[Model]) -> list[Any]:
        return [row for row in self.rows if type(row) is model]


# ── Taking up ────────────────────────────────────────────────────────────────


def take_up(city: Municipality) -> Package:
    """All rows of the city. Nothing is changed; the caller holds whoever writes them."""
    rows: list[Model] = [city]
    for each in leaving.values():
        if each.model is not Municipality:
            of_city = city.schema_name if each.of == "schema_name" else city.pk
            rows += each.model._base_manager.filter(**{each.of: of_city}).order_by("pk")
    numbers = _as_they_are(rows)
    rows += _trail_of(numbers)
    rows += [row for model, name in keyed.items() for row in _by_key(model, name, numbers)]
    rows += [each for each in OutboxMessage.objects.order_by("pk") if _names_one(each, numbers)]
    natural: dict[str, dict[str, str]] = defaultdict(dict)
    for row, column in _pointing(rows, shared):
        model = column.related_model
        number = getattr(row, column.attname)
        if str(number) not in natural[model._meta.label]:
            natural[model._meta.label][str(number)] = str(
                model._base_manager.values_list(shared[model]).get(pk=number)[0]
            )
    people = dict(User.objects.filter(role=Role.OPERATOR).values_list("pk", "email"))
    left = [getattr(row, each.number) for row in rows for each in _said_of(row) if each.number]
    return Package(rows, dict(natural), {str(pk): email for pk, email in people.items()}, list(filter(None, left)))


def _said_of(row: Model) -> list[Any]:
    return [leaving[type(row)]] if type(row) in leaving else []


def _as_they_are(rows: Iterable[Model]) -> Numbers:
    numbers: Numbers = defaultdict(dict)
    for row in rows:
        numbers[type(row)][row.pk] = row.pk
    return numbers


def _trail_of(numbers: Numbers) -> list[AuditEntry]:
    about = Q(pk=None)
    for model, of_model in numbers.items():
        about |= Q(subject_type=model._meta.label_lower, subject_id__in=[str(pk) for pk in of_model])
    return list(AuditEntry.objects.filter(about).order_by("pk"))


def _by_key(model: type[Model], name: str, numbers: Numbers) -> list[Model]:
    """Those whose key names one of the rows: its word and number are the first two parts, or the second and third."""
    named = [f"{word}:{pk}" for word, of in key_words().items() for pk in numbers.get(of, ())]
    column = sql.Identifier(str(model._meta.get_field(name).column))  # type: ignore[union-attr]
    query = sql.SQL(
        "SELECT {column} FROM {table}"
        " WHERE split_part({column}, ':', 1) || ':' || split_part({column}, ':', 2) = ANY (%s)"
        " OR split_part({column}, ':', 2) || ':' || split_part({column}, ':', 3) = ANY (%s)"
    ).format(column=column, table=sql.Identifier("public", model._meta.db_table))
    with connection.cursor() as cursor:
        cursor.execute(query, [named, named])
        keys = [key for (key,) in cursor.fetchall()]
    return list(model._base_manager.filter(**{f"{name}__in": keys}).order_by(name))


def _names_one(message: OutboxMessage, numbers: Numbers) -> bool:
    return _renamed(message.payload, numbers) is not None


def _renamed(payload: dict[str, Any], numbers: Numbers) -> dict[str, Any] | None:
    """The payload with the numbers of today; None where it names no row of theirs. An announced event has its own."""
    new: dict[str, Any] = {}
    columns = named_columns()
    for name, value in payload.items():
        model = columns.get(name)
        if model is not None and isinstance(value, int | str) and value in numbers.get(model, {}):
            new[name] = numbers[model][value]
        elif name == "key" and isinstance(value, str) and (key := key_with(value, numbers)):
            new[name] = key
        elif name == "payload" and isinstance(value, dict) and (inner := _renamed(value, numbers)) is not None:
            new[name] = inner
    return {**payload, **new} if new else None


def _pointing(rows: Iterable[Model], at: Iterable[type[Model]]) -> Iterable[tuple[Model, "ForeignKey[Any, Any]"]]:
    wanted = set(at)
    for row in rows:
        for column in row._meta.concrete_fields:
            if isinstance(column, ForeignKey) and column.related_model in wanted and getattr(row, column.attname):
                yield row, column


def remove(package: Package) -> None:
    """What has left is no longer here; what says that the city was here stays."""
    models = dict.fromkeys(type(row) for row in package.rows)
    for model in models:
        said = leaving.get(model)
        if model is AuditEntry or (said is not None and said.is_kept):
            continue
        found = model._base_manager.filter(pk__in=[row.pk for row in package.of(model)])
        found._raw_delete(found.db)  # keys are checked at the commit
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


# ── Putting down ─────────────────────────────────────────────────────────────


def put_down(package: Package, *, cell: int) -> Municipality:
    """Write all rows in the present database, which is that cell's, and compare them with what is there then."""
    _lock([type(row) for row in package.rows])
    city: Municipality = package.of(Municipality)[0]
    known = Municipality.objects.filter(schema_name=city.schema_name).first()
    Domain.objects.filter(tenant__schema_name=city.schema_name).delete()
    rows = [row for row in package.rows if row is not city and not _is_there(row, at_home=known is not None)]
    numbers = _numbers_for([*rows, city], known)
    _follow(package, rows, numbers)
    city.pk = numbers[Municipality][city.pk]
    city._state.adding = known is None
    city.save(force_insert=known is None)
    for model in dict.fromkeys(type(row) for row in rows):
        model._base_manager.bulk_create([row for row in rows if type(row) is model])
    _go_on_counting([*rows, city], cell=cell)
    for schema_name in ("public", city.schema_name):  # messages came as rows
        WaitingOutbox.objects.create(schema_name=schema_name, due_at=timezone.now())
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    _compare([*rows, city])
    return city


def _lock(models: Iterable[type[Model]]) -> None:
    tables = sorted({model._meta.db_table for model in models})
    with connection.cursor() as cursor:
        listed = sql.SQL(", ").join(sql.Identifier("public", table) for table in tables)
        cursor.execute(sql.SQL("LOCK TABLE {} IN SHARE ROW EXCLUSIVE MODE").format(listed))


def _is_there(row: Model, *, at_home: bool) -> bool:
    """What was kept here when it left, or reserved before it came."""
    if isinstance(row, HostReservation):
        same = HostReservation.objects.filter(host=row.host, schema_name=row.schema_name, released_at=row.released_at)
        return same.exists()
    if at_home and isinstance(row, AuditEntry):
        return AuditEntry.objects.filter(
            pk=row.pk, at=row.at, action=row.action, subject_type=row.subject_type, subject_id=row.subject_id
        ).exists()
    return False


def _numbers_for(rows: list[Model], known: Municipality | None) -> Numbers:
    numbers: Numbers = defaultdict(dict)
    for model in dict.fromkeys(type(row) for row in rows):
        wanted = [row.pk for row in rows if type(row) is model]
        taken = set(model._base_manager.filter(pk__in=wanted).values_list("pk", flat=True))
        for pk in wanted:
            if model is Municipality and known is not None:
                numbers[model][pk] = known.pk
            else:
                new = pk
                while new in taken and isinstance(pk, int):
                    new = _next_number(model)
                    taken |= {new} & set(wanted)
                numbers[model][pk] = new
    return numbers


def _next_number(model: type[Model]) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence(%s, 'id'))", [f"public.{model._meta.db_table}"])
        return int(cursor.fetchone()[0])


def _follow(package: Package, rows: list[Model], numbers: Numbers) -> None:
    """Give the rows their numbers, and to whatever names them too."""
    people = _operators_here(package)
    labels = {model._meta.label_lower: model for model in numbers}
    for row, column in _pointing(rows, shared):
        setattr(row, column.attname, _own_row(package, column.related_model, getattr(row, column.attname)))
    for row, column in _pointing(rows, numbers):
        number = getattr(row, column.attname)
        setattr(row, column.attname, numbers[column.related_model].get(number, number))
    for row, column in _pointing(rows, [User]):
        setattr(row, column.attname, people.get(getattr(row, column.attname)))
    for row in rows:
        for name in (name for each in _said_of(row) for name in each.operators):
            setattr(row, name, people.get(getattr(row, name)))
        if isinstance(row, AuditEntry):
            of_subject = {str(before): after for before, after in numbers[labels[row.subject_type]].items()}
            row.subject_id = str(of_subject[row.subject_id])
        if isinstance(row, OutboxMessage):
            row.payload = _renamed(row.payload, numbers) or row.payload
        if type(row) in keyed:
            name = keyed[type(row)]
            setattr(row, name, key_with(getattr(row, name), numbers) or getattr(row, name))
        else:
            row.pk = numbers[type(row)][row.pk]
        row._state.adding = True


def _operators_here(package: Package) -> dict[int, int]:
    here = dict(User.objects.filter(role=Role.OPERATOR).values_list("email", "pk"))
    return {int(pk): here[email] for pk, email in package.people.items() if email in here}


def _own_row(package: Package, model: type[Model], number: int) -> int:
    key = package.natural[model._meta.label][str(number)]
    found = model._base_manager.filter(**{shared[model]: key}).values_list("pk", flat=True).first()
    if found is None:
        what = f"{model._meta.verbose_name} {key}"
        raise PackageRefused(
            f"The other installation has no {what}, which rows of this city name: enter it there first."
        )
    return int(found)


def _go_on_counting(rows: list[Model], *, cell: int) -> None:
    """A number of this cell's own range that came with a row is not given again."""
    for model in dict.fromkeys(type(row) for row in rows):
        if isinstance(model._meta.pk, BigIntegerField):
            own = [row.pk for row in rows if type(row) is model and row.pk // APART == cell]
            if own:
                with connection.cursor() as cursor:
                    cursor.execute(
                        "SELECT setval(s, greatest(%s, coalesce(pg_sequence_last_value(s), 1)))"
                        " FROM (SELECT pg_get_serial_sequence(%s, 'id')::regclass AS s) found",
                        [max(own), f"public.{model._meta.db_table}"],
                    )


def _compare(rows: list[Model]) -> None:
    for model in dict.fromkeys(type(row) for row in rows):
        written = {row.pk: row for row in rows if type(row) is model}
        found = model._base_manager.in_bulk(list(written))
        for pk, row in written.items():
            for column in model._meta.concrete_fields:
                ours = column.to_python(getattr(row, column.attname))
                theirs = column.to_python(getattr(found.get(pk), column.attname, None)) if pk in found else None
                if _plain(ours) != _plain(theirs):
                    raise PackageRefused(f"{model._meta.label} {pk} is not there as it left ({column.name}).")


def _plain(value: Any) -> Any:
    return bytes(value) if isinstance(value, memoryview) else value
