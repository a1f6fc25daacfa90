from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class PhaseKind(models.TextChoices):
    """In the order in which they come; a phase only switches what participants may do."""

    PREPARE = "PREPARE", pgettext_lazy("phase", "Prepare")
    PROPOSE = "PROPOSE", pgettext_lazy("phase", "Propose")
    REWORK = "REWORK", pgettext_lazy("phase", "Rework")
    PRIORITISE = "PRIORITISE", pgettext_lazy("phase", "Prioritise")
    ANSWER = "ANSWER", pgettext_lazy("phase", "Answer")
    FOLLOW = "FOLLOW", pgettext_lazy("phase", "Follow")


# While one of these has an end to come, participants may still write, now or later.
WRITING = (PhaseKind.PROPOSE, PhaseKind.REWORK, PhaseKind.PRIORITISE)


class ConsultationState(models.TextChoices):
    """Where a consultation is: it follows from its row and its dates (`Consultation.state`)."""

    PREPARED = "PREPARED", pgettext_lazy("consultation", "being prepared")
    OPEN = "OPEN", pgettext_lazy("consultation", "open")
    CLOSED = "CLOSED", pgettext_lazy("consultation", "closed")
    ARCHIVED = "ARCHIVED", pgettext_lazy("consultation", "archived")


class PhaseState(models.TextChoices):
    DONE = "done", _("finished")
    NOW = "now", _("now")
    NEXT = "next", _("to come")


class Moderation(models.TextChoices):
    """When somebody reads what participants write."""

    AFTER = "AFTER", _("Everything is published at once; we read it afterwards")
    BEFORE = "BEFORE", _("We read everything before it is published")


class Delay(models.IntegerChoices):
    """The hours within which a city promises to have read what waits to be published."""

    ONE_DAY = 24, _("one day")
    TWO_DAYS = 48, _("two days")
    THREE_DAYS = 72, _("three days")


class ModeratedBy(models.TextChoices):
    """Who decides on reported contributions."""

    MODERATORS = "MODERATORS", _("People of our team who have the role of moderator")
    FRAMERS = "FRAMERS", _("Our administrators and facilitators, themselves")
    OPERATORS = "OPERATORS", _("The service’s team, on our behalf")


class Side(models.TextChoices):
    """Who speaks in the margin of a challenge."""

    CITY = "CITY", _("the authority")
    SERVICE = "SERVICE", _("the service")


class MarginField(models.TextChoices):
    """What of a challenge a comment may be about, in the order of its page: its texts, and its documents."""

    QUESTION = "question", _("The question")
    LABEL = "label", _("Short name")
    THEME = "theme", _("Theme")
    SUMMARY = "summary", _("In two sentences")
    WHY = "why", _("Why here?")
    FIGURES = "figures", _("Figures of your territory")
    ON_TABLE = "on_table", _("What is on the table")
    OFF_TABLE = "off_table", _("What is not")
    GUIDING_QUESTIONS = "guiding_questions", _("Questions to get people started")
    EXAMPLES = "examples", _("Examples of proposals")
    DOCUMENTS = "documents", _("Documents")
