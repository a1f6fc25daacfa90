"""Arguments in their order, with what was answered to them; where one person stands to them."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import BooleanField, Case, Exists, F, OrderBy, OuterRef, Q, QuerySet, Value, When, Window
from django.db.models.functions import RowNumber

from accounts.models import User
from common.db import connection
from common.prepared import Prepared
from consultations.participation.enums import Status
from consultations.participation.models import NEVER_PUBLIC, Argument, Authorship, Proposal, Reply
from consultations.participation.permissions import EDIT_WINDOW

# Under an argument among others; all of them are on its own page.
REPLIES_SHOWN = 3
REPLIES_A_PAGE = 50


def in_order() -> tuple[OrderBy, ...]:
    """The most useful first, here or on the site where it was written, then the newest. What is gone comes last,
    unless others replied to it: they are read where they were."""
    still_read = Q(status=Status.PUBLISHED) | Q(status=Status.REMOVED, reply_count__gt=0)
    hidden = Case(When(still_read, then=Value(0)), default=Value(1))
    useful = F("useful_count") + F("imported_votes")
    return (OrderBy(hidden), OrderBy(useful, descending=True), F("submitted_at").desc(), F("pk").desc())


def with_threads(arguments: list[Argument], *, of: int | None = None) -> list[Argument]:
    """Give each its `thread`, the first replies, and the places of hidden ones: one query for all of them.

    `of`: the proposal that they are all about, for its page.
    """
    answered = [argument.pk for argument in arguments]
    threads: dict[int, list[Reply]] = defaultdict(list)
    if of is not None:
        for reply in _first_replies_to(of) if answered else ():
            threads[reply.argument_id].append(reply)
    elif len(answered) == 1:  # after a press: a fourth of the work of what follows
        threads[answered[0]] = list(_replies(answered)[:REPLIES_SHOWN])
    elif answered:
        for reply in _first(_replies(answered)):
            threads[reply.argument_id].append(reply)
    for argument in arguments:
        argument.thread = threads[argument.pk]
    return arguments


def _first(replies: QuerySet[Reply]) -> QuerySet[Reply]:
    first = Window(RowNumber(), partition_by="argument", order_by=[F("submitted_at").asc(), F("pk").asc()])
    return replies.annotate(rank=first).filter(rank__lte=REPLIES_SHOWN)


_first_replies_to = Prepared(lambda pk: _first(_replies(Argument.objects.filter(proposal=pk))))


def thread_page(*, argument: Argument, page: int | str) -> Page[Reply]:
    """All that was answered to an argument, fifty a page: two queries."""
    return Paginator(_replies([argument.pk]), REPLIES_A_PAGE).get_page(page)


def in_thread(reply: Reply, proposal: Proposal) -> Reply:
    """A reply that was just written, as threads have them: one query at most."""
    works_on_it = Authorship.objects.filter(proposal=proposal, user=reply.author_id)
    is_proposer = reply.author_id == proposal.author_id or works_on_it.exists()
    reply.by_proposer = is_proposer  # type: ignore[attr-defined]
    return reply


def _replies(arguments: Any) -> QuerySet[Reply]:
    """With `by_proposer`: whether somebody who works on the proposal says it."""
    works_on_it = Authorship.objects.filter(proposal=OuterRef("argument__proposal"), user=OuterRef("author"))
    by_proposer = Case(
        When(Q(author=F("argument__proposal__author")) | Exists(works_on_it), then=True),
        default=False,
        output_field=BooleanField(),
    )
    return (
        Reply.objects.filter(argument__in=arguments)
        .exclude(NEVER_PUBLIC)
        .annotate(by_proposer=by_proposer)
        .select_related("author")
        .order_by("submitted_at", "pk")
    )


@dataclass(frozen=True)
class Marks:
    """Of the arguments of one proposal: which are a person's, which of these they can still mend, which they marked."""

    own: frozenset[int] = frozenset()
    editable: frozenset[int] = frozenset()
    editable_replies: frozenset[int] = frozenset()
    useful: frozenset[int] = frozenset()
    waits: frozenset[int] = frozenset()  # arguments on which, or under which, something of theirs waits to be read


NO_MARKS = Marks()
# Columns, in the order of the fields above, of a query that gives %(proposal)s, %(user)s and %(editable_since)s.
MARKS_COLUMNS = """
ARRAY(SELECT a.id FROM participation_argument a WHERE a.proposal_id = %(proposal)s AND a.author_id = %(user)s),
ARRAY(SELECT a.id FROM participation_argument a
  WHERE a.proposal_id = %(proposal)s AND a.author_id = %(user)s
    AND (a.submitted_at > %(editable_since)s OR a.status = 'HELD') AND a.reply_count = 0 AND a.verdict = ''),
ARRAY(SELECT r.id FROM participation_reply r JOIN participation_argument a ON a.id = r.argument_id
  WHERE a.proposal_id = %(proposal)s AND r.author_id = %(user)s AND r.submitted_at > %(editable_since)s),
ARRAY(SELECT m.argument_id FROM participation_usefulmark m JOIN participation_argument a ON a.id = m.argument_id
  WHERE a.proposal_id = %(proposal)s AND m.user_id = %(user)s),
ARRAY(SELECT a.id FROM participation_argument a
  WHERE a.proposal_id = %(proposal)s AND a.author_id = %(user)s AND a.status = 'HELD'
  UNION ALL SELECT r.argument_id FROM participation_reply r JOIN participation_argument a ON a.id = r.argument_id
  WHERE a.proposal_id = %(proposal)s AND r.author_id = %(user)s AND r.status = 'HELD')
"""


def marks_of(*, proposal: int, user: User | None, at: datetime) -> Marks:
    """One query for someone signed in, none for a visitor."""
    if user is None:
        return NO_MARKS
    with connection.cursor() as cursor:
        parameters = {"proposal": proposal, "user": user.pk, "editable_since": at - EDIT_WINDOW}
        cursor.execute(f"SELECT {MARKS_COLUMNS}", parameters)
        return Marks(*(frozenset(keys) for keys in cursor.fetchone()))
