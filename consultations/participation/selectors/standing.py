"""Where one person stands to a proposal."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from accounts.models import User
from common.db import connection
from consultations.participation.models import BEYOND_TITLE, Proposal
from consultations.participation.models.proposals import ProposalQuerySet
from consultations.participation.permissions import EDIT_WINDOW, may_facilitate
from consultations.participation.selectors.threads import MARKS_COLUMNS, NO_MARKS, Marks

# What the place to react never shows of a challenge and its consultation.
UNSHOWN = (
    "challenge__why",
    "challenge__summary",
    "challenge__figures",
    "challenge__guiding_questions",
    "challenge__on_table",
    "challenge__off_table",
    "challenge__examples",
    "challenge__consultation__introduction",
    "challenge__consultation__commitment",
)


@dataclass(frozen=True)
class Standing:
    """May they work on it; what they answered, to which version, how often they were asked why; did they say why;
    do they follow it."""

    is_author: bool = False
    value: str = ""
    version: int = 0
    asked: int = 0
    argued: bool = False
    follows: bool = False
    # Not in its words: a part of a page is kept under these.
    reacted_at: datetime | None = field(default=None, repr=False, compare=False)
    marks: Marks = field(default=NO_MARKS, repr=False, compare=False)

    def is_to_be_asked(self, at: datetime) -> bool:
        """Back after more than an hour, asked why only once, and still without a reason."""
        return (
            self.asked == 1
            and not (self.argued or self.is_author)
            and self.reacted_at is not None
            and at >= self.reacted_at + _ASK_AFTER
        )


_ASK_AFTER = timedelta(hours=1)
VISITOR = Standing()
# `worked_on_by` by hand, of the proposal with that name, for what is asked at every serving of a page.
WORKS_ON = """coalesce({0}.author_id = %(user)s, false) OR EXISTS (
    SELECT FROM participation_authorship w WHERE w.proposal_id = {0}.id AND w.user_id = %(user)s
    AND (w.role = 'CO_AUTHOR' OR %(facilitates)s))"""
_STANDING = f"""
SELECT {WORKS_ON.format("p")},
  r.value, r.version, r.asked,
  EXISTS (SELECT FROM participation_follow f WHERE f.proposal_id = p.id AND f.user_id = %(user)s),
  r.updated_at, {MARKS_COLUMNS}
FROM participation_proposal p
LEFT JOIN participation_reaction r ON r.proposal_id = p.id AND r.user_id = %(user)s WHERE p.id = %(proposal)s
"""  # noqa: S608 (nothing of it comes from outside)


def standing_of(*, pk: int, user: User | None, at: datetime) -> Standing:
    """To the proposal and to its arguments: one query for someone signed in, none for a visitor."""
    if user is None:
        return VISITOR
    parameters = {
        "user": user.pk,
        "facilitates": may_facilitate(user=user),
        "proposal": pk,
        "editable_since": at - EDIT_WINDOW,
    }
    row = connection.planned_once(_STANDING, parameters)  # by hand: asked at every serving of a proposal's page
    if row is None:
        return VISITOR
    is_author, value, version, asked, follows, reacted_at, *keys = row
    marks = Marks(*map(frozenset, keys))
    return Standing(
        is_author, value or "", version or 0, asked or 0, bool(marks.own), follows, reacted_at=reacted_at, marks=marks
    )


def bare_proposals() -> ProposalQuerySet:
    """Without their texts, with their phases and what each was brought together into: two queries for one."""
    merged = (f"merged_into__{name}" for name in BEYOND_TITLE)
    proposals = Proposal.objects.select_related("challenge__consultation", "merged_into")
    return proposals.prefetch_related("challenge__consultation__phases").defer(*BEYOND_TITLE, *merged, *UNSHOWN)
