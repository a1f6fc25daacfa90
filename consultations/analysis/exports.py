"""What analysis holds of a person, for their copy (common.personal)."""

from common.personal import leaves_out_of_copies
from consultations.analysis.models import DayFigures

leaves_out_of_copies(DayFigures, because="how much was done on a day, by nobody in particular")
