from enum import StrEnum

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class PhaseKind(models.TextChoices):
    """In the order in which they come; a phase only switches what participants may do."""

    PREPARE = "PREPARE", pgettext_lazy("phase", "Prepare")
    PROPOSE = "PROPOSE", pgettext_lazy("phase", "Propose")
    REWORK = "REWORK", pgettext_lazy("phase", "Rework")
    PRIORITISE = "PRIORITISE", pgettext_lazy("phase", "Prioritise")
    ANSWER = "ANSWER", pgettext_lazy("phase", "Answer")
    FOLLOW = "FOLLOW", pgettext_lazy("phase", "Follow")


class Deed(StrEnum):
    """What participants do, each open in some phases only (`OPEN_TO`)."""

    PROPOSE = "PROPOSE"
    REACT = "REACT"
    ARGUE = "ARGUE"
    REWORK = "REWORK"
    MERGE = "MERGE"


# The table that governs every service of participation. Phases may overlap: one of them is enough.
OPEN_TO: dict[str, frozenset[Deed]] = {
    PhaseKind.PREPARE: frozenset(),
    PhaseKind.PROPOSE: frozenset(Deed),
    PhaseKind.REWORK: frozenset({Deed.REACT, Deed.ARGUE, Deed.REWORK, Deed.MERGE}),
    PhaseKind.PRIORITISE: frozenset({Deed.REACT}),
    PhaseKind.ANSWER: frozenset(),
    PhaseKind.FOLLOW: frozenset(),
}


class PhaseState(models.TextChoices):
    DONE = "done", _("finished")
    NOW = "now", _("now")
    NEXT = "next", _("to come")


class ModeratedBy(models.TextChoices):
    """Who decides on reported contributions."""

    MODERATORS = "MODERATORS", _("People of our team who have the role of moderator")
    FRAMERS = "FRAMERS", _("Our administrators and facilitators, themselves")
    OPERATORS = "OPERATORS", _("The service’s team, on our behalf")
