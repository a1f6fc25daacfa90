"""What people are notified of: one module for each subject. Found by notifications.apps, imported by nobody else.

Who hears of a fact is decided here and nowhere else; the actor never does.
"""

from consultations.cocreation.notices import arguments, coauthors, merging, verdicts, versions  # noqa: F401
