"""Contributions for programs: all that everybody may read, whole, with what each is part of and who wrote it."""

from datetime import datetime
from typing import Any

from django.db.models import Case, QuerySet, When

from consultations.framing.models import Challenge
from consultations.participation.enums import Status
from consultations.participation.models import Argument, Proposal, Reply
from consultations.participation.selectors.standing import UNSHOWN


def given_proposals() -> QuerySet[Proposal]:
    """What is hidden, held, withdrawn or removed is not there. One query for all of them."""
    found = Proposal.objects.published().filter(challenge__in=Challenge.objects.shown())
    found = found.annotate(shown_merged_into=Case(When(merged_into__status=Status.PUBLISHED, then="merged_into")))
    return found.select_related("author", "challenge__consultation").defer("search", *UNSHOWN)


def narrowed(
    found: Any,  # a queryset of Proposal whose search the stubs lose
    *,
    consultation: str = "",
    challenge: str = "",
    stage: str = "",
    words: str = "",
    since: datetime | None = None,
) -> QuerySet[Any]:
    if consultation:
        found = found.filter(challenge__consultation__slug=consultation)
    if challenge:
        found = found.filter(challenge__slug=challenge)
    if stage:
        found = found.filter(stage=stage)
    if since is not None:
        found = found.filter(submitted_at__gte=since)
    narrow: QuerySet[Any] = found.search(words) if words else found
    return narrow


def given_arguments() -> QuerySet[Argument]:
    there = Proposal.objects.published().filter(challenge__in=Challenge.objects.shown())
    found = Argument.objects.filter(status=Status.PUBLISHED, proposal__in=there)
    return found.select_related("author", "proposal").only(
        *(field.name for field in Argument._meta.concrete_fields if field.name != "search"),
        "proposal__title",
        "author__public_name",
        "author__role",
        "author__function",
    )


def given_replies() -> QuerySet[Reply]:
    found = Reply.objects.filter(status=Status.PUBLISHED, argument__in=given_arguments().values("pk"))
    return found.select_related("author", "argument__proposal")
