"""What somebody's leaving means here: the next count is without them."""

from common.personal import leaves_when_erasing
from consultations.analysis.models import DayFigures

leaves_when_erasing(DayFigures, because="how much was done on a day, by nobody in particular; the night counts anew")
