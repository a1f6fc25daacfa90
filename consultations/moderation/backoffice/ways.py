"""The ways that a moderator has with a text as it is now, each with its key and the grounds that one may rest on."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from django.utils.translation import gettext_lazy as _

from consultations.moderation.enums import Act, Kind, Reason
from consultations.moderation.grounds import Ground, grounds_for
from consultations.moderation.selectors.cases import CaseFile
from consultations.moderation.services.deciding import acts_for
from consultations.screening.enums import FlagKind

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
    likely: str = ""  # the ground that was reported, or pointed at: it comes first, and stands out

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
    return [_likely_first(_WAYS[act](file), file) for act in sorted(acts, key=list(_WAYS).index)]


# The ground that goes with what people report and with what the filter points at.
_OF_REASON: dict[str, str] = {
    Reason.PERSONAL: "PERSONAL",
    Reason.INSULT: "ATTACK",
    Reason.ADVERTISING: "ADVERTISING",
    Reason.OFF_TOPIC: "OFF_TOPIC",
}
_OF_FLAG: dict[str, str] = {
    FlagKind.PHONE: "PERSONAL",
    FlagKind.EMAIL: "PERSONAL",
    FlagKind.IBAN: "PERSONAL",
    FlagKind.NIR: "PERSONAL",
    FlagKind.CARD: "PERSONAL",
    FlagKind.INSULT: "ATTACK",
    FlagKind.ADVERTISING: "ADVERTISING",
}


def likely_ground(file: CaseFile) -> str:
    """Of what most people report, else of what the filter points at first; empty where neither says one."""
    if file.subject.kind == Kind.NAME:
        return "IMPERSONATION"
    said = (_OF_REASON.get(group.reason) for group in file.reports)
    shown = (_OF_FLAG.get(kind) for passage in file.passages for kind in passage.kinds)
    return next(filter(None, [*said, *shown]), "")


def _likely_first(way: Way, file: CaseFile) -> Way:
    """What takes away opens on it; the rest keeps its order."""
    likely = likely_ground(file) if way.takes_away else ""
    if likely not in [each.code for each in way.grounds]:
        return way
    return replace(way, likely=likely, grounds=sorted(way.grounds, key=lambda each: each.code != likely))


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
    label = labels.get(file.subject.kind, _("Hide the text"))
    return Way(Act.HIDE, label, "H", grounds_for(Act.HIDE), takes_away=True)


def _upheld(act: Act) -> Way:
    return Way(act, _("Uphold the decision"), "M", grounds_for(act))


_WAYS: dict[Act, Callable[[CaseFile], Way]] = {
    Act.KEEP: _kept,
    Act.REDACT: _redacted,
    Act.HIDE: _hidden,
    Act.RESTORE: _restored,
}
