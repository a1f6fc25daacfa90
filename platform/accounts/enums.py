from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Role(models.TextChoices):
    """What a person may do. OPERATOR exists in public only, the others in a city only.

    DELEGATE: an operator in a city that has the service moderate (consultations.moderation). They do that and nothing
    else: they are not of the city's team.
    """

    PARTICIPANT = "PARTICIPANT", _("Participant")
    OBSERVER = "OBSERVER", _("Observer")
    MODERATOR = "MODERATOR", _("Moderator")
    FACILITATOR = "FACILITATOR", _("Facilitator")
    DECISION_MAKER = "DECISION_MAKER", _("Decision-maker")
    SERVICE = "SERVICE", _("Service of the authority")
    ADMINISTRATOR = "ADMINISTRATOR", _("Administrator")
    OPERATOR = "OPERATOR", _("Operator")
    DELEGATE = "DELEGATE", _("Service team, by delegation")


# Those of a city's team, from the one who may do everything to the one who sees what is assigned to them.
TEAM_ROLES = (
    Role.ADMINISTRATOR,
    Role.FACILITATOR,
    Role.MODERATOR,
    Role.DECISION_MAKER,
    Role.OBSERVER,
    Role.SERVICE,
)


class Capacity(models.TextChoices):
    """In what capacity a person takes part; shown beside their public name."""

    RESIDENT = "RESIDENT", pgettext_lazy("capacity", "lives here")
    ASSOCIATION = "ASSOCIATION", pgettext_lazy("capacity", "association")
    COMPANY = "COMPANY", pgettext_lazy("capacity", "company")
    YOUNG = "YOUNG", pgettext_lazy("capacity", "young person")
    WORKER = "WORKER", pgettext_lazy("capacity", "works here")


class AgeBand(models.TextChoices):
    UNDER_18 = "UNDER_18", _("under 18")
    FROM_18_TO_24 = "FROM_18_TO_24", _("18 to 24")
    FROM_25_TO_39 = "FROM_25_TO_39", _("25 to 39")
    FROM_40_TO_59 = "FROM_40_TO_59", _("40 to 59")
    FROM_60_TO_74 = "FROM_60_TO_74", _("60 to 74")
    FROM_75 = "FROM_75", _("75 or more")
