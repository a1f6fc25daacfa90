from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class EntryKind(models.TextChoices):
    PROPOSAL = "PROPOSAL", _("A proposal")
    ARGUMENT = "ARGUMENT", _("An argument on a proposal")


class EntryState(models.TextChoices):
    """Where the words of a sheet are: with the entry until it is given to everybody, then with what became of it."""

    DRAFT = "DRAFT", pgettext_lazy("sheet", "Draft")
    TO_READ = "TO_READ", pgettext_lazy("sheet", "To be read by a colleague")
    GIVEN = "GIVEN", pgettext_lazy("sheet", "Entered")
    ERASED = "ERASED", pgettext_lazy("sheet", "Erased")
    TAKEN_OUT = "TAKEN_OUT", pgettext_lazy("sheet", "Taken out")


# Their words are nowhere; what is sent again under their key is told so.
GONE = (EntryState.ERASED, EntryState.TAKEN_OUT)
