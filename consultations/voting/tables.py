"""What the database must know of votes (common.tables): nobody's ballot changes a page that others read."""

from common.tables import ALL, goes_on, in_database
from consultations.voting.models import Ballot, Code, PaperBallot, Vote, Voter

in_database(Vote, quiet="begun")
in_database(Ballot, quiet=ALL)
in_database(Voter, quiet=ALL)
in_database(Code, quiet=ALL)
in_database(PaperBallot, quiet=ALL)
# Putting a city back loses no ballot that was confirmed since, and no result; and it opens no vote a second time.
goes_on(Vote, when="announced_at IS NOT NULL", named="vote_id")
