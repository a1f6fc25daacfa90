"""What is hidden because something above it is: whose it is, and how it stands now."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import BooleanField, Exists, ExpressionWrapper, OuterRef, Q, QuerySet

from accounts.models import User
from consultations.moderation.enums import Act, Kind
from consultations.moderation.kinds import KINDS_ABOVE
from consultations.moderation.models import Decision
from consultations.moderation.selectors.register import registered
from consultations.moderation.subjects import url_of
from consultations.participation.enums import Status
from consultations.participation.models import Argument, Proposal, Reply

_HIDDEN = Status.HIDDEN
_ABOVE: dict[Kind, tuple[Any, Q]] = {
    Kind.PICTURE: (Proposal, Q(status=_HIDDEN)),
    Kind.ARGUMENT: (Argument, Q(proposal__status=_HIDDEN)),
    Kind.ANSWER: (Argument, Q(status=_HIDDEN) | Q(proposal__status=_HIDDEN)),
    Kind.REPLY: (Reply, Q(argument__status=_HIDDEN) | Q(argument__proposal__status=_HIDDEN)),
}
_ITSELF: dict[Kind, Any] = {Kind.PROPOSAL: Proposal, Kind.ARGUMENT: Argument}
_SHOWN = 50


def with_standing(decisions: QuerySet[Decision]) -> QuerySet[Decision]:
    """Each with `is_under_hidden` and, where something may hang on what it is about, `is_hidden_now`. No query more."""
    others = [(each.kind, each.under_hidden) for each in KINDS_ABOVE.values()]
    above, itself = Q(pk__in=[]), Q(pk__in=[])
    for kind, (model, is_above) in [*_ABOVE.items(), *others]:
        above |= Q(kind=kind) & Q(Exists(model.objects.filter(is_above, pk=OuterRef("case__subject_id"))))
    for kind, model in _ITSELF.items():
        hidden = model.objects.filter(pk=OuterRef("case__subject_id"), status=_HIDDEN)
        itself |= Q(kind=kind) & Q(Exists(hidden))
    found = {"is_under_hidden": above, "is_hidden_now": itself}
    return decisions.annotate(
        **{name: ExpressionWrapper(each, output_field=BooleanField()) for name, each in found.items()}
    )


def writers_under(decision: Decision) -> set[int]:
    """Whose words a decision took out of sight, or brought back, because of what they stand under: not whose text it is
    about, nor what was hidden by itself. Four queries at most.
    """
    if decision.kind not in _ITSELF or not _turns(decision):
        return set()
    about = decision.case.subject_id
    if decision.kind == Kind.PROPOSAL:
        arguments, replies = Q(proposal=about), Q(argument__proposal=about, argument__status=Status.PUBLISHED)
    else:
        arguments, replies = Q(pk=about), Q(argument=about)
    shown, answered = Q(status=Status.PUBLISHED), Q(verdict_hidden=False) & ~Q(verdict_reason="")
    found = set(Reply.objects.filter(replies & shown).values_list("author", flat=True))
    if decision.kind == Kind.PROPOSAL:
        found.update(Argument.objects.filter(arguments & shown).values_list("author", flat=True))
        answered &= shown
    found.update(Argument.objects.filter(arguments & answered).values_list("verdict_by", flat=True))
    return found - {None, decision.author_id}


def _turns(decision: Decision) -> bool:
    """Whether it hid what was shown, or showed what was hidden."""
    earlier = registered().filter(
        case=decision.case_id, pk__lt=decision.pk, act__in=[Act.HIDE, Act.REDACT, Act.RESTORE]
    )
    last = earlier.order_by("-pk").values_list("act", flat=True).first()
    return (last == Act.HIDE) != (decision.act == Act.HIDE)


# ── What a person still reads ────────────────────────────────────────────────


@dataclass(frozen=True)
class HiddenAlong:
    """Something that somebody wrote, out of sight with what it stands under. `url`: the place of that."""

    kind: str
    text: str
    at: datetime | None
    argument: int
    url: str


def hidden_along(user: User, *, proposal: int | None = None) -> list[HiddenAlong]:
    """What a person wrote that is so now, on one proposal or anywhere, the last first of each kind. Three queries."""
    here = Q() if proposal is None else Q(proposal=proposal)
    arguments = Argument.objects.select_related("proposal").defer("proposal__search").filter(here).order_by("-pk")
    replies = Reply.objects.select_related("argument__proposal").defer("argument__proposal__search").order_by("-pk")
    replies = replies.filter(argument__in=Argument.objects.filter(here)) if proposal is not None else replies
    answers = arguments.filter(verdict_by=user, verdict_hidden=False).exclude(verdict_reason="")
    wrote = Q(author=user, status=Status.PUBLISHED)
    return [
        *(
            _along(Kind.ARGUMENT, each, each.text, each.submitted_at)
            for each in _under(arguments, wrote, Kind.ARGUMENT)
        ),
        *(
            _along(Kind.REPLY, each.argument, each.text, each.submitted_at)
            for each in _under(replies, wrote, Kind.REPLY)
        ),
        *(
            _along(Kind.ANSWER, each, each.verdict_reason, each.verdict_at)
            for each in _under(answers, Q(), Kind.ANSWER)
        ),
    ]


def _under(rows: QuerySet[Any], whose: Q, kind: Kind) -> QuerySet[Any]:
    return rows.filter(whose & _ABOVE[kind][1])[:_SHOWN]


def _along(kind: Kind, argument: Argument, text: str, at: datetime | None) -> HiddenAlong:
    proposal = argument.proposal
    place = url_of(Kind.PROPOSAL if proposal.is_hidden else Kind.ARGUMENT, argument, proposal)
    return HiddenAlong(str(kind.label), text, at, argument.pk, place)
