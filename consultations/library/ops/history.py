"""The audit trail of a set, in words."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from accounts.models import AuditEntry


@dataclass(frozen=True)
class HistoryLine:
    """One line of a set's history."""

    at: datetime
    who: str
    what: str


def history_line(entry: AuditEntry) -> HistoryLine:
    names = {"version": entry.details.get("version", ""), "challenge": entry.details.get("challenge", "")}
    what = {
        "library.set_created": _("began the set"),
        "library.draft_prepared": _("began version %(version)s"),
        "library.draft_discarded": _("gave up the draft of version %(version)s"),
        "library.set_published": _("published version %(version)s"),
        "library.set_edited": _("rewrote the set's own words"),
        "library.set_withdrawn": _("withdrew the set"),
        "library.set_offered_again": _("offered the set again"),
        "library.challenge_added": _("added the challenge %(challenge)s"),
        "library.challenge_edited": _("rewrote the challenge %(challenge)s"),
        "library.challenge_moved": _("moved the challenge %(challenge)s"),
        "library.challenge_removed": _("removed the challenge %(challenge)s"),
    }.get(entry.action, entry.action)
    # The trail keeps the number of whoever has left since.
    who = _("The software") if entry.actor_id is None else _name(entry)
    return HistoryLine(entry.at, who, what % names)


def _name(entry: AuditEntry) -> str:
    actor = entry.actor
    return (actor.public_name or actor.email) if actor else f"#{entry.actor_id}"
