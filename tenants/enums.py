from django.db import models
from django.utils.translation import gettext_lazy as _


class AuthorityKind(models.TextChoices):
    COMMUNE = "COMMUNE", _("Municipality")
    INTERCOMMUNALITY = "INTERCOMMUNALITY", _("Group of municipalities")
    DEPARTMENT = "DEPARTMENT", _("Department")
    REGION = "REGION", _("Region")


class LifecycleState(models.TextChoices):
    TRIAL = "TRIAL", _("Trial")
    ACTIVE = "ACTIVE", _("Active")
    READ_ONLY = "READ_ONLY", _("Read-only")
    SUSPENDED = "SUSPENDED", _("Suspended")
    CLOSED = "CLOSED", _("Closed")
    DELETED = "DELETED", _("Deleted")
