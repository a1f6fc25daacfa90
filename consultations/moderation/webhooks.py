"""What other sites are told of moderation (webhooks.registry), so that whoever copies texts takes theirs away too.

That something was hidden, by its number: neither what it said nor why. Why is in the public register.
"""

from typing import Any

from django.utils.translation import gettext_lazy as _

from consultations.moderation.enums import Act, Kind
from consultations.moderation.events import decision_taken
from consultations.moderation.models import Decision
from consultations.moderation.subjects import subject_of
from consultations.participation.webhooks import CORRECTED, about_text
from webhooks.registry import Fact, kind, tells

HIDDEN = kind("contribution.hidden", _("A proposal, an argument or a reply is hidden by moderation"), order=70)
RESTORED = kind("contribution.restored", _("What moderation had hidden is shown again"), order=80)

_TEXTS = {Kind.PROPOSAL: "proposal", Kind.ARGUMENT: "argument", Kind.REPLY: "reply"}


def _decided(decision_id: int, *acts: Act) -> tuple[str, int] | None:
    """The text that a decision is about, where it is one of these acts; none that let out what had waited."""
    decision = Decision.objects.select_related("case").get(pk=decision_id)
    if decision.act not in acts or decision.publishes or decision.kind not in _TEXTS:
        return None
    return _TEXTS[Kind(decision.kind)], decision.case.subject_id


@tells(HIDDEN, decision_taken)
def _hidden(decision_id: int, **kwargs: Any) -> Fact | None:
    found = _decided(decision_id, Act.HIDE)
    subject = found and subject_of(found[0].upper(), found[1])
    # What was refused before it was published is known to nobody.
    if not found or not subject or subject.was_refused or subject.proposal is None:
        return None
    return Fact(subject.proposal.short_address, {f"{found[0]}_id": found[1], "proposal_id": subject.proposal.pk})


@tells(RESTORED, decision_taken)
def _restored(decision_id: int, **kwargs: Any) -> Fact | None:
    found = _decided(decision_id, Act.RESTORE)
    return about_text(*found) if found else None


@tells(CORRECTED, decision_taken)
def _redacted(decision_id: int, **kwargs: Any) -> Fact | None:
    found = _decided(decision_id, Act.REDACT)
    return about_text(*found) if found else None
