"""Reading what is said in the margins of challenges, and whose turn it is."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Count

from accounts.models import AuditEntry, User
from accounts.selectors import COME_IN
from consultations.framing.abilities import DISCUSS
from consultations.framing.enums import MarginField, Side
from consultations.framing.models import Challenge, Consultation, MarginComment


@dataclass
class Thread:
    """A comment with its answers, the first first."""

    comment: MarginComment
    replies: list[MarginComment] = field(default_factory=list)
    # The text that it is about was saved again, otherwise.
    is_before_change: bool = False

    @property
    def everything(self) -> list[MarginComment]:
        return [self.comment, *self.replies]


@dataclass
class Section:
    """A field of a challenge with what is said about it."""

    about: MarginField
    open: list[Thread] = field(default_factory=list)
    resolved: list[Thread] = field(default_factory=list)


def margin_of(challenge: Challenge) -> list[Section]:
    """All fields, in the order of the page: two queries."""
    changes = _changes_of(challenge)
    sections = {each.value: Section(each) for each in MarginField}
    threads: dict[int, Thread] = {}
    comments = challenge.margin_comments.select_related("author", "resolved_by").order_by("written_at", "pk")
    for comment in comments:
        if comment.answers_id is None:
            thread = threads[comment.pk] = Thread(comment)
            changed_at = changes.get(comment.field)
            thread.is_before_change = changed_at is not None and changed_at > comment.written_at
            section = sections[comment.field]
            (section.resolved if comment.is_resolved else section.open).append(thread)
    for comment in comments:
        if comment.answers_id is not None:
            threads[comment.answers_id].replies.append(comment)
    return list(sections.values())


def _changes_of(challenge: Challenge) -> dict[str, datetime]:
    """When each field was last changed, as the audit trail has it."""
    entries = AuditEntry.objects.filter(
        subject_type=challenge._meta.label_lower,
        subject_id=str(challenge.pk),
        action__in=["challenge_edited", "library_wording_taken"],
    )
    return {name: entry.at for entry in entries.order_by("at", "pk") for name in entry.details.get("fields", ())}


def open_comments(challenges: Iterable[Challenge]) -> dict[int, int]:
    """How many comments of each are not resolved: one query."""
    found = MarginComment.objects.filter(challenge__in=challenges, answers=None, resolved_at=None)
    return dict(found.order_by().values_list("challenge").annotate(how_many=Count("pk")))


def challenges_that_await(
    consultation: Consultation, *, is_accompanied: bool
) -> list[tuple[Challenge, list[int | None]]]:
    """Those with comments that await the city, each by whom: three queries.

    The last word is the service's; where it does not accompany the city, a colleague's: nobody has answered, and there
    is somebody else who may.
    """
    framers = User.objects.filter(COME_IN, is_active=True, role__in=DISCUSS.in_team)
    team = set(framers.order_by().values_list("pk", flat=True))
    open_ones = MarginComment.objects.filter(
        challenge__consultation=consultation, answers=None, resolved_at=None
    ).select_related("challenge")
    found: dict[int, tuple[Challenge, list[int | None]]] = {}
    for thread in open_ones.prefetch_related("replies").order_by("challenge__position", "challenge_id", "pk"):
        replies = list(thread.replies.all())
        last = replies[-1] if replies else thread
        if last.side == Side.SERVICE or (not is_accompanied and not replies and team - {last.author_id}):
            _challenge, by = found.setdefault(thread.challenge_id, (thread.challenge, []))
            by.append(last.author_id)
    return list(found.values())
