"""What a moderator has chosen and written: kept whatever becomes of it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.http import QueryDict

from common.text import whole_number
from consultations.moderation.enums import Act
from consultations.moderation.grounds import GROUNDS


@dataclass
class Typed:
    """On arrival nothing is chosen: what the filter shows does not decide."""

    act: str = ""
    ground: str = ""
    facts: str = ""
    passages: Sequence[str] = field(default_factory=list)
    other_passage: str = ""
    criticises: bool = False
    seen: int = 0
    read: str = ""  # the digest of the words that they had before them

    @property
    def all_passages(self) -> list[str]:
        return [*self.passages, *self.other_passage.splitlines()]

    @property
    def facts_of_ground(self) -> str:
        """What the author is to read: the moderator's own words, or those of the ground that was pressed in the end.

        Prefilled words that nobody has touched are not their own.
        """
        prefilled = any(self.facts.split() == str(each.facts).split() for each in GROUNDS.values())
        return "" if prefilled else self.facts

    @property
    def act_label(self) -> str:
        return str(Act(self.act).label) if self.act in Act.values else ""

    @property
    def ground_words(self) -> Any:
        return GROUNDS[self.ground].words if self.ground in GROUNDS else ""


def typed_in(post: QueryDict) -> Typed:
    """The ground is the button that was pressed, or else the one of the list."""
    return Typed(
        act=post.get("decision", ""),
        ground=post.get("ground", "") or post.get("other_ground", ""),
        facts=post.get("facts", "").replace("\r\n", "\n").replace("\x00", ""),
        passages=[each.replace("\r\n", "\n").replace("\x00", "") for each in post.getlist("passage")],
        other_passage=post.get("other_passage", "").replace("\r\n", "\n").replace("\x00", ""),
        criticises=bool(post.get("criticises")),
        seen=whole_number(post.get("seen", "")),
        read=post.get("read", ""),
    )
