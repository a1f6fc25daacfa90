"""What the database must know of the lists of the week (common.tables). Where a city is put back to a day before,
nobody is mailed the same list twice."""

from common.tables import ALL, in_database
from consultations.worklist.models import ListedThing, MondayList, PhaseTold

in_database(MondayList, quiet=ALL, as_now=ALL)
in_database(ListedThing, quiet=ALL)
in_database(PhaseTold, quiet=ALL)
