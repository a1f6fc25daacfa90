"""Decisions as those whom they concern read them."""

from dataclasses import dataclass

from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from common.text import BLANK
from consultations.moderation.enums import Act, Kind
from consultations.moderation.models import Decision
from consultations.moderation.selectors.register import registered
from consultations.moderation.subjects import Subject


def notified_decisions(user: User) -> QuerySet[Decision]:
    """About what a person wrote; nobody hears of a decision before it can no longer be cancelled."""
    found = registered().filter(author=user, case__notified__gte=F("pk"))
    return found.select_related("case", "appeal__answer", "answers__decision").order_by("-pk")


def decision_for(*, user: User, pk: int) -> Decision | None:
    """One of them."""
    return notified_decisions(user).filter(pk=pk).first()


def my_decisions(user: User) -> QuerySet[Decision]:
    """Those that their author hears of: that a text was kept is news to whoever contested its hiding."""
    return notified_decisions(user).exclude(Q(act=Act.KEEP, answers=None))


@dataclass(frozen=True)
class Piece:
    text: str
    is_hidden: bool = False


@dataclass(frozen=True)
class PartOfText:
    """One part of a text, in pieces of which some are hidden from everyone else. `heading`: where there are several."""

    heading: str
    pieces: list[Piece]


_HEADINGS = {"solution": _("The solution"), "problem": _("The problem"), "benefit": _("The benefit")}


def own_text(decision: Decision, subject: Subject | None) -> list[PartOfText]:
    """What its author wrote, with the passages that the decision took out, as long as they are kept."""
    texts = subject.texts if subject is not None else {}
    before: dict[str, tuple[str, str]] = {}
    if decision.act == Act.REDACT and subject is not None:
        here = decision.originals.filter(table=subject.row._meta.db_table, row=subject.row.pk)
        before = {_part(each.column): (each.before, each.after) for each in here}
    elif decision.kind == Kind.NAME and decision.act == Act.HIDE:
        taken = decision.originals.filter(column="public_name").first()
        texts = {"name": taken.before} if taken else {}
    parts = {part: [Piece(text)] for part, text in texts.items()}
    parts |= {part: pieces(*both) for part, both in before.items()}
    order = [*texts, *(part for part in parts if part not in texts)]
    return [PartOfText(str(_HEADINGS.get(part, "")) if len(order) > 1 else "", parts[part]) for part in order]


def _part(column: str) -> str:
    return {"picture_alt": "picture", "source_title": "source"}.get(column, column)


def pieces(before: str, after: str) -> list[Piece]:
    """A text, told apart where `after` has blanks instead of its words."""
    kept = after.split(BLANK)
    found, place = [], 0
    for number, words in enumerate(kept):
        last = number == len(kept) - 1
        at = len(before) - len(words) if last else before.find(words, place) if number else 0
        if at < place or not before.startswith(words, at):
            return [Piece(before)]
        if at > place:
            found.append(Piece(before[place:at], is_hidden=True))
        if words:
            found.append(Piece(words))
        place = at + len(words)
    return found
