"""What somebody had begun to write, and the pictures that go with it."""

from collections.abc import Iterable
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.models import User
from consultations.framing.models import Challenge
from consultations.participation.models import Draft, Picture, Proposal


def unfinished_draft(*, challenge: Challenge, user: User | None, keys: Iterable[str]) -> Draft | None:
    """What this person, or this visitor's session, had begun to write for a challenge."""
    return unfinished_drafts(user=user, keys=keys).filter(challenge=challenge).first()


def unfinished_drafts(*, user: User | None, keys: Iterable[str] = ()) -> QuerySet[Draft]:
    """All of them that hold a word, the last written first, whatever device they were written on."""
    return (
        _written_by(user, keys)
        .filter(proposal__isnull=True)
        .exclude(title="", solution="", problem="", benefit="")
        .select_related("challenge")
        .order_by("-updated_at", "pk")
    )


def begun_from(*, key: str, user: User | None, keys: Iterable[str]) -> Draft | None:
    """One's own draft by its key; None for anybody else's, and for what is no key."""
    try:
        return _written_by(user, keys).filter(pk=UUID(key)).first()
    except ValueError:
        return None


def published_picture(digest: str) -> bytes | None:
    """The picture with that digest, if a proposal shows it to everyone."""
    shown = Proposal.objects.published().filter(picture=OuterRef("pk"))
    return _content(Picture.objects.filter(Exists(shown), digest=digest))


def own_picture(*, digest: str, user: User | None, keys: Iterable[str]) -> bytes | None:
    """The same, if one's own draft has it."""
    return _content(
        Picture.objects.filter(Exists(_written_by(user, keys).filter(picture=OuterRef("pk"))), digest=digest)
    )


def _content(pictures: QuerySet[Picture]) -> bytes | None:
    content = pictures.order_by("pk").values_list("content", flat=True).first()
    return bytes(content) if content is not None else None


def _written_by(user: User | None, keys: Iterable[str]) -> QuerySet[Draft]:
    mine = Q(pk__in=list(keys), author__isnull=True)
    if user is not None:
        mine |= Q(author=user)
    return Draft.objects.filter(mine)
