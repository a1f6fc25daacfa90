from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Stage(models.TextChoices):
    """Where a proposal is on its way from an idea to a project of the city."""

    IDEA = "IDEA", pgettext_lazy("stage", "Idea")
    ARGUMENTS = "ARGUMENTS", pgettext_lazy("stage", "Arguments")
    REWORK = "REWORK", pgettext_lazy("stage", "Rework")
    COLLECTIVE = "COLLECTIVE", pgettext_lazy("stage", "Collective proposal")
    PROJECT = "PROJECT", pgettext_lazy("stage", "City project")


class Status(models.TextChoices):
    PUBLISHED = "PUBLISHED", _("Published")
    HELD = "HELD", _("Read before it is published")  # where the city moderates before publication
    HIDDEN = "HIDDEN", _("Hidden")
    WITHDRAWN = "WITHDRAWN", _("Withdrawn")  # a collective proposal that was undone
    # Whoever wrote it left and wanted it gone; its place stays for what others answered.
    REMOVED = "REMOVED", _("Removed by its author")


# Whose words nobody reads but their author and whoever moderates there.
UNSEEN = frozenset({Status.HELD, Status.HIDDEN})
# Whose words everyone reads.
READABLE = frozenset({Status.PUBLISHED, Status.WITHDRAWN})


class ReactionValue(models.TextChoices):
    LIKE = "LIKE", _("I like it")
    MIXED = "MIXED", _("Mixed feelings")
    DISLIKE = "DISLIKE", _("I don’t like it")


class Stance(models.TextChoices):
    FOR = "FOR", pgettext_lazy("stance", "for")
    AGAINST = "AGAINST", pgettext_lazy("stance", "against")
    IMPROVE = "IMPROVE", pgettext_lazy("stance", "to improve")


class ArgumentKind(models.TextChoices):
    EXPERIENCE = "EXPERIENCE", _("something lived")
    EVIDENCE = "EVIDENCE", _("evidence")
    CONDITION = "CONDITION", _("a condition")
    RISK = "RISK", _("a risk")
    IDEA = "IDEA", _("an idea")


class Part(models.TextChoices):
    SOLUTION = "SOLUTION", _("the solution")
    PROBLEM = "PROBLEM", _("the problem")
    BENEFIT = "BENEFIT", _("the benefit")


class Verdict(models.TextChoices):
    """What the author made of an argument when reworking."""

    TAKEN = "TAKEN", _("Taken up")
    PARTLY = "PARTLY", _("Partly taken up")
    NOT_TAKEN = "NOT_TAKEN", _("Not taken up")


class AuthorshipRole(models.TextChoices):
    """How someone came to work on a proposal that another began."""

    CO_AUTHOR = "CO_AUTHOR", _("Co-author")
    STEWARD = "STEWARD", _("Facilitator in the place of an author who left")


class ContributionKind(models.TextChoices):
    """What participants write for everyone to read; by the same codes as moderation's."""

    PROPOSAL = "PROPOSAL", _("Proposal")
    ARGUMENT = "ARGUMENT", _("Argument")
    REPLY = "REPLY", pgettext_lazy("kind of contribution", "Reply")


class Awaited(models.TextChoices):
    """What a contribution may still wait for."""

    ARGUMENT = "ARGUMENT", _("A first argument")
    VERDICT = "VERDICT", _("The answer of whoever proposed")


class Channel(models.TextChoices):
    """How a contribution came."""

    SITE = "SITE", _("On this site")
    PAPER = "PAPER", _("On paper")
    PHONE = "PHONE", _("By telephone")
    WORKSHOP = "WORKSHOP", _("At a meeting or a workshop")
    DESK = "DESK", _("At a counter")
    IMPORT = "IMPORT", _("Taken over from elsewhere")


# Typed by the team for somebody who gave it elsewhere: nobody of this site wrote it.
OFFLINE = (Channel.PAPER, Channel.PHONE, Channel.WORKSHOP, Channel.DESK)
