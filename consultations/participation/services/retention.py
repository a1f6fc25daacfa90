"""What is kept of what people write, and until when. What they published stays ("Nothing disappears")."""

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from common.retention import forgets, keeps, span
from consultations.participation.models import DRAFT_KEPT, SHEET_KEPT, Draft, Picture, Sheet, SheetPiece
from consultations.participation.selectors.drafts import left_by_visitors
from consultations.participation.services.drafts import forget_unshown_pictures, unshown_pictures

# Twice the life of a session (60 days): nobody can reach it any more, or publish it a second time.
UNREACHABLE = timedelta(days=120)
# Pictures of visitors who have not even given an address: anybody could fill a city with them.
VISITORS_PICTURE_KEPT = timedelta(hours=48)


keeps(
    50,
    _("Proposals, versions, pictures, arguments and replies"),
    _("Published, with your public name. Of a picture only what one sees remains: no place, no date, no device."),
    _("As long as the consultation and what follows it last, then public archives under the heritage code."),
)
keeps(
    60,
    _("Reactions"),
    _("Only their number is shown."),
    _("As the address; their number then falls by as much."),
)
keeps(
    70,
    _("What you follow, your choice of e-mails"),
    _("To tell you what changes and what you are answered. Never shown. Each message lets you stop them."),
    _("As the address."),
)
keeps(
    95,
    _("Views of the list of contributions, of whoever is in the team"),
    _("To find again what one looks for often."),
    _("Until they are deleted; your own go when you leave the team."),
)
SHEETS = keeps(
    96,
    _("Spreadsheets of contributions that somebody of the team asked for"),
    _("To be fetched by them: public names and texts, as they were then; nothing that is not public."),
    format_lazy(_("{kept} after they are made."), kept=span(SHEET_KEPT)),
)
DRAFTS = keeps(
    90,
    _("Drafts and their pictures"),
    _("To find again what you have begun."),
    format_lazy(
        _(
            "Until you publish or delete them; at most {kept} after your last change, or {unreachable} if you write "
            "without an account; your picture then goes {picture} after your last change. While the site can only be "
            "read, they wait for you."
        ),
        kept=span(DRAFT_KEPT),
        unreachable=span(UNREACHABLE),
        picture=span(VISITORS_PICTURE_KEPT),
    ),
)


def _with_pieces(sheets: QuerySet[Any]) -> None:
    """Without reading the pieces, as Django would to delete them."""
    pieces = SheetPiece.objects.filter(sheet__in=sheets)
    pieces._raw_delete(pieces.db)
    sheets._raw_delete(sheets.db)


@forgets("sheets of contributions", SHEETS, delete=_with_pieces, in_read_only=True)
def sheets_over(*, at: datetime) -> QuerySet[Sheet]:
    """Made, or asked for and never made, so long ago."""
    return Sheet.objects.filter(Q(ready_at__lt=at - SHEET_KEPT) | Q(ready_at=None, asked_at__lt=at - SHEET_KEPT))


@forgets("drafts", DRAFTS)
def drafts_over(*, at: datetime) -> QuerySet[Draft]:
    """What nobody has touched for a year, what a visitor left behind, and the copy of what was published long ago.

    Counted from the last change and not from the end of the consultation: a draft is its writer's, and so is the
    clock; and a consultation without an end would keep it for ever. Its picture goes with it.
    """
    over = Q(author__isnull=False, proposal=None, updated_at__lt=at - DRAFT_KEPT)
    over |= Q(author=None, proposal=None, updated_at__lt=at - UNREACHABLE)
    over |= Q(proposal__submitted_at__lt=at - UNREACHABLE)
    return Draft.objects.filter(over)


def _without_picture(*, at: datetime) -> int:
    """The words wait for who comes back, what the picture shows too; the picture itself goes by the rule below."""
    return visitors_pictures_over(at=at).update(picture=None)


@forgets("pictures of visitors", DRAFTS, forget=_without_picture)
def visitors_pictures_over(*, at: datetime) -> QuerySet[Draft]:
    return left_by_visitors().filter(updated_at__lt=at - VISITORS_PICTURE_KEPT)


@forgets("pictures", DRAFTS, forget=lambda *, at: forget_unshown_pictures())
def pictures_over(*, at: datetime) -> QuerySet[Picture]:
    """Those of the drafts above, and of drafts that went with their writer's account."""
    return unshown_pictures()
