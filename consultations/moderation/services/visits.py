"""The service's team comes in where a city has it moderate, does that and nothing else, and is out once that ends."""

from datetime import datetime

from django.db import transaction
from django.db.models import F

from accounts.audit import record
from accounts.enums import Role
from accounts.models import User
from common.db import as_owner, connection
from consultations.delegation.selectors import is_operator
from consultations.delegation.services import Entry, TicketRefused, spend_ticket
from consultations.moderation.models import Case, Delegate
from consultations.moderation.permissions import for_the_service
from tenants.models import Municipality

# In a delegate's session: the generation of the operator's own, which end it.
GENERATION = "delegate_generation"
# Nobody reads there, and no mail is ever sent there (accounts.mail).
_DOMAIN = "delegation.invalid"


def enter(*, token: str, municipality: Municipality, at: datetime) -> tuple[User, Entry]:
    """The delegate of the operator who has this ticket, made at their first coming, and where the ticket leads.

    Each coming is in the city's trail. Raises TicketRefused: of another city, used, too old; of somebody who does not
    work for the service any more; where the case is not the service's to decide, or the city not accompanied.
    """
    entry = spend_ticket(token=token, schema_name=connection.schema_name, at=at)
    with transaction.atomic():
        if not is_operator(entry.operator, generation=entry.generation):
            raise TicketRefused
        if entry.case is None:
            if not municipality.is_accompanied:
                raise TicketRefused
            user = _delegate_of(entry.operator, at=at)
            record("delegate_came_to_frame", actor=user)
            return user, entry
        case = Case.objects.filter(for_the_service(), pk=entry.case).first()
        if case is None:
            raise TicketRefused
        user = _delegate_of(entry.operator, at=at)
        record("delegate_entered", actor=user, subject=case)
    return user, entry


def _delegate_of(operator: int, *, at: datetime) -> User:
    """In a city that only reads, too: its role may make no account, the service's own may."""
    found = Delegate.objects.select_related("user").filter(operator=operator).first()
    if found is None:
        user = User(email=f"{operator}@{_DOMAIN}", role=Role.DELEGATE)
        user.set_unusable_password()
        with as_owner():
            User.objects.bulk_create([user], ignore_conflicts=True)
        new = Delegate(user=User.objects.get(email=user.email), operator=operator, since=at, last_entered_at=at)
        Delegate.objects.bulk_create([new], ignore_conflicts=True)
        found = Delegate.objects.select_related("user").get(operator=operator)
    Delegate.objects.filter(pk=found.pk).update(last_entered_at=at)
    return found.user


def end_visits() -> None:
    """Of all delegates of the present city."""
    User.objects.filter(role=Role.DELEGATE).update(session_generation=F("session_generation") + 1)
