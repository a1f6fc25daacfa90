"""What an app says of its notices: the nouns that they are about, and the types that there are."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db.models import Model, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from accounts.abilities import Ability, may
from accounts.models import User
from common.events import Event

if TYPE_CHECKING:
    from notifications.models import Notice

# Of a row: its number, or what a UUID looks like.
Key = int | str


@dataclass(frozen=True)
class Subject:
    """A noun of an app. Its name is kept in notices for ever, wherever its model moves.

    `read` gives what the words need of many rows, for one recipient, in a constant number of queries. `gone`: what is
    said instead of a row that is out of sight.
    """

    name: str
    model: type[Model]
    read: Callable[[User], QuerySet[Any]]
    gone: "Callable[[Any], Words | None]"

    def reference(self, key: object) -> str:
        return f"{self.name}:{key}"


@dataclass(frozen=True)
class Notification:
    """One fact, and whom to notify: account → the rows that its words need, {name of a Subject: key}.

    `fact` names it for ever: the reference of its Subject, where it is a row, so that it is no longer announced once
    that is hidden or removed. Notices of one type and `group` become one while they are neither read nor mailed.
    """

    fact: str
    group: str
    recipients: Mapping[int, Mapping[str, Key | None]]
    actor_id: int | None = None


@dataclass(frozen=True)
class Words:
    """What happened, what one can do, and where (a path of the city); perhaps what somebody wrote.

    `is_over`: it was settled, taken back or hidden since. The site says so; nobody is written to about it.
    """

    sentence: str
    action: str
    target: str
    quote: str = ""
    is_over: bool = False


@dataclass(frozen=True)
class About:
    """A notice as its words need it: `about["name"]` is the row of a Subject as it is now, None where there is none."""

    notice: "Notice"
    rows: Mapping[str, Any] = field(default_factory=dict)

    def __getitem__(self, name: str) -> Any:
        return self.rows.get(name)

    @property
    def count(self) -> int:
        return self.notice.count

    @property
    def who(self) -> str:
        return (self.notice.actor and self.notice.actor.signed_name) or _("Somebody")


@dataclass(frozen=True)
class Until:
    """Of what is asked of somebody: when the notice goes, because nothing is asked any more.

    After each of `events` the rows are looked at that its function gives, of its payload; `holds` says of rows from
    whom they still ask it, as (row, account). The facts of such a type are the references of its first subject.
    """

    events: Mapping[Event, Callable[..., Iterable[Key]]]
    holds: Callable[[Collection[Key]], set[tuple[Key, int]]]


@dataclass(frozen=True)
class NoticeType:
    """A kind of notice.

    `event` happens; `notification` says, of its payload, what the fact is and who is notified, or that nobody is: None,
    or ObjectDoesNotExist. `words` composes a notice and asks the database nothing. `weight` orders a message: the
    lowest first. `subjects` are what it is about: without any one of them there is no notice. What else a notification
    refers to, its words only name. Notices that may not be muted are mailed at once, even to those who want no mail.
    `ability`: they are for who has it, and for nobody who has lost it. `until`: they go once it is settled.
    `in_copies`: they may go into the complete copy of a city; not where to have one tells a secret.
    """

    key: str
    label: Promise
    weight: int
    event: Event
    notification: Callable[..., Notification | None]
    words: Callable[[About], Words]
    subjects: tuple[Subject, ...]
    may_be_muted: bool = True
    ability: Ability | None = None
    until: Until | None = None
    in_copies: bool = True

    def is_for(self, user: User) -> bool:
        return self.ability is None or may(user, self.ability)

    def compose(self, about: About) -> Words:
        """Its words, or what is said of a subject that is out of sight."""
        rows = ((subject, about[subject.name]) for subject in self.subjects)
        return next(filter(None, (subject.gone(row) for subject, row in rows if row)), None) or self.words(about)
