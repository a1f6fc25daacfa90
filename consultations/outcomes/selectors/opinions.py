"""What a service sees: the proposals on which it is asked, and nothing else of what is being prepared."""

from collections.abc import Iterable

from django.db.models import F, QuerySet

from accounts.models import User
from consultations.outcomes.enums import AnswerState
from consultations.outcomes.models import Opinion
from consultations.participation.enums import Status


def _theirs(user: User) -> QuerySet[Opinion]:
    """With the proposal's public text; never with a draft of the answer."""
    found = Opinion.objects.filter(service=user, taken_back_at=None)
    found = found.select_related("asked_by", "answer__proposal__author", "answer__proposal__challenge__consultation")
    return found.defer(
        "answer__proposal__search",
        *(f"answer__{name}" for name in ("own_words", "reasons", "change", "competent", "sent_back", "late_why")),
    )


def awaited_from(user: User) -> QuerySet[Opinion]:
    """Those that still wait for them, what is due first comes first."""
    readable = {"answer__proposal__status": Status.PUBLISHED, "answer__proposal__merged_into": None}
    waiting = _theirs(user).filter(given_at=None, answer__state=AnswerState.WRITING, **readable)
    waiting = waiting.filter(answer__proposal__challenge__consultation__archived_at=None)
    return waiting.order_by(F("due_on").asc(nulls_last=True), "asked_at", "pk")


def awaited_about(proposals: Iterable[int]) -> list[str]:
    """Who is asked for an opinion on them and has not given it: by function or name, once for each opinion."""
    found = Opinion.objects.filter(answer__proposal__in=proposals, taken_back_at=None, given_at=None)
    return list(found.order_by("asked_at", "pk").values_list("service_name", flat=True))


def given_by(user: User, *, most: int = 50) -> list[Opinion]:
    found = _theirs(user).filter(given_at__isnull=False, answer__proposal__status=Status.PUBLISHED)
    return list(found.order_by("-given_at", "-pk")[:most])


def opinion_of(user: User, pk: int) -> Opinion | None:
    """Theirs, of a proposal that everybody reads."""
    return _theirs(user).filter(pk=pk, answer__proposal__status=Status.PUBLISHED).first()


def asked_along(opinion: Opinion, user: User) -> list[Opinion]:
    """The others that they are asked for by the same person, for the same day."""
    found = awaited_from(user).filter(asked_by=opinion.asked_by, due_on=opinion.due_on).exclude(pk=opinion.pk)
    return list(found[:10])
