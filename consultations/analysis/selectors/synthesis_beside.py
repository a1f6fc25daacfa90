"""What stands beside a synthesis: what brings people together in its challenge, and what it does not say."""

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from common.templatetags.ui import figure
from consultations.analysis.enums import Dimension, RunKind
from consultations.analysis.models import Attendance, Dashboard, Population
from consultations.analysis.selectors.dashboard import compared
from consultations.analysis.selectors.synthesis_shown import Shown
from consultations.analysis.selectors.together import Part, part_of, published_run
from consultations.analysis.selectors.told import breakdowns_of, labels, told
from consultations.framing.models import Challenge, Consultation


@dataclass(frozen=True)
class Unsaid:
    """`proposals`: of which no title is quoted. `ages`: those that are missing most, where everybody reads it."""

    proposals: int
    share: int  # of those who wrote something, in hundredths: nothing of theirs is quoted or summed up
    ages: list[str]

    @property
    def sentences(self) -> list[str]:
        said = []
        if self.proposals:
            counted = {"count": figure(self.proposals)}
            told = ngettext("%(count)s proposal is not quoted.", "%(count)s proposals are not quoted.", self.proposals)
            said.append(told % counted)
        if self.share:
            words = _("Of the people who wrote something, %(share)s%% find nothing of theirs in it.")
            said.append(words % {"share": self.share})
        if self.ages:
            words = _("Of these ages fewer take part than live here, so they are heard less: %(ages)s.")
            said.append(words % {"ages": ", ".join(self.ages)})
        return said


class Liked(NamedTuple):
    part: Part
    made_at: datetime | None


def together_in(challenge: Challenge) -> Liked | None:
    """Of the analysis that the team has published, if it found something that is liked here. Two queries."""
    run = published_run(challenge.consultation, RunKind.GROUPS)
    part = part_of(run, challenge) if run else None
    return Liked(part, run.ended_at) if run and part and part.together else None


def unsaid_in(shown: Shown, consultation: Consultation) -> Unsaid:
    quoted = {each.proposal.pk for each in shown.sentences}
    return Unsaid(
        proposals=max(0, shown.coverage["proposals"] - len(quoted)),
        share=100 - shown.coverage["share"],
        ages=missing_ages(consultation),
    )


def missing_ages(consultation: Consultation) -> list[str]:
    """None where the city keeps its figures to itself, or entered no population."""
    if not Dashboard.objects.filter(consultation=consultation, is_public=True).exists():
        return []
    population = Population.objects.first()
    names = labels({})[Dimension.AGE]
    persons = Attendance.objects.filter(consultation=consultation).values_list("persons", flat=True).first()
    found = told(breakdowns_of(consultation).get(Dimension.AGE), names, of=persons or 0)
    ages = compared(found, population.ages if population else {}, names)
    return ages.missing if ages else []
