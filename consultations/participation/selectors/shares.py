"""The headline figure of the method."""

from dataclasses import dataclass

from django.db.models import Count, Exists, OuterRef

from consultations.framing.models import Consultation
from consultations.participation.enums import Status
from consultations.participation.models import Argument, Reaction


@dataclass(frozen=True)
class ArguedShare:
    """How many of those who reacted to a proposal also said why: the headline figure of the method."""

    reactions: int
    argued: int

    @property
    def percent(self) -> int | None:
        return round(100 * self.argued / self.reactions) if self.reactions else None


def argued_share(consultation: Consultation) -> ArguedShare:
    """Of what can be read: hidden proposals and hidden arguments count for nothing. A reply is no argument."""
    reactions = Reaction.objects.filter(
        proposal__challenge__consultation=consultation, proposal__status=Status.PUBLISHED
    )
    said_why = Argument.objects.filter(proposal=OuterRef("proposal"), author=OuterRef("user"), status=Status.PUBLISHED)
    figures = reactions.aggregate(all=Count("pk"), argued=Count("pk", filter=Exists(said_why)))
    return ArguedShare(reactions=figures["all"], argued=figures["argued"])
