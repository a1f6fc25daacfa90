"""What of moderation is of no more use. Decisions stay: the register counts them, and they name nobody."""

from datetime import datetime, timedelta

from django.db.models import QuerySet
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from common.retention import forgets, keeps, span
from consultations.moderation.enums import AppealState, State
from consultations.moderation.models import (
    APPEAL_OPEN,
    EVIDENCE_KEPT,
    Appeal,
    Evidence,
    Flag,
    KeptSuspension,
    Original,
    Report,
)

# As long as a decision that answers it can be contested, and its answer given.
REPORT_KEPT = timedelta(days=365)
FLAGS_KEPT = APPEAL_OPEN

_REPORTS = keeps(
    130,
    _("Reports, with the name and the address of whoever made them, where they gave any"),
    _("To look at what is reported, and to say what became of it (regulation (EU) 2022/2065, article 16)."),
    format_lazy(_("{kept} after the answer."), kept=span(REPORT_KEPT)),
)
_ORIGINALS = keeps(
    131,
    _("Passages that moderation has hidden in a text"),
    _("To show them again if the decision is contested with success. Only moderators read them."),
    format_lazy(_("{kept}, or until the answer where it is contested."), kept=span(APPEAL_OPEN)),
)
_EVIDENCE = keeps(
    133,
    _("Content that the law forbids, as it was, and who wrote it"),
    _("To be handed over to the authorities if they ask for it (regulation (EU) 2021/784, article 6)."),
    format_lazy("{kept}.", kept=span(EVIDENCE_KEPT)),
)
_SUSPENSIONS = keeps(
    134,
    _("Of an account deleted while it was suspended: a fingerprint of its address"),
    _("So that coming back does not end the suspension. The address cannot be read from it."),
    _("Until the suspension ends."),
)
_DECISIONS = keeps(
    132,
    _("Decisions of moderation, and what was said against them"),
    _("To account for them in the public register, without a name and without a text."),
    _("As long as the platform."),
)


@forgets("reports", _REPORTS, in_read_only=True)
def reports_over(*, at: datetime) -> QuerySet[Report]:
    return Report.objects.filter(answered_at__lt=at - REPORT_KEPT)


@forgets("flags", _ORIGINALS, in_read_only=True)
def flags_over(*, at: datetime) -> QuerySet[Flag]:
    return Flag.objects.filter(case__state=State.DECIDED, found_at__lt=at - FLAGS_KEPT)


@forgets("hidden passages", _ORIGINALS, in_read_only=True)
def originals_over(*, at: datetime) -> QuerySet[Original]:
    """Contested, they stay until somebody has answered."""
    contested = Appeal.objects.filter(state=AppealState.WAITING).values("decision")
    over = Original.objects.filter(decision__decided_at__lt=at - APPEAL_OPEN)
    return over.exclude(decision__in=contested)


@forgets("suspensions", _SUSPENSIONS, in_read_only=True)
def suspensions_over(*, at: datetime) -> QuerySet[KeptSuspension]:
    return KeptSuspension.objects.filter(until__lt=at)


@forgets("evidence", _EVIDENCE, in_read_only=True)
def evidence_over(*, at: datetime) -> QuerySet[Evidence]:
    return Evidence.objects.filter(frozen_at__lt=at - EVIDENCE_KEPT)
