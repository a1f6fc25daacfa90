"""What somebody had begun to write, and the pictures that go with it."""

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Exists, F, Func, IntegerField, OuterRef, Q, QuerySet, Sum

from accounts.models import User
from common.allowances import Used, storage_of_visitors
from common.text import whole_number
from consultations.framing.models import Challenge
from consultations.participation.enums import Status
from consultations.participation.models import Argument, Draft, Picture, Proposal, worked_on_by


@dataclass(frozen=True)
class Writer:
    """Whose drafts: a person's, and those that a visitor's session has begun, by their keys."""

    user: User | None = None
    keys: frozenset[str] = frozenset()

    def drafts(self) -> QuerySet[Draft]:
        mine = Q(pk__in=self.keys, author=None)
        return Draft.objects.filter(mine if self.user is None else mine | Q(author=self.user))

    def wrote(self, draft: Draft) -> bool:
        if draft.author_id is None:
            return str(draft.pk) in self.keys
        return self.user is not None and draft.author_id == self.user.pk


def left_by_visitors() -> QuerySet[Draft]:
    """Drafts with a picture that nobody with an account has begun, or sent: anybody's, and seen by nobody."""
    return Draft.objects.filter(author=None, proposal=None, picture__isnull=False)


def room_for_visitors() -> Used:
    """What their pictures have used of the city's storage (common.allowances)."""
    return storage_of_visitors(_left_by_visitors)


def _left_by_visitors() -> int:
    length = Func(F("picture__content"), function="octet_length", output_field=IntegerField())
    return int(left_by_visitors().aggregate(all=Sum(length))["all"] or 0)


def unfinished_draft(*, challenge: Challenge, writer: Writer) -> Draft | None:
    """What this person, or this visitor's session, had begun to write for a challenge."""
    return unfinished_drafts(writer=writer).filter(challenge=challenge).first()


def unfinished_drafts(*, writer: Writer) -> QuerySet[Draft]:
    """All of them that hold a word, the last written first, whatever device they were written on."""
    return (
        writer.drafts()
        .filter(proposal__isnull=True)
        .exclude(title="", solution="", problem="", benefit="")
        .select_related("challenge")
        .order_by("-updated_at", "pk")
    )


def begun_from(*, key: str, writer: Writer) -> Draft | None:
    """One's own draft by its key; None for anybody else's, and for what is no key."""
    try:
        return writer.drafts().filter(pk=UUID(key)).first()
    except ValueError:
        return None


def hidden_words(*, key: str, user: User | None) -> str:
    """Of one's own hidden argument, by its number; empty for anybody else's."""
    if user is None:
        return ""
    found = Argument.objects.filter(pk=whole_number(key), author=user, status=Status.HIDDEN)
    return found.values_list("text", flat=True).first() or ""


def published_picture(digest: str) -> bytes | None:
    """The picture with that digest, if a proposal shows it to everyone."""
    shown = Proposal.objects.published().filter(picture=OuterRef("pk"), picture_hidden=False)
    return _content(Picture.objects.filter(Exists(shown), digest=digest))


def own_picture(*, digest: str, writer: Writer) -> bytes | None:
    """The same, if one's own draft has it, or one's own proposal that waits to be read first."""
    shown = Q(Exists(writer.drafts().filter(picture=OuterRef("pk"))))
    if writer.user is not None:
        waiting = Proposal.objects.filter(worked_on_by(writer.user), status=Status.HELD, picture=OuterRef("pk"))
        shown |= Q(Exists(waiting))
    return _content(Picture.objects.filter(shown, digest=digest))


def _content(pictures: QuerySet[Picture]) -> bytes | None:
    content = pictures.order_by("pk").values_list("content", flat=True).first()
    return bytes(content) if content is not None else None
