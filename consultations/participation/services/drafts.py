"""What is being written: kept as one types, on whatever device, and seen by nobody else."""

from collections.abc import Iterable
from datetime import datetime
from hashlib import blake2b

from django.db import transaction
from django.db.models import Exists, ForeignObjectRel, OuterRef, QuerySet

from accounts.models import User
from accounts.neighbourhoods import choose_neighbourhood
from common.pictures import Photo, picture_digest
from consultations.framing.models import Challenge
from consultations.framing.services.forward import keep_open
from consultations.participation.models import DRAFTS_MAX, Draft, Picture
from consultations.participation.rules import PICTURE_ALT, draft_text
from consultations.participation.selectors.drafts import Writer
from consultations.participation.services.refusals import ChangedMeanwhile, NotYours, TooManyDrafts


def mark_of(words: str) -> str:
    """A short hash of a text: a page carries that of the words it showed."""
    return blake2b(words.encode(), digest_size=8).hexdigest()


def begin_draft(*, challenge: Challenge, writer: Writer) -> Draft:
    """A new draft, of a person or of a visitor. Raises TooManyDrafts, ClosedAgain."""
    with transaction.atomic():
        keep_open(challenge)
        if writer.user is not None:
            # Two at once take turns.
            User.objects.select_for_update(of=("self",), no_key=True).get(pk=writer.user.pk)
        if len(open_drafts(writer=writer)) >= DRAFTS_MAX:
            raise TooManyDrafts(DRAFTS_MAX)
        return Draft.objects.create(challenge=challenge, author=writer.user)


def open_drafts(*, writer: Writer) -> list[str]:
    """The keys of what is being written."""
    return [str(pk) for pk in writer.drafts().filter(proposal=None).values_list("pk", flat=True)]


def save_draft(*, draft: Draft, writer: Writer, seen: str = "", **fields: str) -> Draft:
    """Keep what has been typed so far of its parts, complete or not. Where nothing has changed, nothing happens.

    `seen` is the mark of the words that the writer's page had begun from. If others are kept by now, written
    on another device, raises ChangedMeanwhile and keeps those. Raises NotYours.
    """
    fields = {name: draft_text(name, words) for name, words in fields.items()}
    with transaction.atomic():
        kept = _own(draft, writer)
        changed = {name: value for name, value in fields.items() if getattr(kept, name) != value}
        if seen and any(getattr(kept, name) and mark_of(getattr(kept, name)) != seen for name in changed):
            raise ChangedMeanwhile
        for name, value in changed.items():
            setattr(kept, name, value)
        if changed:
            _save(kept, *changed)
    for name in (*fields, "revision", "updated_at"):
        setattr(draft, name, getattr(kept, name))
    return draft


def save_details(
    *,
    draft: Draft,
    writer: Writer,
    at: datetime,
    neighbourhood: str,
    picture_alt: str,
    photo: Photo | None = None,
    without_picture: bool = False,
) -> Draft:
    """Keep what is optional: the part of town, and one picture: another, none, or as it is.

    Raises NotYours, NeighbourhoodRefused, TextTooShort, TextTooLong.
    """
    picture_alt = PICTURE_ALT.cleaned(picture_alt, optional=True)
    choose_neighbourhood(neighbourhood, before=draft.neighbourhood)
    with transaction.atomic():
        kept = _own(draft, writer)
        before = (kept.neighbourhood, kept.picture_alt, kept.picture_id)
        kept.neighbourhood = neighbourhood
        kept.picture_alt = "" if without_picture and photo is None else picture_alt
        if photo is not None:
            kept.picture = store_photo(photo, at=at)
        elif without_picture:
            kept.picture = None
        if before != (kept.neighbourhood, kept.picture_alt, kept.picture_id):
            _save(kept, "neighbourhood", "picture_alt", "picture")
            forget_unshown_pictures()
    return kept


def discard_draft(*, draft: Draft, writer: Writer) -> None:
    """Throw away what was being written, and its picture. Published meanwhile: it stays. Raises NotYours."""
    with transaction.atomic():
        if _own(draft, writer).proposal_id is None:
            draft.delete()
            forget_unshown_pictures()


def adopt_drafts(*, user: User, keys: Iterable[str]) -> int:
    """Make a visitor's drafts those of the person they turned out to be, so that their other devices find them."""
    return Draft.objects.filter(pk__in=list(keys), author=None).update(author=user)


def store_photo(photo: Photo, *, at: datetime) -> Picture:
    return Picture.objects.create(
        content=photo.content,
        digest=picture_digest(photo.content),
        width=photo.width,
        height=photo.height,
        created_at=at,
    )


def forget_unshown_pictures() -> int:
    """Delete them without reading them; how many."""
    found = unshown_pictures()
    return int(found._raw_delete(found.db))


def unshown_pictures() -> QuerySet[Picture]:
    """Pictures that nothing has any more, in whatever app."""
    found = Picture.objects.all()
    for relation in Picture._meta.get_fields(include_hidden=True):
        if isinstance(relation, ForeignObjectRel):
            there = relation.related_model._base_manager.filter(**{relation.field.name: OuterRef("pk")})
            found = found.filter(~Exists(there))
    return found


def _own(draft: Draft, writer: Writer) -> Draft:
    kept = Draft.objects.select_for_update(of=("self",), no_key=True).get(pk=draft.pk)
    if not writer.wrote(kept):
        raise NotYours
    return kept


def _save(draft: Draft, *names: str) -> None:
    draft.revision += 1
    draft.save(update_fields=[*names, "revision", "updated_at"])
