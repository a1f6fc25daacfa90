"""The ways that a moderator has with a text as it is now, each with its key and the grounds that one may rest on."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from consultations.moderation.enums import Act, Kind
from consultations.moderation.grounds import Ground, grounds_for
from consultations.moderation.selectors.cases import CaseFile
from consultations.moderation.services.deciding import acts_for

# One press away; a number on the keyboard each.
READY = 4


@dataclass(frozen=True)
class Way:
    """`takes_words`: the moderator says which words to hide."""

    act: Act
    label: Any
    key: str
    grounds: list[Ground]
    takes_away: bool = False
    takes_words: bool = False

    @property
    def ready(self) -> list[Ground]:
        return self.grounds[:READY]


def ways_with(file: CaseFile) -> list[Way]:
    """None for who may not decide: on their own text, or on their own decision that is contested.

    Of a decision that is contested: upheld, or changed. Of what waits for a second person, the first one may still
    only keep it.
    """
    if file.is_own:
        return []
    acts = [act for act in acts_for(file.subject) if act in _WAYS]
    if file.appeal is not None:
        decision = file.appeal.decision
        if decision.is_by(file.user):
            return []
        instead = [act for act in (Act.REDACT, Act.RESTORE) if act in acts and act != decision.act]
        return [_upheld(Act(decision.act)), *(_WAYS[act](file) for act in instead)]
    if file.second_look is not None and file.second_look.asked_by_id == file.user.pk:
        acts = [act for act in acts if act not in (Act.HIDE, Act.REDACT)]
    if file.subject.is_hidden:
        acts = [act for act in acts if act != Act.HIDE]
    return [_WAYS[act](file) for act in sorted(acts, key=list(_WAYS).index)]


def ways_for_many() -> list[Way]:
    """What can be decided of several texts without looking at the words of each again."""
    return [
        Way(Act.KEEP, _("Keep"), "", grounds_for(Act.KEEP)),
        Way(Act.HIDE, _("Hide"), "", grounds_for(Act.HIDE), takes_away=True),
    ]


def _kept(file: CaseFile) -> Way:
    label = _("Publish") if file.subject.is_held else _("Keep")
    return Way(Act.KEEP, label, "G", grounds_for(Act.KEEP))


def _restored(file: CaseFile) -> Way:
    label = _("Show again")
    if file.subject.kind == Kind.ACCOUNT:
        label = _("End the suspension") if file.subject.is_hidden else _("Withdraw the warning")
    return Way(Act.RESTORE, label, "R", grounds_for(Act.RESTORE))


def _redacted(file: CaseFile) -> Way:
    label = _("Hide a passage only") if file.subject.is_hidden else _("Hide a passage")
    return Way(Act.REDACT, label, "P", grounds_for(Act.REDACT), takes_away=True, takes_words=True)


def _hidden(file: CaseFile) -> Way:
    labels = {Kind.PICTURE: _("Hide the picture"), Kind.NAME: _("Hide the name")}
    grounds = grounds_for(Act.HIDE)
    if file.subject.kind == Kind.NAME:
        grounds.sort(key=lambda ground: ground.code != "IMPERSONATION")
    return Way(Act.HIDE, labels.get(file.subject.kind, _("Hide the text")), "H", grounds, takes_away=True)


def _upheld(act: Act) -> Way:
    return Way(act, _("Uphold the decision"), "M", grounds_for(act))


_WAYS: dict[Act, Callable[[CaseFile], Way]] = {
    Act.KEEP: _kept,
    Act.REDACT: _redacted,
    Act.HIDE: _hidden,
    Act.RESTORE: _restored,
}
