from django.db import models
from django.utils.translation import gettext_lazy as _


class FlagKind(models.TextChoices):
    """What a passage may be. A flag points; somebody decides."""

    PHONE = "PHONE", _("Phone number")
    EMAIL = "EMAIL", _("E-mail address")
    IBAN = "IBAN", _("Bank account")
    NIR = "NIR", _("Social security number")
    CARD = "CARD", _("Bank card")
    INSULT = "INSULT", _("Insult, threat or hateful words")
    LINK = "LINK", _("Doubtful link")
    ADVERTISING = "ADVERTISING", _("Advertising")
    CAPITALS = "CAPITALS", _("Text in capitals")
