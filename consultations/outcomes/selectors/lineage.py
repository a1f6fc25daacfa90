"""Where a project comes from: the answer, the proposals, their versions, the arguments taken up, and who gave them."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from django.db.models import Q

from accounts.models import signed_name
from common.text import shortened
from consultations.cocreation.models import MergeRequest
from consultations.cocreation.selectors.versions import THANKED
from consultations.outcomes.models import Answer, AnswerVersion, Project, ProjectSource
from consultations.participation.enums import AuthorshipRole, Status
from consultations.participation.models import BEYOND_TITLE, Argument, Authorship, Proposal

_QUOTED = 140  # letters of an argument


@dataclass(frozen=True)
class Taken:
    """An argument that was taken up."""

    argument: Argument
    name: str

    @property
    def words(self) -> str:
        return shortened(self.argument.text, _QUOTED)


@dataclass
class Root:
    """A proposal, with its arguments and who is named for it. A collective one has those that it brings together."""

    proposal: Proposal
    authors: list[str] = field(default_factory=list)
    taken: list[Taken] = field(default_factory=list)
    argument_count: int = 0
    roots: "list[Root]" = field(default_factory=list)
    answer: AnswerVersion | None = None
    merged: MergeRequest | None = None

    @property
    def title(self) -> str:
        """The one that was answered."""
        return self.answer.proposal_title if self.answer else self.proposal.title

    @property
    def leaves(self) -> "list[Root]":
        """The proposals at its end."""
        return self.roots or [self]

    @property
    def thanked(self) -> list[str]:
        """Whose arguments it took up, once each."""
        return list(dict.fromkeys(each.name for each in self.taken if each.name))


@dataclass(frozen=True)
class Lineage:
    """`removed`: its proposals that have lost their words; `unseen`: how many are hidden, or undone, by now."""

    project: Project
    roots: list[Root]
    removed: list[Proposal]
    unseen: int

    @property
    def leaves(self) -> list[Root]:
        return [leaf for root in self.roots for leaf in root.leaves]

    @property
    def collectives(self) -> list[Root]:
        return [root for root in self.roots if root.roots]

    @property
    def answers(self) -> list[tuple[Root, AnswerVersion]]:
        return [(root, root.answer) for root in self.roots if root.answer is not None]

    @property
    def argument_count(self) -> int:
        return sum(each.argument_count for each in self._every())

    @property
    def taken_count(self) -> int:
        return sum(len(each.taken) for each in self._every())

    @property
    def thanked(self) -> list[str]:
        """Authors first, then whose arguments were taken up; once each."""
        authors = [name for each in self._every() for name in each.authors]
        return list(dict.fromkeys([*authors, *(name for each in self._every() for name in each.thanked)]))

    def _every(self) -> Iterator[Root]:
        for root in self.roots:
            yield root
            yield from root.roots


def lineage_of(project: Project) -> Lineage:
    """In five queries, however many proposals and arguments there are."""
    own = set(ProjectSource.objects.filter(project=project).values_list("proposal_id", flat=True))
    every = list(
        Proposal.objects.filter(Q(pk__in=own) | Q(merged_into__in=own))
        .select_related("author", "challenge")
        .defer(*BEYOND_TITLE)
        .order_by("submitted_at", "pk")
    )
    found = {each.pk: Root(each) for each in every if each.status == Status.PUBLISHED}
    _name_authors(found)
    _count_arguments(found)
    _answer(found, own)
    for root in found.values():
        parent = found.get(root.proposal.merged_into_id or 0)
        if parent is not None and root.proposal.pk not in own:
            parent.roots.append(root)
    for each in MergeRequest.objects.filter(proposal__in=own).only("proposal_id", "formed_at"):
        if each.proposal_id in found:
            found[each.proposal_id].merged = each
    sources = [each for each in every if each.pk in own]
    removed = [each for each in sources if each.status == Status.REMOVED]
    roots = [found[each.pk] for each in sources if each.pk in found]
    return Lineage(project, roots, removed, len(sources) - len(roots) - len(removed))


def _name_authors(found: dict[int, Root]) -> None:
    co_authors = defaultdict(list)
    hands = Authorship.objects.in_office().filter(proposal__in=found, role=AuthorshipRole.CO_AUTHOR)
    for hand in hands.select_related("user").order_by("since", "pk"):
        co_authors[hand.proposal_id].append(signed_name(hand.user.public_name, hand.user.role))
    for pk, root in found.items():
        names = dict.fromkeys([_public_name(root.proposal), *co_authors[pk]])
        root.authors = [name for name in names if name]


def _public_name(said: Proposal | Argument) -> str:
    """Empty for whoever has none, or has left."""
    if said.author is not None:
        return signed_name(said.author.public_name, said.author.role) if said.author.public_name else ""
    return said.imported_author


def _count_arguments(found: dict[int, Root]) -> None:
    given = Argument.objects.filter(proposal__in=found, status=Status.PUBLISHED).select_related("author")
    shown = ("proposal_id", "stance", "verdict", "text", "imported_author", "author__public_name", "author__role")
    for argument in given.only(*shown).order_by("-useful_count", "submitted_at", "pk"):
        root = found[argument.proposal_id]
        root.argument_count += 1
        if argument.verdict in THANKED:
            argument.proposal = root.proposal
            name = _public_name(argument) if argument.author_id != root.proposal.author_id else ""
            root.taken.append(Taken(argument, name))


def _answer(found: dict[int, Root], own: Iterable[int]) -> None:
    answers = Answer.objects.filter(proposal__in=own, current__is_hidden=False).select_related("current")
    for answer in answers.order_by("pk"):
        if answer.proposal_id in found and answer.current:
            found[answer.proposal_id].answer = answer.current
            answer.current.answer = answer
