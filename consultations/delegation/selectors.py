"""What waits for the service's team, across the cities."""

from django.db.models import QuerySet
from django_tenants.utils import schema_context

from accounts.enums import Role
from accounts.models import User
from consultations.delegation.models import WaitingCase
from tenants.enums import LifecycleState
from tenants.models import Municipality

# Nobody reads there: what waits goes on once the city is back.
_OUT_OF_SIGHT = (LifecycleState.SUSPENDED, LifecycleState.DELETED)


def waiting_cases() -> QuerySet[WaitingCase]:
    """Of all cities in which texts are public, the most urgent first."""
    found = WaitingCase.objects.exclude(municipality__state__in=_OUT_OF_SIGHT)
    return found.select_related("municipality").order_by("due_at", "pk")


def how_many_wait() -> int:
    return waiting_cases().order_by().count()


def accompanied_cities() -> QuerySet[Municipality]:
    """Those that have asked the service to help them frame, the last first."""
    found = Municipality.objects.ready().filter(accompanied_since__isnull=False).exclude(state__in=_OUT_OF_SIGHT)
    return found.order_by("-accompanied_since", "-pk")


def operator_name(number: int) -> str:
    """How an operator signs in a city that they accompany. From within it, too."""
    with schema_context("public"):
        return User.objects.filter(pk=number).values_list("public_name", flat=True).first() or ""


def is_operator(number: int, *, generation: int) -> bool:
    """Whether somebody still works for the service, and has not ended their sessions. From within a city, too."""
    with schema_context("public"):
        found = User.objects.filter(pk=number, role=Role.OPERATOR, is_active=True, session_generation=generation)
        return found.exists()


def listed_cities() -> list[str]:
    """The schemas of cities of which something is listed."""
    with schema_context("public"):
        listed = WaitingCase.objects.order_by("municipality__schema_name")
        return list(listed.values_list("municipality__schema_name", flat=True).distinct())
