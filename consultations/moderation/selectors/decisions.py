"""Decisions as those whom they concern read them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext as _

from accounts.models import User
from common.text import BLANK
from consultations.moderation.enums import Act, Kind
from consultations.moderation.models import Decision
from consultations.moderation.selectors.register import registered
from consultations.moderation.selectors.standing import with_standing
from consultations.moderation.subjects import Subject, label_of, originals_in
from consultations.participation.models import ProposalVersion


def notified_decisions(user: User) -> QuerySet[Decision]:
    """About what a person wrote; nobody hears of a decision before it can no longer be cancelled."""
    found = with_standing(registered().filter(author=user, case__notified__gte=F("pk")))
    return found.select_related("case", "appeal__answer", "answers__decision").order_by("-pk")


def decision_for(*, user: User, pk: int) -> Decision | None:
    """One of them."""
    return notified_decisions(user).filter(pk=pk).first()


def my_decisions(user: User) -> QuerySet[Decision]:
    """Those that their author hears of: that a text was kept is news to whoever contested its hiding."""
    return notified_decisions(user).exclude(Q(act=Act.KEEP, answers=None))


def suspension_of(user: User, *, at: datetime) -> dict[str, Any] | None:
    """Until when, and the decision that they can read and contest; None where they are not suspended."""
    if not user.is_suspended(at):
        return None
    return {"until": user.suspended_until, "decision": notified_decisions(user).filter(act=Act.SUSPEND).first()}


@dataclass(frozen=True)
class Piece:
    text: str
    is_hidden: bool = False


@dataclass(frozen=True)
class PartOfText:
    """One part of a text, in pieces of which some are hidden from everyone else. `heading`: where there are several."""

    heading: str
    pieces: list[Piece]


def own_text(decision: Decision, subject: Subject | None) -> list[PartOfText]:
    """What its author wrote, with the passages that the decision took out, as long as they are kept."""
    texts = subject.texts if subject is not None else {}
    before: dict[str, tuple[str, str]] = {}
    if decision.act == Act.REDACT and subject is not None:
        before = _taken_out(decision, subject)
    elif decision.kind == Kind.NAME and decision.act == Act.HIDE:
        taken = decision.originals.filter(column="public_name").first()
        texts = {"name": taken.before} if taken else {}
    parts = {part: [Piece(text)] for part, text in texts.items()}
    parts |= {part: pieces(*both) for part, both in before.items()}
    order = [*texts, *(part for part in parts if part not in texts)]
    return [PartOfText(_heading(part) if len(order) > 1 else "", parts[part]) for part in order]


def _heading(part: str) -> str:
    number, label = part.rpartition(".")[0], label_of(part)
    if not number:
        return label
    version = _("Version %(number)s") % {"number": number}
    return f"{version}, {label[0].lower()}{label[1:]}" if label else version


_PART_OF = {
    "picture_alt": "picture",
    "source_title": "source",
    "source_url": "address",
    "neighbourhood": "place",
    "verdict_reason": "answer",
}


def _taken_out(decision: Decision, subject: Subject) -> dict[str, tuple[str, str]]:
    """Before and after, by part; of versions, what stood in them alone."""
    numbers: dict[str, int] = {}
    if subject.kind == Kind.PROPOSAL:
        numbers = {str(pk): number for pk, number in subject.row.versions.values_list("pk", "number")}
    found: dict[str, tuple[str, str]] = {}
    for each in originals_in(subject).filter(decision=decision).order_by("table", "-pk"):
        part = _PART_OF.get(each.column, each.column)
        if each.table == ProposalVersion._meta.db_table and numbers.get(each.row) != subject.row.version:
            part = f"{numbers.get(each.row)}.{part}"
        if (each.before, each.after) not in found.values():
            found[part] = (each.before, each.after)
    return found


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
