"""A city has the service's team help it frame, and ends it."""

from datetime import datetime

from django.db import transaction

from accounts.audit import record
from accounts.models import User
from tenants.models import Municipality
from tenants.services import set_accompanied


def ask_for_accompaniment(*, municipality: Municipality, actor: User | None, at: datetime) -> None:
    """Let the service's team read the challenges, comment on them and advise. Asked for: nothing happens."""
    with transaction.atomic():
        if set_accompanied(municipality=municipality, since=at):
            record("accompaniment_asked", actor=actor)


def end_accompaniment(*, municipality: Municipality, actor: User) -> None:
    """Nobody of the service comes in to frame any more; who is in is out at their next press. What was said stays."""
    with transaction.atomic():
        if set_accompanied(municipality=municipality, since=None):
            record("accompaniment_ended", actor=actor)
