"""What the database must know of outcomes (common.tables)."""

from common.tables import ALL, in_database
from consultations.outcomes.models import Answer, Opinion, ProjectFollow

# What is being written changes no page; what is late is said on some.
in_database(
    Answer,
    quiet="state writer_id due_on signer_id given_at given_by_id proposal_version sent_back decision own_words reasons "
    "competent expected_on change revision updated_at",
)
in_database(Opinion, quiet=ALL)
in_database(ProjectFollow, quiet=ALL)
