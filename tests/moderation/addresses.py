"""What each address of moderation answers to whom (tests.support.addresses)."""

from typing import Any

from django.utils import timezone

from consultations.moderation.enums import Act, Kind, State
from consultations.moderation.models import Case, Decision
from tests.support.roles import NOBODYS, OPEN, WORKERS, Rows

CITY: Rows = {
    "moderation_register": (OPEN, None),
    "report": (OPEN, 404),
    "report_name": (OPEN, 404),
    "hidden_picture": (NOBODYS, 404),  # whoever wrote the proposal, and moderators: tests/moderation/test_places.py
    "reported": (NOBODYS, 404),  # whoever made it, in the same browser: tests/moderation/test_reporting.py
    "decision": (WORKERS, 404),  # whoever wrote the text: tests/moderation/test_appeals.py
}


def things(made: dict[str, Any]) -> dict[str, Any]:
    now = timezone.now()
    argument = made["argument"]
    case = Case.objects.create(kind=Kind.ARGUMENT, subject_id=argument.pk, due_at=now, state=State.DECIDED)
    decision = Decision.objects.create(
        case=case, kind=case.kind, act=Act.HIDE, author=argument.author, opened_at=now, decided_at=now
    )
    return {"decision": decision}


def values(address: Any, things: dict[str, Any]) -> dict[str, Any]:
    if address.name == "decision":
        return {"decision": things["decision"].pk}
    if address.name in ("report", "report_name"):
        return {"kind": "argument", "subject": things["argument"].pk}
    if address.name == "hidden_picture":
        return {"proposal": things["proposal"].pk}
    return {"report": 1} if address.name == "reported" else {}
