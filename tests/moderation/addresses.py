"""What each address of moderation answers to whom (tests.support.addresses)."""

from dataclasses import replace
from typing import Any

import pytest
from django.utils import timezone

from consultations.moderation import elections
from consultations.moderation.enums import Act, Kind, State
from consultations.moderation.models import Case, Decision, Flag, Report
from consultations.participation.enums import Status
from consultations.participation.models import Proposal
from tests.participation.factories import ArgumentFactory
from tests.support.roles import (
    ADMINISTRATORS,
    FRAMERS,
    FRAMERS_MOVE_ON,
    NOBODYS,
    NOT_KEPT,
    OPEN,
    POST_ONLY,
    WORKERS,
    Rows,
)

CITY: Rows = {
    "moderation_register": (OPEN, None),
    "moderation_register_csv": (OPEN, None),
    "report": (OPEN, 404),
    "report_name": (OPEN, 404),
    "hidden_picture": (NOBODYS, 404),  # whoever wrote the proposal, and moderators: tests/moderation/test_places.py
    "delegate_entry": (NOT_KEPT, 410),  # an operator with a ticket: tests/delegation/test_entering.py
    "reported": (NOBODYS, 404),  # whoever made it, in the same browser: tests/moderation/test_reporting.py
    "desk_moderation": (FRAMERS, None),
    "desk_moderation_decided": (FRAMERS, None),
    "desk_moderation_together": (FRAMERS, None),
    "desk_moderation_chosen": (POST_ONLY, None),
    "desk_service_visits": (ADMINISTRATORS, None),
    "desk_moderation_undo": (POST_ONLY, None),
    "desk_moderation_words": (FRAMERS, None),
    "desk_moderate": (FRAMERS_MOVE_ON, None),  # elsewhere: tests/moderation/test_desk.py
    "desk_case": (FRAMERS, None),
    "desk_case_who": (FRAMERS, None),
    "desk_case_leave": (POST_ONLY, None),
    "desk_accounts": (FRAMERS, None),
    "desk_account": (FRAMERS, None),  # elsewhere: tests/moderation/test_account_pages.py
    "desk_evidence": (FRAMERS, None),
    "desk_note": (WORKERS, None),  # where there is evidence: tests/moderation/test_account_pages.py
    "desk_order": (FRAMERS, None),
    "desk_journal": (FRAMERS, None),
    "decision": (WORKERS, 404),  # whoever wrote the text: tests/moderation/test_appeals.py
}
EVERYDAY = {
    "desk_moderation_chosen",
    "desk_moderation_together",
    "desk_moderation_words",
    "desk_account",
    "desk_order",
    "desk_moderation_undo",
    "desk_moderate",
    "desk_case",
    "desk_case_leave",
}
LOOKED_AT = {
    "desk_service_visits",
    "desk_moderation_decided",
    "desk_accounts",
    "desk_evidence",
    "desk_note",
    "desk_journal",
    "desk_moderation",
    "desk_case_who",
}


def things(made: dict[str, Any]) -> dict[str, Any]:
    now = timezone.now()
    argument = made["argument"]
    case = Case.objects.create(kind=Kind.ARGUMENT, subject_id=argument.pk, due_at=now, state=State.DECIDED)
    decision = Decision.objects.create(
        case=case, kind=case.kind, act=Act.HIDE, author=argument.author, opened_at=now, decided_at=now
    )
    return {"decision": decision, "case": case}


def on_pages(user: Any) -> None:
    """Of which one’s own participation, and the week of the desk, show some."""
    now = timezone.now()
    case = Case.objects.create(
        kind=Kind.NAME, subject_id=Decision.objects.count(), due_at=now, state=State.DECIDED, notified=2**40
    )
    Decision.objects.create(case=case, kind=case.kind, act=Act.HIDE, author=user, opened_at=now, decided_at=now)
    ArgumentFactory(author=user, proposal__status=Status.HIDDEN)  # what is hidden with what it stands under
    # What the week of the desk lists: reported, and pointed at by the filter.
    for pk in Proposal.objects.order_by("pk").values_list("pk", flat=True)[:3]:
        case, _made = Case.objects.get_or_create(kind=Kind.PROPOSAL, subject_id=pk, defaults={"due_at": now})
        Report.objects.create(case=case, reason="OTHER")
        Flag.objects.create(case=case, kind="PHONE", part="title", start=0, end=3)


def on_this_day(monkeypatch: pytest.MonkeyPatch) -> None:
    soon = replace(elections.VOTES[0], month=timezone.localdate().replace(day=1))
    monkeypatch.setattr(elections, "VOTES", (soon,))


def values(address: Any, things: dict[str, Any]) -> dict[str, Any]:
    if address.name == "decision":
        return {"decision": things["decision"].pk}
    if address.name == "desk_account":
        return {"person": things["argument"].author.pk}
    if address.name == "desk_note":
        return {"evidence": 1}
    if address.name.startswith("desk_case"):
        return {"case": things["case"].pk}
    if address.name in ("report", "report_name", "desk_moderate"):
        return {"kind": "argument", "subject": things["argument"].pk}
    if address.name == "hidden_picture":
        return {"proposal": things["proposal"].pk}
    return {"report": 1} if address.name == "reported" else {}
