"""What is open of the frame of a consultation: itself, its phases, its challenges."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _

from consultations.framing.enums import PhaseKind
from consultations.framing.models import Challenge, Consultation, Phase
from consultations.library.enums import Theme
from consultations.opendata.names import Names
from consultations.opendata.registry import Column, Kind, address, named, opens

# Of a consultation whose end nobody has set.
_AS_LONG = timedelta(days=365)


def consultation_line(each: Consultation, names: Names) -> dict[str, Any]:
    asks = next((phase for phase in each.phases.all() if phase.kind == PhaseKind.PROPOSE and phase.opens_at), None)
    opens_at = asks.opens_at if asks else each.opened_at
    assert opens_at is not None
    closes_at = each.closed_at() or each.archived_at
    return {
        "type": "consultation",
        "ref": names.of("consultation", each.pk),
        "title": each.title,
        "question": each.question,
        **({"introduction": each.introduction} if each.introduction else {}),
        "opens_at": opens_at,
        "closes_at": closes_at if closes_at and closes_at > opens_at else opens_at + _AS_LONG,
    }


@opens(
    "consultation",
    _("The consultation"),
    _("What is asked, by whom it is decided, and what will be done with the answers."),
    order=10,
    columns=(
        named("consultation"),
        Column("titre", "title", _("its title"), required=True),
        Column("question", "question", _("the question that is asked"), required=True),
        Column("introduction", "introduction", _("what its page says of it")),
        Column("qui_decide", "decision_maker", _("who decides")),
        Column("engagement", "commitment", _("what will be done with the answers")),
        Column("ouverte_le", "opened_at", _("when it opened to the public"), Kind.MOMENT, required=True),
        Column("archivee_le", "archived_at", _("since when it can only be read"), Kind.MOMENT),
        address(),
    ),
    line=consultation_line,
)
def consultations(consultation: Consultation) -> Iterable[Consultation]:
    return [consultation]


@opens(
    "phases",
    _("Phases"),
    _("What participants may do, and from when until when."),
    order=15,
    columns=(
        Column("phase", "kind", _("which phase it is"), codes=PhaseKind, required=True),
        Column("debut", "opens_at", _("its beginning"), Kind.MOMENT),
        Column("fin", "closes_at", _("its end: the first moment that is no longer in it"), Kind.MOMENT),
    ),
    key=("phase",),
)
def phases(consultation: Consultation) -> Iterable[Phase]:
    return consultation.phases.order_by("opens_at", "pk")


def challenge_line(each: Challenge, names: Names) -> dict[str, Any]:
    said = {"type": "challenge", "ref": names.of("defis", each.pk), "title": each.question}
    return {**said, "summary": each.summary} if each.summary else said


@opens(
    "defis",
    _("Challenges"),
    _("The questions of the consultation, to which proposals answer."),
    order=20,
    columns=(
        named("defis"),
        Column("nom_court", "label", _("its short name"), required=True),
        Column("question", "question", _("the question that is asked"), required=True),
        Column("resume", "summary", _("the question in two sentences")),
        Column("theme", "theme", _("what it is about"), codes=Theme, required=True),
        Column("propositions", "proposal_count", _("published proposals"), Kind.NUMBER, required=True),
        Column("arguments", "argument_count", _("published arguments"), Kind.NUMBER, required=True),
        address(),
    ),
    line=challenge_line,
)
def challenges(consultation: Consultation) -> Iterable[Challenge]:
    return consultation.challenges.shown().order_by("position", "pk")
