"""What people are notified of: a vote that opens, closes soon, loses a project, is counted.

That a project was withdrawn is told to everybody who has voted: a notice to those alone who had chosen it would say
what they chose.
"""

from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from accounts.selectors import COME_IN
from common.templatetags.ui import deadline
from common.text import shortened
from consultations.participation.selectors.audience import people_of_consultation
from consultations.voting import events
from consultations.voting.abilities import RUN_VOTES
from consultations.voting.models import Item, Vote, Voter
from notifications.registry import notice_type, subject
from notifications.types import About, Key, Notification, Words

_QUOTED = 200  # letters


def _votes(user: User) -> QuerySet[Vote]:
    return Vote.objects.select_related("consultation")


def _items(user: User) -> QuerySet[Item]:
    return Item.objects.select_related("vote__consultation")


VOTE = subject("vote", Vote, read=_votes)
ITEM = subject("vote_item", Item, read=_items)


def _voters(vote_id: int) -> set[int]:
    found = Voter.objects.filter(vote=vote_id, has_voted=True, user__isnull=False)
    return set(found.values_list("user_id", flat=True))


def _to_people(fact: str, vote: Vote, people: set[int]) -> Notification:
    recipients: dict[int, dict[str, Key | None]] = {person: {"vote": vote.pk} for person in sorted(people)}
    return Notification(f"{fact}:{vote.pk}", str(vote.pk), recipients, None)


def _opened(vote_id: int, **kwargs: Any) -> Notification:
    vote = Vote.objects.get(pk=vote_id)
    return _to_people("vote_opened", vote, set(people_of_consultation(vote.consultation_id)))


@notice_type(
    "VOTE_OPENED",
    gettext_lazy("A vote opens in a consultation in which you take part"),
    weight=22,
    event=events.vote_opened,
    notification=_opened,
    subjects=(VOTE,),
)
def _opened_words(about: About) -> Words:
    vote: Vote = about["vote"]
    said = {"title": vote.title, "day": deadline(vote.closes_at)}
    sentence = _("You can vote until %(day)s: “%(title)s”") % said
    return Words(sentence, _("Vote"), vote.get_absolute_url(), is_over=vote.closed_at is not None)


def _closes_soon(vote_id: int, **kwargs: Any) -> Notification:
    """Whoever has not voted: what they would choose is theirs alone."""
    vote = Vote.objects.get(pk=vote_id)
    return _to_people("vote_closes_soon", vote, set(people_of_consultation(vote.consultation_id)) - _voters(vote_id))


@notice_type(
    "VOTE_CLOSES_SOON",
    gettext_lazy("A vote in which you have not voted yet closes soon"),
    weight=24,
    event=events.vote_closes_soon,
    notification=_closes_soon,
    subjects=(VOTE,),
    in_copies=False,  # who has one has voted, or has not
)
def _closes_soon_words(about: About) -> Words:
    vote: Vote = about["vote"]
    said = {"title": vote.title, "day": deadline(vote.closes_at)}
    sentence = _("You have not confirmed a ballot yet: the vote “%(title)s” closes on %(day)s.") % said
    return Words(sentence, _("Vote"), vote.get_absolute_url(), is_over=vote.closed_at is not None)


def _papers_wait(vote_id: int, **kwargs: Any) -> Notification | None:
    vote = Vote.objects.get(pk=vote_id)
    if not vote.paper_ballots.filter(confirmed_at=None).exists():
        return None
    team = User.objects.filter(COME_IN, role__in=RUN_VOTES.in_team, is_active=True)
    return _to_people("vote_papers_wait", vote, set(team.values_list("pk", flat=True)))


@notice_type(
    "VOTE_PAPERS_WAIT",
    gettext_lazy("Of the team: ballots from paper that are not confirmed a day before the end"),
    weight=27,
    event=events.papers_wait,
    notification=_papers_wait,
    subjects=(VOTE,),
    ability=RUN_VOTES,
)
def _papers_wait_words(about: About) -> Words:
    vote: Vote = about["vote"]
    sentence = _(
        "Ballots from paper wait to be confirmed: the vote “%(title)s” closes on %(day)s, and what is not confirmed by "
        "then does not count."
    )
    said = {"title": vote.title, "day": deadline(vote.closes_at)}
    page = reverse("desk_vote_papers", args=[vote.consultation.slug, vote.number])
    return Words(sentence % said, _("Compare and confirm"), page, is_over=vote.closed_at is not None)


def _withdrawn(item_id: int, actor_id: int | None = None, **kwargs: Any) -> Notification:
    item = Item.objects.get(pk=item_id)
    recipients: dict[int, dict[str, Key | None]] = {
        person: {"vote": item.vote_id, "vote_item": item.pk} for person in sorted(_voters(item.vote_id))
    }
    return Notification(f"vote_item_withdrawn:{item.pk}", str(item.vote_id), recipients, actor_id)


@notice_type(
    "VOTE_ITEM_WITHDRAWN",
    gettext_lazy("A project is withdrawn from a vote in which you have voted"),
    weight=21,
    event=events.item_withdrawn,
    notification=_withdrawn,
    subjects=(VOTE, ITEM),
    in_copies=False,  # who has one has voted, or has not
)
def _withdrawn_words(about: About) -> Words:
    vote: Vote = about["vote"]
    item: Item | None = about["vote_item"]
    said = {"title": vote.title, "item": item.title if item else ""}
    if about.count > 1 or item is None:
        sentence = _("Projects were withdrawn from the vote “%(title)s”. If you had chosen one, look at your ballot.")
        return Words(sentence % said, _("See my ballot"), vote.get_absolute_url())
    sentence = _(
        "“%(item)s” is withdrawn from the vote. If you had chosen it, your ballot counts without it; had it nothing "
        "else, choose again."
    )
    quote = shortened(item.withdrawn_why, _QUOTED)
    return Words(sentence % said, _("See my ballot"), vote.get_absolute_url(), quote)


def _counted(vote_id: int, **kwargs: Any) -> Notification:
    vote = Vote.objects.get(pk=vote_id)
    return _to_people("vote_counted", vote, set(people_of_consultation(vote.consultation_id)) | _voters(vote_id))


@notice_type(
    "VOTE_COUNTED",
    gettext_lazy("The result of a vote in a consultation in which you take part"),
    weight=23,
    event=events.vote_counted,
    notification=_counted,
    subjects=(VOTE,),
    in_copies=False,  # who has one has voted, or has not
)
def _counted_words(about: About) -> Words:
    vote: Vote = about["vote"]
    sentence = _("The result of the vote “%(title)s” is there.") % {"title": vote.title}
    return Words(sentence, _("See the result"), vote.get_absolute_url())
