"""What the synthesis of a challenge can be made of: its proposals with their themes, and who wrote what.

A handful of queries however much there is; texts of arguments are read only where they are to be chosen from.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from functools import cached_property

from django.utils.translation import gettext as _

from consultations.analysis.models import Topic
from consultations.analysis.selectors.synthesis_ranking import Candidate, best_first, ranked, reactions_of, seen_enough
from consultations.analysis.selectors.topics import counted
from consultations.framing.models import Challenge
from consultations.participation.enums import AuthorshipRole, Stance, Status
from consultations.participation.models import Argument, Authorship, Proposal

# Whoever wrote something: an account, or the name under what was taken over from elsewhere.
Person = int | str
# Of those that one side has, how many are read to find the best: those that most people found useful.
_READ = 6
# What has no theme, in the place of the key of one.
OTHERS = 0


@dataclass(frozen=True)
class Said:
    """An argument without its words."""

    pk: int
    stance: str
    useful: int
    author: Person | None


@dataclass
class Material:
    """`proposals`: those to be read and not left out, by key. Themes with the most people first."""

    challenge: Challenge
    proposals: dict[int, Proposal]
    topics: dict[int, Topic]
    authors: dict[int, set[Person]] = field(default_factory=lambda: defaultdict(set))
    arguments: dict[int, list[Said]] = field(default_factory=lambda: defaultdict(list))

    @cached_property
    def by_topic(self) -> dict[int, list[int]]:
        """Proposals by theme; without any theme all are in one part."""
        found: dict[int, list[int]] = defaultdict(list)
        for pk, proposal in self.proposals.items():
            place = getattr(proposal, "topic_place", None)
            topic = place.topic_id if place else None
            found[topic if topic in self.topics else OTHERS].append(pk)
        return dict(sorted(found.items(), key=lambda each: (each[0] == OTHERS, -len(self.people_in(each[1])), each[0])))

    @cached_property
    def seen(self) -> int:
        return seen_enough(reactions_of(each).total for each in self.proposals.values())

    @cached_property
    def people(self) -> set[Person]:
        """All who wrote something here."""
        return self.people_in(self.proposals)

    def people_in(self, proposals: Iterable[int]) -> set[Person]:
        found: set[Person] = set()
        for pk in proposals:
            found |= self.authors[pk] | {each.author for each in self.arguments[pk] if each.author}
        return found

    def name_of(self, topic: int) -> str:
        """Of a theme that was brought together with another: that one's."""
        if found := self._there(topic):
            return found.title
        return _("Other proposals") if len(self.by_topic) > 1 else _("The proposals")

    def given_name_of(self, topic: int) -> str:
        """What the team calls it; empty for words of residents, which may be hidden one day."""
        found = self._there(topic)
        return found.name if found else ""

    def _there(self, topic: int) -> Topic | None:
        found = self.topics.get(topic)
        while found and found.into_id:
            found = self.topics.get(found.into_id)
        return found

    def candidates(self, topic: int) -> list[Candidate]:
        return [_candidate(self.proposals[pk]) for pk in self.by_topic.get(topic, ())]

    def choices(self, topic: int, place: str) -> list[int]:
        return [each.pk for each in ranked(place, self.candidates(topic), seen=self.seen)]

    def argument_count(self, proposals: Iterable[int]) -> int:
        return sum(len(self.arguments[pk]) for pk in proposals)

    def most_useful(self, proposal: int, stance: str) -> list[Said]:
        mine = [each for each in self.arguments[proposal] if each.stance == stance]
        return sorted(mine, key=lambda each: (-each.useful, each.pk))[:_READ]


def _candidate(proposal: Proposal) -> Candidate:
    place = getattr(proposal, "topic_place", None)
    counts = reactions_of(proposal)
    nearness = place.nearness if place else 0.0
    return Candidate(proposal.pk, counts.likes, counts.mixed, counts.dislikes, nearness=nearness)


def material_of(challenge: Challenge) -> Material:
    proposals = counted().filter(challenge=challenge).exclude(topic_place__is_excluded=True)
    found = {
        each.pk: each
        for each in proposals.select_related("author", "topic_place").without_texts().order_by("submitted_at", "pk")
    }
    topics = {each.pk: each for each in Topic.objects.filter(challenge=challenge).order_by("pk")}
    material = Material(challenge, found, topics)
    _gather_people(material)
    return material


def _gather_people(material: Material) -> None:
    for pk, proposal in material.proposals.items():
        if who := proposal.author_id or proposal.imported_author:
            material.authors[pk].add(who)
    beside = Authorship.objects.filter(proposal__in=material.proposals, role=AuthorshipRole.CO_AUTHOR)
    for pk, user in beside.order_by("pk").values_list("proposal_id", "user_id"):
        material.authors[pk].add(user)
    # Those whose proposal was brought together with others are summarised in the collective one.
    merged = Proposal.objects.published().filter(merged_into__in=material.proposals).order_by("pk")
    for pk, user, name in merged.values_list("merged_into_id", "author_id", "imported_author"):
        if who := user or name:
            material.authors[pk].add(who)
    said = Argument.objects.filter(proposal__in=material.proposals, status=Status.PUBLISHED).order_by("pk")
    fields = ("proposal_id", "pk", "stance", "useful_count", "imported_votes", "author_id", "imported_author")
    for proposal, pk, stance, useful, votes, user, name in said.values_list(*fields):
        material.arguments[proposal].append(Said(pk, stance, useful + votes, user or name or None))


def arguments_to_choose(material: Material, proposals: Collection[int]) -> dict[tuple[int, str], list[Argument]]:
    """Of these proposals, side by side: what may be quoted, best first. One query."""
    sides = (Stance.FOR, Stance.AGAINST)
    wanted = [said.pk for pk in proposals for side in sides for said in material.most_useful(pk, side)]
    found: dict[tuple[int, str], list[Argument]] = defaultdict(list)
    for argument in Argument.objects.filter(pk__in=wanted).select_related("author").order_by("pk"):
        found[argument.proposal_id, argument.stance].append(argument)
    return {key: best_first(each) for key, each in found.items()}


def quoted_people(material: Material, slots: Iterable[dict[str, object]]) -> Counter[Person]:
    """How often each person is quoted: by the title of what they proposed, or by an argument."""
    found: Counter[Person] = Counter()
    for slot in slots:
        proposal = slot["proposal"]
        found.update(material.authors.get(proposal, ()))  # type: ignore[call-overload]
        quoted = {slot["pro"], slot["con"]}
        said = material.arguments.get(proposal, ())  # type: ignore[call-overload]
        found.update(each.author for each in said if each.pk in quoted and each.author)
    return found
