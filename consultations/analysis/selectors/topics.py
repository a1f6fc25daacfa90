"""Themes as the desk reads them: what each has, and what a new run would change."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from django.db.models import Q

from consultations.analysis.models import Topic, TopicCorrection, TopicModel
from consultations.analysis.selectors.topic_state import Places, same_topics, state_of
from consultations.framing.models import Challenge
from consultations.participation.enums import Status
from consultations.participation.models import Argument, Proposal
from consultations.participation.models.proposals import ProposalQuerySet


def places_of(model: TopicModel) -> Places:
    return {int(pk): (number, near) for pk, (number, near) in model.places.items()}


def corrections_of(challenge: Challenge) -> list[TopicCorrection]:
    """Those that hold, in the order in which they were made."""
    return list(TopicCorrection.objects.filter(challenge=challenge, undone_at=None).order_by("pk"))


def counted() -> ProposalQuerySet:
    """Proposals that themes count: those to be read, on their own."""
    return Proposal.objects.published().filter(merged_into=None)


@dataclass
class Row:
    """A theme with what it has: its proposals, the arguments under them, and how many people wrote them."""

    topic: Topic
    proposals: int = 0
    arguments: int = 0
    people: set[object] = field(default_factory=set)
    by_hand: int = 0

    @property
    def person_count(self) -> int:
        return len(self.people)


@dataclass
class Overview:
    rows: list[Row]
    without: int = 0  # published proposals in no theme
    excluded: int = 0


def overviews(challenges: Iterable[Challenge]) -> dict[int, Overview]:
    """The themes of each challenge that have something, or a name given by hand: most proposals first. Three queries
    and one for the topics, however many challenges.
    """
    challenges = list(challenges)
    rows: dict[int, Row] = {}
    found = {each.pk: Overview([]) for each in challenges}
    for topic in Topic.objects.filter(challenge__in=challenges, into=None).order_by("pk"):
        rows[topic.pk] = Row(topic)
    proposals = counted().filter(challenge__in=challenges).order_by("pk")
    fields = ("challenge_id", "topic_place__topic_id", "topic_place__by_hand", "topic_place__is_excluded")
    for where, topic_pk, by_hand, excluded, *author in proposals.values_list(*fields, "author_id", "imported_author"):
        if row := rows.get(topic_pk):
            row.proposals += 1
            row.by_hand += bool(by_hand)
            row.people.add(_whom(author))
        else:
            found[where].excluded += bool(excluded)
            found[where].without += not excluded
    arguments = Argument.objects.filter(status=Status.PUBLISHED, proposal__in=proposals.order_by())
    for topic_pk, *author in arguments.values_list(
        "proposal__topic_place__topic_id", "author_id", "imported_author"
    ).order_by("pk"):
        if row := rows.get(topic_pk):
            row.arguments += 1
            row.people.add(_whom(author))
    for row in sorted(rows.values(), key=lambda row: (-row.proposals, row.topic.pk)):
        if row.proposals or row.topic.name:
            found[row.topic.challenge_id].rows.append(row)
    return found


def _whom(author: list[object]) -> object:
    """Who has no account and no name is nobody in particular."""
    return author[0] or author[1]


# ── What a new run would change ───────────────────────────────────────────────


@dataclass
class Change:
    """A theme before and after: its name, how many proposals it has, those that come and those that go."""

    before: str = ""
    after: str = ""
    had: int = 0
    has: int = 0
    comes: list[int] = field(default_factory=list)
    goes: list[int] = field(default_factory=list)


@dataclass
class Difference:
    model: TopicModel
    changes: list[Change]
    moved: int
    corrections: int

    @property
    def changes_anything(self) -> bool:
        return any(each.comes or each.goes or each.before != each.after for each in self.changes)

    @property
    def keys(self) -> list[int]:
        """Of the proposals that move."""
        return [pk for each in self.changes for pk in (*each.comes, *each.goes)]


def difference_of(challenge: Challenge) -> Difference | None:
    """Between what is in force and what waits, both with all corrections as they are at this moment."""
    models = {each.taken_at is not None: each for each in TopicModel.objects.filter(challenge=challenge)}
    waiting = models.get(False)
    if waiting is None:
        return None
    topics = {each.pk: each for each in Topic.objects.filter(challenge=challenge)}
    corrections = corrections_of(challenge)
    numbers = {each.number: each.pk for each in topics.values() if each.number is not None}
    before, after = places_of(models[True]) if True in models else {}, places_of(waiting)
    corrected = {pk for each in corrections for pk in (each.topic_id, each.into_id) if pk is not None}
    same = same_topics(before, numbers, after, corrected=corrected)
    # Themes that would be new have no key yet.
    fresh = {number: same.get(number, -1 - number) for number in range(len(waiting.learnt["themes"]))}
    now, then = state_of(numbers, before, corrections), state_of(fresh, after, corrections)
    labels = {fresh[number]: theme["labels"] for number, theme in enumerate(waiting.learnt["themes"])}
    shown = set(counted().filter(challenge=challenge).values_list("pk", flat=True))
    had = _by_topic({pk: place.topic for pk, place in now.places.items() if pk in shown})
    has = _by_topic({pk: place.topic for pk, place in then.places.items() if pk in shown})
    changes = []
    for key in sorted(had.keys() | has.keys(), key=lambda key: (-len(has[key]), -len(had[key]), key)):
        old, new = topics.get(key), Topic(labels=labels.get(key, ()), name=then.names.get(key, ""))
        changes.append(
            Change(
                before=old.title if old and had[key] else "",
                after=(new.title if key in labels or new.name or not old else old.title) if has[key] else "",
                had=len(had[key]),
                has=len(has[key]),
                comes=sorted(has[key] - had[key]),
                goes=sorted(had[key] - has[key]),
            )
        )
    moved = sum(len(each.comes) for each in changes)
    return Difference(waiting, changes, moved, len(corrections))


def _by_topic(places: Mapping[int, int | None]) -> dict[int, set[int]]:
    found: dict[int, set[int]] = defaultdict(set)
    for proposal, topic in places.items():
        if topic is not None:
            found[topic].add(proposal)
    return found


# ── On the desk ───────────────────────────────────────────────────────────────


def waiting_in(challenges: Iterable[Challenge]) -> set[int]:
    """Those of which a run has found other themes, which wait to be read."""
    waiting = TopicModel.objects.filter(challenge__in=list(challenges), taken_at=None)
    return set(waiting.order_by().values_list("challenge_id", flat=True))


def proposals_of(challenge: Challenge, topic: Topic | None) -> list[Proposal]:
    """Its texts to be read, nearest to its middle first; without a topic, those that have none."""
    found = counted().filter(challenge=challenge, topic_place__topic=topic)
    return list(found.select_related("author", "topic_place").without_texts().order_by("-topic_place__nearness", "pk"))


def corrections_told(challenge: Challenge, topic: Topic | None) -> list[TopicCorrection]:
    """Those that hold and are about this one, the newest first."""
    about = Q(topic=topic) | Q(into=topic) if topic else Q(topic=None)
    found = TopicCorrection.objects.filter(about, challenge=challenge, undone_at=None)
    return list(found.select_related("topic", "into", "proposal", "made_by").order_by("-pk")[:_TOLD])


# Nobody reads more of them on one page.
_TOLD = 100


def titles_of(keys: Iterable[int]) -> dict[int, str]:
    return dict(Proposal.objects.filter(pk__in=list(keys)).order_by().values_list("pk", "title"))
