"""Whom a version owes something to."""

from collections.abc import Iterable

from consultations.participation.enums import Status, Verdict
from consultations.participation.models import Argument, Proposal

THANKED = (Verdict.TAKEN, Verdict.PARTLY)


def credits_of(proposal: Proposal) -> dict[int, list[str]]:
    """For each version, the people whose arguments it took up: names, once each, the most useful first. One query.

    Nobody thanks themselves: the author's own arguments are left out, and so is what is hidden.
    """
    taken = (
        Argument.objects.filter(proposal=proposal, status=Status.PUBLISHED, taken_in__isnull=False, verdict__in=THANKED)
        .select_related("author")
        .only("author__public_name", "author__role", "imported_author", "taken_in", "submitted_at", "useful_count")
        .order_by("taken_in", "-useful_count", "submitted_at", "pk")
    )
    if proposal.author_id is not None:
        taken = taken.exclude(author=proposal.author_id)
    versions: dict[int, list[Argument]] = {}
    for argument in taken:
        versions.setdefault(argument.taken_in or 0, []).append(argument)
    return {number: names_of(arguments) for number, arguments in versions.items()}


def names_of(arguments: Iterable[Argument]) -> list[str]:
    """The names of those who said them, once each, in their order."""
    people: dict[object, str] = {}
    for argument in arguments:
        people.setdefault(argument.author_id or argument.imported_author, argument.signed_name)
    return list(people.values())
