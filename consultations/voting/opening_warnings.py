"""What is odd of votes before a consultation opens (framing.opening_warnings): it holds nothing back."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from common.templatetags.ui import day
from consultations.framing.enums import PhaseKind
from consultations.framing.models import Calendar, Consultation
from consultations.framing.opening_warnings import OpeningWarning, warns_of_opening
from consultations.voting.models import Vote
from tenants.models import Municipality


@warns_of_opening
def not_set(consultation: Consultation, calendar: Calendar, municipality: Municipality) -> Iterator[OpeningWarning]:
    """A vote that is begun and not announced, though its phase is near or its dates have left it."""
    phase = calendar.phase(PhaseKind.PRIORITISE)
    if phase is None or phase.opens_at is None or phase.closes_at is None:
        return
    for vote in Vote.objects.filter(consultation=consultation, closed_at=None).order_by("number"):
        said = {"title": vote.title, "phase": phase.get_kind_display(), "day": day(phase.opens_at)}
        if not (phase.opens_at <= vote.opens_at and vote.closes_at <= phase.closes_at):
            yield OpeningWarning(
                _("The vote “%(title)s” is not within its phase") % said,
                _("“%(phase)s” begins on %(day)s. Change the dates of the vote, or those of the phase.") % said,
            )
        elif vote.announced_at is None:
            yield OpeningWarning(
                _("The vote “%(title)s” is not announced") % said,
                _("You may open without it. Complete it and announce it before %(day)s, when “%(phase)s” begins.")
                % said,
            )
