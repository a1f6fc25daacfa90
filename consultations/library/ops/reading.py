"""What the operators' pages say of a version: what it changes, what is missing."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from common.differences import Piece, difference
from consultations.library.enums import ChangeKind, Theme
from consultations.library.models import ChallengeSet, ChallengeTemplate
from consultations.library.rules import Problem
from consultations.library.selectors import changes
from consultations.library.services.shipping import WORDS


def field_name(field: str) -> str:
    return {
        "title": _("The title"),
        "theme": _("The theme"),
        "label": _("The label"),
        "question": _("The question"),
        "summary": _("In a few words"),
        "why": _("Why it matters"),
        "guiding_questions": _("The guiding questions"),
        "on_table": _("What can be discussed"),
        "off_table": _("What is not decided here"),
        "examples": _("The examples"),
        "challenges": _("The challenges"),
    }[field]


@dataclass(frozen=True)
class Check:
    """One fault to correct before publishing."""

    field: str
    message: str

    @classmethod
    def of_set(cls, challenge_set: ChallengeSet, problems: list[Problem]) -> "dict[str, list[Check]]":
        """By the challenge's code, "" for the set itself."""
        by_challenge: dict[str, list[Check]] = {}
        for problem in problems:
            by_challenge.setdefault(problem.challenge, []).append(cls(field_name(problem.field), problem.message))
        return by_challenge


@dataclass(frozen=True)
class Change:
    """What became of one challenge, or of the set's own words, in a form that can be read."""

    kind: ChangeKind
    name: str
    theme: str
    parts: list[tuple[str, list[Piece]]]

    @classmethod
    def of_versions(cls, before: ChallengeSet, after: ChallengeSet) -> "list[Change]":
        words = [(name, getattr(before, name), getattr(after, name)) for name in WORDS]
        own = [(field_name(name), difference(old, new)) for name, old, new in words if old != new]
        found = [cls(ChangeKind.CHANGED, _("The set itself"), "", own)] if own else []
        for change in changes(before=before, after=after):
            shown = change.after or change.before
            assert shown
            parts = [
                (field_name(name), difference(_as_text(change.before, name), _as_text(change.after, name)))
                for name in change.fields
                if _as_text(change.before, name) != _as_text(change.after, name)
            ]
            found.append(cls(change.kind, shown.label, shown.theme, parts))
        return found


def _as_text(template: ChallengeTemplate | None, name: str) -> str:
    """A field as a text: lists one sentence a line."""
    if template is None:
        return ""
    value = getattr(template, name)
    if name == "theme":
        return str(Theme(value).label)
    if name == "examples":
        return "\n".join(f"{example['text']}\n{example['why']}" for example in value)
    return "\n".join(value) if isinstance(value, list) else str(value)
