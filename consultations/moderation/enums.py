from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Kind(models.TextChoices):
    """What can be reported and decided on.

    A picture bears the number of its proposal, what authors answered that of the argument, a name that of its person.
    """

    PROPOSAL = "PROPOSAL", _("Proposal")
    ARGUMENT = "ARGUMENT", _("Argument")
    REPLY = "REPLY", pgettext_lazy("kind of contribution", "Reply")
    ANSWER = "ANSWER", _("What authors answered")  # why they took an argument up, or did not
    OFFICIAL = "OFFICIAL", _("Answer of the authority")  # a version of it, as it was signed (outcomes)
    PICTURE = "PICTURE", _("Picture")
    NAME = "NAME", _("Public name")
    VERSION = "VERSION", _("New version")  # while it waits to be read before it is published
    ACCOUNT = "ACCOUNT", _("Account")  # nobody reports it: moderators come to it from a text


class Reason(models.TextChoices):
    """Why somebody reports, in their words rather than in those of the law."""

    PERSONAL = "PERSONAL", _("Personal information")
    INSULT = "INSULT", _("An insult or hate")
    ADVERTISING = "ADVERTISING", _("Advertising")
    OFF_TOPIC = "OFF_TOPIC", _("Off topic")
    ILLEGAL = "ILLEGAL", _("Against the law")
    OTHER = "OTHER", _("Something else")


class State(models.TextChoices):
    OPEN = "OPEN", pgettext_lazy("case", "To be decided")
    DECIDED = "DECIDED", pgettext_lazy("case", "Decided")


class Act(models.TextChoices):
    """What a decision does."""

    KEEP = "KEEP", pgettext_lazy("decision", "Kept")
    REDACT = "REDACT", pgettext_lazy("decision", "A passage hidden")
    HIDE = "HIDE", pgettext_lazy("decision", "Hidden")
    RESTORE = "RESTORE", pgettext_lazy("decision", "Shown again")
    WARN = "WARN", pgettext_lazy("decision", "Account warned")
    SUSPEND = "SUSPEND", pgettext_lazy("decision", "Account suspended")
    UNDO = "UNDO", pgettext_lazy("decision", "Decision cancelled")


class AppealState(models.TextChoices):
    WAITING = "WAITING", pgettext_lazy("appeal", "Being read again")
    UPHELD = "UPHELD", pgettext_lazy("appeal", "Decision upheld")
    CHANGED = "CHANGED", pgettext_lazy("appeal", "Decision changed")
