from django.db import models
from django.utils.translation import pgettext_lazy


class ContactKind(models.TextChoices):
    ASSOCIATION = "ASSOCIATION", pgettext_lazy("contact", "Association")
    SCHOOL = "SCHOOL", pgettext_lazy("contact", "School")
    COMPANY = "COMPANY", pgettext_lazy("contact", "Company")
    COUNCIL = "COUNCIL", pgettext_lazy("contact", "Neighbourhood council")
    SERVICE = "SERVICE", pgettext_lazy("contact", "Public service")
    OTHER = "OTHER", pgettext_lazy("contact", "Other")


class Way(models.TextChoices):
    """How the team was in touch with a contact. MAIL and LETTER were made here; the others are noted by hand."""

    MAIL = "MAIL", pgettext_lazy("exchange", "By e-mail")
    LETTER = "LETTER", pgettext_lazy("exchange", "By letter")
    PHONE = "PHONE", pgettext_lazy("exchange", "By telephone")
    MET = "MET", pgettext_lazy("exchange", "Face to face")
    OWN_MAIL = "OWN_MAIL", pgettext_lazy("exchange", "By e-mail, from another mailbox")
    OTHER = "OTHER", pgettext_lazy("exchange", "Otherwise")
