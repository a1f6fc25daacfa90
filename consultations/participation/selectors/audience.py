"""Whom to notify: numbers of accounts; where several proposals are concerned, with the one to name to each."""

from collections.abc import Iterable
from typing import Any

from consultations.participation.enums import Status
from consultations.participation.models import Argument, Authorship, Follow, Proposal, Reaction, Reply

# Whom → the proposal that ties them to it, the first one where there are several.
Audience = dict[int, int]


def those_who_work_on(proposal_ids: Iterable[int]) -> Audience:
    """Authors, co-authors, and facilitators in the place of an author who left. Two queries."""
    wanted = list(proposal_ids)
    authors = Proposal.objects.filter(pk__in=wanted, author__isnull=False)
    return _first(authors.values_list("author_id", "pk")) | _first(
        Authorship.objects.at_work().filter(proposal_id__in=wanted).values_list("user_id", "proposal_id")
    )


def those_who_follow(proposal_ids: Iterable[int]) -> Audience:
    return _first(Follow.objects.filter(proposal_id__in=list(proposal_ids)).values_list("user_id", "proposal_id"))


def those_interested_in(proposal_ids: Iterable[int]) -> Audience:
    """Who reacted to them, follows them or argued there; a reaction ties them to a proposal first."""
    wanted = list(proposal_ids)
    given = Argument.objects.filter(proposal_id__in=wanted, author__isnull=False, status=Status.PUBLISHED)
    reacted = Reaction.objects.filter(proposal_id__in=wanted).values_list("user_id", "proposal_id")
    return _first(given.values_list("author_id", "proposal_id")) | those_who_follow(wanted) | _first(reacted)


def followers_of_challenges(challenge_ids: Iterable[int]) -> list[int]:
    return sorted(Follow.objects.filter(challenge_id__in=list(challenge_ids)).values_list("user_id", flat=True))


def people_of_consultation(consultation_id: int) -> dict[int, int]:
    """Who follows something of it, or took part in it → the challenge that ties them to it. Seven queries."""
    of_it, its_challenge = {"challenge__consultation_id": consultation_id}, "challenge_id"
    of_proposal = {"proposal__challenge__consultation_id": consultation_id}
    of_reply = {"argument__proposal__challenge__consultation_id": consultation_id}
    proposals, published = Proposal.objects.filter(author__isnull=False, **of_it), {"status": Status.PUBLISHED}
    arguments = Argument.objects.filter(author__isnull=False, **of_proposal, **published)
    replies = Reply.objects.filter(author__isnull=False, **of_reply, **published)
    ties = [
        replies.values_list("author_id", "argument__proposal__challenge_id"),
        Reaction.objects.filter(**of_proposal).values_list("user_id", "proposal__challenge_id"),
        arguments.values_list("author_id", "proposal__challenge_id"),
        Authorship.objects.at_work().filter(**of_proposal).values_list("user_id", "proposal__challenge_id"),
        proposals.published().values_list("author_id", its_challenge),
        Follow.objects.filter(**of_proposal).values_list("user_id", "proposal__challenge_id"),
        Follow.objects.filter(**of_it).values_list("user_id", its_challenge),
    ]
    found: dict[int, int] = {}
    for each in ties:
        found |= _first(each.order_by().distinct())
    return found


def people_of_thread(reply: Reply) -> list[int]:
    """The author of the argument, and those who replied to it before."""
    earlier = Reply.objects.filter(
        argument_id=reply.argument_id, pk__lt=reply.pk, author__isnull=False, status=Status.PUBLISHED
    )
    people = set(earlier.values_list("author_id", flat=True)) | {reply.argument.author_id}
    return sorted(person for person in people if person is not None)


def _first(pairs: Iterable[tuple[Any, Any]]) -> Audience:
    found: Audience = {}
    for user_id, proposal_id in sorted(pairs):
        found.setdefault(user_id, proposal_id)
    return found
