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


# The states in which people may write. In all others the city's database role may only read (tenants.schema).
WRITABLE = frozenset({LifecycleState.TRIAL, LifecycleState.ACTIVE})
# Those in which people are still written to about what happens.
MAILING = WRITABLE | {LifecycleState.READ_ONLY}


class Transition(models.TextChoices):
    """What may happen to a city (tenants.lifecycle). The label is the verb on the operators' button."""

    ACTIVATE = "ACTIVATE", _("Activate")
    EXTEND_TRIAL = "EXTEND_TRIAL", _("Extend the trial")
    END_TRIAL = "END_TRIAL", _("End the trial")
    STOP_UNPAID = "STOP_UNPAID", _("Make read-only, unpaid")
    END_SUBSCRIPTION = "END_SUBSCRIPTION", _("Make read-only, the subscription over")
    SETTLE = "SETTLE", _("Let people write again")
    SUSPEND = "SUSPEND", _("Suspend")
    RESUME = "RESUME", _("Lift the suspension")
    CLOSE = "CLOSE", _("Close at the city’s request")
    REOPEN = "REOPEN", _("Reopen")
    REOPEN_TO_READ = "REOPEN_TO_READ", _("Reopen, read-only")
    DELETE = "DELETE", _("Delete for ever")


class MoveStage(models.TextChoices):
    """How far a city's move to another installation is (tenants.cells). Never shown."""

    COPYING = "COPYING"
    HANDED_OVER = "HANDED_OVER"  # nobody writes here any more; there it is not open yet
    DONE = "DONE"
    UNDONE = "UNDONE"
