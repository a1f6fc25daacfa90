"""Who took contributions along."""

from django.db import transaction

from accounts.audit import record
from accounts.models import User


def note_sheet(*, actor: User, lines: int, kind: str) -> None:
    """Record it: how many lines, in which kind of file."""
    with transaction.atomic():
        record("contributions_exported", actor=actor, lines=lines, kind=kind)
