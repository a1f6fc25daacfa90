"""Somebody's own ballot: the only page that reads one, for the one person whose it is."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from uuid import UUID

from django.db.models import Q, QuerySet

from accounts.mailboxes import mailbox_of
from accounts.models import User
from consultations.voting.models import Ballot, Item, Vote
from consultations.voting.sealing import Choice, name_of, unseal

NOTHING = Choice(frozenset())


@dataclass(frozen=True)
class Own:
    """`chosen`: what stands in the basket now; `confirmed`: what counts."""

    chosen: frozenset[int]
    confirmed: Choice | None = None
    is_changed: bool = False


def voter_of(user: User) -> str:
    return f"user:{user.pk}"


def ballot_name(key: bytes, user: User) -> UUID:
    return name_of(key, voter_of(user))


def mailbox_name(key: bytes, user: User) -> UUID:
    """Whoever leaves and comes back, or changes their address and lends the former one, has the same."""
    return mailbox_named(key, user.email)


def mailbox_named(key: bytes, email: str) -> UUID:
    return name_of(key, f"mailbox:{mailbox_of(email)}")


def paper_name(key: bytes, mailbox: UUID) -> UUID:
    """Of the ballot, with nothing in it, that keeps whoever voted on paper from voting on the site as well."""
    return name_of(key, f"paper:{mailbox}")


def ballots_of(key: bytes, user: User) -> QuerySet[Ballot]:
    """Their own, and one that another account has confirmed with their mailbox."""
    return Ballot.objects.filter(Q(pk=ballot_name(key, user)) | Q(mailbox=mailbox_name(key, user)))


def own_of(key: bytes, ballot: Ballot | None) -> Own:
    if ballot is None:
        return Own(frozenset())
    confirmed = unseal(key, ballot.pk, ballot.sealed, is_draft=False) if ballot.sealed else None
    if ballot.draft is None:
        return Own((confirmed or NOTHING).items, confirmed)
    draft = unseal(key, ballot.pk, ballot.draft, is_draft=True)
    return Own(draft.items, confirmed, confirmed is None or draft.items != confirmed.items)


@dataclass(frozen=True)
class Basket:
    """What is chosen, as the bar in sight says it. Withdrawn items are not in it: their amount is free again."""

    vote: Vote
    items: tuple[Item, ...]
    withdrawn: tuple[Item, ...] = ()
    is_changed: bool = False
    confirmed: Choice | None = field(default=None)

    @property
    def numbers(self) -> frozenset[int]:
        return frozenset(each.number for each in self.items)

    @property
    def spent(self) -> int:
        return sum(each.cost or 0 for each in self.items)

    @property
    def count(self) -> int:
        return len(self.items)

    @property
    def has_limit(self) -> bool:
        return self.vote.method == "BUDGET"

    @property
    def left(self) -> int:
        return max(0, (self.vote.budget or 0) - self.spent)

    @property
    def over(self) -> int:
        """Euros beyond what there is."""
        return max(0, self.spent - (self.vote.budget or 0)) if self.has_limit else 0

    @property
    def voices_left(self) -> int:
        return max(0, (self.vote.most or 0) - self.count)

    @property
    def missing(self) -> int:
        """How many more must be chosen."""
        return max(0, self.vote.least - self.count)

    def lacks(self, item: Item) -> int:
        """Euros that are missing for one more."""
        return max(0, (item.cost or 0) - self.left) if self.has_limit else 0

    def is_too_dear(self, item: Item) -> bool:
        """For any basket, an empty one too."""
        return self.has_limit and (item.cost or 0) > (self.vote.budget or 0)

    def is_full(self) -> bool:
        return self.vote.most is not None and self.count >= self.vote.most


def basket_of(vote: Vote, items: Iterable[Item], own: Own) -> Basket:
    chosen = [each for each in items if each.number in own.chosen]
    return Basket(
        vote,
        tuple(each for each in chosen if each.withdrawn_at is None),
        tuple(each for each in chosen if each.withdrawn_at is not None),
        own.is_changed,
        own.confirmed,
    )
