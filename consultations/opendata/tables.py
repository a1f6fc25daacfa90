"""What the database must know of open data (common.tables). It is made of the content, and never the other way round: a
file that is made anew changes no page that is kept, or it would have itself made anew. Of a city that only reads people
still leave: its files follow.
"""

from common.tables import ALL, in_database
from consultations.opendata.models import Build, OpenFile, OpenFilePart

for _model in (Build, OpenFile, OpenFilePart):
    in_database(_model, quiet=ALL, always_written=ALL)
