"""What the database must know of the address book (common.tables): no page that is kept shows it, and in a city that
only reads somebody may still ask to be left alone.

Who asked for that on a later day is not written to again where a city is put back to a day before.
"""

from common.tables import ALL, in_database
from consultations.contacts.models import Concern, Contact, ContactBatch, ContactVisit, Exchange, Unwilling

in_database(Contact, quiet=ALL, always_written=ALL)
in_database(ContactBatch, quiet=ALL)
in_database(ContactVisit, quiet=ALL, always_written=ALL)
in_database(Concern, quiet=ALL)
in_database(Exchange, quiet=ALL)
in_database(Unwilling, quiet=ALL, always_written=ALL, as_now=ALL)
