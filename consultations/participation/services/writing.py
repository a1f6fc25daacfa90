"""What every service asks before it writes to a proposal, and the counts that it keeps."""

from collections.abc import Callable, Iterable
from datetime import datetime
from functools import cache
from typing import Any, TypeVar

from django.db import connection
from django.db.models import F, Func, Model, TextField, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Lower
from django.db.transaction import TransactionManagementError

from accounts.models import User
from common.db import concerns
from consultations.framing.models import Calendar
from consultations.framing.selectors import calendar_of
from consultations.participation.enums import Stage, Status
from consultations.participation.models import COUNT_OF_STANCE, Argument, Proposal, Reply
from consultations.participation.permissions import works_on
from consultations.participation.scopes import proposal_scope
from consultations.participation.services.refusals import Archived, Merged, NotAnAuthor, PhaseClosed, SaidElsewhere

Text = TypeVar("Text", Argument, Reply)
# The same words of one person are for so many proposals, or arguments, at most.
_PLACES_MAX = 3


def writable(
    proposal: Proposal,
    *,
    action: str,
    at: datetime,
    by: User | None = None,
    held_too: bool = False,
    scope: Callable[[int], str] = proposal_scope,
) -> Proposal:
    """The proposal itself, locked and as it is now, if its phase opens `action`. Counts are exact because of this lock.
    Its phases are read here unless the caller has read them with it. `by`: whoever must work on it. `held_too`: one
    that waits to be read before it is published, too. `scope`: what of it is going to change.

    Raises Proposal.DoesNotExist for a hidden or withdrawn one, Merged, PhaseClosed, NotAnAuthor.
    """
    concerns(scope(proposal.pk))
    lock(proposal)
    if proposal.status != Status.PUBLISHED and not (held_too and proposal.is_held):
        raise Proposal.DoesNotExist
    if proposal.merged_into_id:
        raise Merged
    require(calendar_of(proposal.challenge.consultation, at=at), action)
    if by is not None and not works_on(user=by, proposal=proposal):
        raise NotAnAuthor
    return proposal


def require(calendar: Calendar, action: str) -> None:
    """Raises PhaseClosed unless an open phase lets participants do it; Archived where none ever will."""
    if not calendar.may(action):
        raise Archived if calendar.is_archived else PhaseClosed


def writable_argument(argument: Argument, *, action: str, at: datetime, held_too: bool = False) -> Proposal:
    """The same of an argument: its proposal is locked first, as everywhere. Raises DoesNotExist if hidden, too."""
    proposal = writable(argument.proposal, action=action, at=at)
    lock(argument)
    if argument.status != Status.PUBLISHED and not (held_too and argument.is_held):
        raise Argument.DoesNotExist
    return proposal


def lock(row: Model) -> None:
    """Lock a row and bring it up to date: its own columns, one query; what else was read with it stays."""
    if not connection.in_atomic_block:
        raise TransactionManagementError("a lock lasts as long as its transaction")
    statement, columns = _locking(type(row))
    with connection.cursor() as cursor:
        cursor.execute(statement, [row.pk])
        found = cursor.fetchone()
    if found is None:
        raise type(row).DoesNotExist  # type: ignore[attr-defined]
    for (name, column, converters), value in zip(columns, found, strict=True):
        for convert in converters:
            value = convert(value, column, connection)
        setattr(row, name, value)


@cache
def _locking(model: type[Model]) -> tuple[str, list[tuple[str, Any, list[Any]]]]:
    """What is sent; of each column its name, what it is and how Django reads it: made once, and not at each press."""
    names = [field.attname for field in model._meta.concrete_fields if not field.generated]
    query = model._default_manager.filter(pk=0).order_by().values_list(*names).query
    compiler = query.get_compiler(connection=connection)
    statement, data = compiler.as_sql()
    assert data == (0,), statement
    columns = [expression for expression, _sql, _alias in compiler.select]
    converters = compiler.get_converters(columns)
    how = [converters[number][0] if number in converters else [] for number in range(len(columns))]
    return f"{statement} FOR NO KEY UPDATE", list(zip(names, columns, how, strict=True))


_COUNT = """
WITH consultation AS (
  UPDATE framing_consultation SET proposal_count = proposal_count + %(proposals)s,
    argument_count = argument_count + %(arguments)s
  WHERE id = (SELECT consultation_id FROM framing_challenge WHERE id = %(challenge)s) RETURNING id
)
UPDATE framing_challenge SET proposal_count = proposal_count + %(proposals)s,
  argument_count = argument_count + %(arguments)s
WHERE id = %(challenge)s AND consultation_id = (SELECT id FROM consultation)
"""
_ARGUED = """
WITH proposal AS (
  UPDATE participation_proposal SET {column} = {column} + %(arguments)s,
    stage = CASE stage WHEN %(idea)s THEN %(argued)s ELSE stage END
  WHERE id = %(proposal)s
), consultation AS ("""


def count(challenge_id: int, *, proposals: int = 0, arguments: int = 0, argued: tuple[int, str] | None = None) -> None:
    """Count proposals and arguments into a challenge and its consultation: one statement.

    It locks the consultation first, then the challenge, as framing does.
    `argued`: the proposal that the arguments are about and its column that counts them, in the same statement;
    an idea that is argued about is at its second stage.
    """
    values: dict[str, int | str] = {"challenge": challenge_id, "proposals": proposals, "arguments": arguments}
    statement = _COUNT
    if argued is not None:
        proposal, column = argued
        assert column in COUNT_OF_STANCE.values()
        statement = _COUNT.replace("WITH consultation AS (", _ARGUED.format(column=column))
        values |= {"proposal": proposal, "idea": Stage.IDEA.value, "argued": Stage.ARGUMENTS.value}
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def same_words(model: type[Text], *, author: User, text: str) -> list[Text]:
    """What a person has written before with these words, whatever their case, spaces and signs between them."""
    found = model._default_manager.filter(author=author).annotate(bare=_bare(F("text")), asked=_bare(Value(text)))
    # Nothing but signs, or letters that the database does not know: only the very same text is the same.
    return [each for each in found.filter(bare=F("asked")).order_by("pk") if each.bare or each.text == text]


def refuse_pasting(elsewhere: Iterable[int]) -> None:
    """`elsewhere`: the proposals, or arguments, under which a person wrote these very words before."""
    if len(set(elsewhere)) >= _PLACES_MAX:
        raise SaidElsewhere


def _bare(text: Combinable) -> Lower:
    marks, nothing, all_of_them = Value(r"\W+"), Value(""), Value("g")
    return Lower(Func(text, marks, nothing, all_of_them, function="regexp_replace", output_field=TextField()))
