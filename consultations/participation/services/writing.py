"""What every service asks before it writes to a proposal, and the counts that it keeps."""

from datetime import datetime
from typing import TypeVar

from django.db import connection
from django.db.models import F, Func, TextField, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Lower

from accounts.models import User
from consultations.framing.selectors import calendar_of
from consultations.participation.enums import Stage, Status
from consultations.participation.models import COUNT_OF_STANCE, Argument, Proposal, Reply
from consultations.participation.services.refusals import Merged, PhaseClosed

Text = TypeVar("Text", Argument, Reply)


def writable(proposal: Proposal | int, *, action: str, at: datetime, also_merged: bool = False) -> Proposal:
    """The proposal, locked, if its phase opens `action`. Counts are exact because of this lock.

    Raises Proposal.DoesNotExist for a hidden or withdrawn one, Merged, PhaseClosed.
    """
    pk = proposal if isinstance(proposal, int) else proposal.pk
    found = (
        Proposal.objects.filter(status=Status.PUBLISHED)
        .select_for_update(of=("self",), no_key=True)
        .select_related("challenge__consultation")
        .defer("search")
        .get(pk=pk)
    )
    if found.merged_into_id and not also_merged:
        raise Merged
    if not calendar_of(found.challenge.consultation, at=at).may(action):
        raise PhaseClosed
    return found


_COUNT = """
WITH challenge AS (
  UPDATE framing_challenge SET proposal_count = proposal_count + %(proposals)s,
    argument_count = argument_count + %(arguments)s
  WHERE id = %(challenge)s RETURNING consultation_id
)
UPDATE framing_consultation SET proposal_count = proposal_count + %(proposals)s,
  argument_count = argument_count + %(arguments)s
WHERE id = (SELECT consultation_id FROM challenge)
"""
_ARGUED = """
WITH proposal AS (
  UPDATE participation_proposal SET {column} = {column} + %(arguments)s,
    stage = CASE stage WHEN %(idea)s THEN %(argued)s ELSE stage END
  WHERE id = %(proposal)s
), challenge AS ("""


def count(challenge_id: int, *, proposals: int = 0, arguments: int = 0, argued: tuple[int, str] | None = None) -> None:
    """Count proposals and arguments into a challenge and its consultation: one statement, in one order of locks.

    `argued`: the proposal that the arguments are about and its column that counts them, in the same statement;
    an idea that is argued about is at its second stage.
    """
    values: dict[str, int | str] = {"challenge": challenge_id, "proposals": proposals, "arguments": arguments}
    statement = _COUNT
    if argued is not None:
        proposal, column = argued
        assert column in COUNT_OF_STANCE.values()
        statement = _COUNT.replace("WITH challenge AS (", _ARGUED.format(column=column))
        values |= {"proposal": proposal, "idea": Stage.IDEA.value, "argued": Stage.ARGUMENTS.value}
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def same_words(model: type[Text], *, author: User, text: str) -> list[Text]:
    """What a person has written before with these words, whatever their case, spaces and signs between them."""
    found = model._default_manager.filter(author=author).annotate(bare=_bare(F("text")), asked=_bare(Value(text)))
    # Nothing but signs, or letters that the database does not know: only the very same text is the same.
    return [each for each in found.filter(bare=F("asked")).order_by("pk") if each.bare or each.text == text]


def _bare(text: Combinable) -> Lower:
    marks, nothing, all_of_them = Value(r"\W+"), Value(""), Value("g")
    return Lower(Func(text, marks, nothing, all_of_them, function="regexp_replace", output_field=TextField()))
