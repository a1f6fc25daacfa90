"""What is open of votes (consultations.opendata): what the page of a result shows. The ballots, where they are
published, have addresses of their own, as do the rounds of the count and the receipts.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from consultations.framing.models import Consultation
from consultations.opendata.names import Names
from consultations.opendata.registry import Column, Elsewhere, Kind, named, opens, opens_elsewhere
from consultations.participation.enums import Status
from consultations.voting.enums import Method
from consultations.voting.models import Item, Vote


def _counted(consultation: Consultation) -> Any:
    return consultation.votes.filter(counted_at__isnull=False, tally__isnull=False)


def _voices(each: Item, names: Names) -> int | None:
    if not each.vote.tally.shows_counts:
        return None
    found: int | None = each.vote.tally.result["votes"].get(str(each.number))
    return found


def _is_chosen(each: Item, names: Names) -> bool | None:
    """Nothing is where voices only rank."""
    if each.vote.method == Method.CHOICES and each.vote.seats is None:
        return None
    return str(each.number) in {step["project"] for step in each.vote.tally.result["count"]["steps"]}


def _proposal(each: Item, names: Names) -> str | None:
    is_public = each.proposal is not None and each.proposal.status == Status.PUBLISHED
    return names.of("propositions", each.proposal_id) if is_public else None


def _project(each: Item, names: Names) -> str | None:
    is_public = each.project is not None and each.project.published_at is not None
    return names.of("projets", each.project_id) if is_public else None


@opens(
    "votes",
    _("Results of votes"),
    _("What was put to each vote that is over, and how many voices each thing had."),
    order=90,
    columns=(
        named("votes"),
        Column("vote", "vote.number", _("which vote of the consultation"), Kind.NUMBER, required=True),
        Column("titre_du_vote", "vote.title", _("the title of the vote"), required=True),
        Column("methode", "vote.method", _("how people chose, and how it was counted"), codes=Method, required=True),
        Column("quartier_du_vote", "vote.neighbourhood", _("whose vote it is; empty: of the whole territory")),
        Column("budget", "vote.budget", _("the amount to spend, in whole euros"), Kind.NUMBER),
        Column("ouvert_le", "vote.opens_at", _("when the vote opened"), Kind.MOMENT, required=True),
        Column("clos_le", "vote.closes_at", _("when the vote closed"), Kind.MOMENT, required=True),
        Column("bulletins_en_ligne", "vote.tally.online", _("ballots given on the site"), Kind.NUMBER, required=True),
        Column("bulletins_papier", "vote.tally.paper", _("ballots entered from paper"), Kind.NUMBER, required=True),
        Column(
            "numero", "number", _("what one could choose, by its number in the ballots"), Kind.NUMBER, required=True
        ),
        Column("titre", "title", _("what one could choose"), required=True),
        Column("cout", "cost", _("what it costs, in whole euros"), Kind.NUMBER),
        Column("quartier", "neighbourhood", _("the part of town that it is about")),
        Column("proposition", _proposal, _("the proposal that it is"), of="propositions"),
        Column("projet", _project, _("the project that it is"), of="projets"),
        Column("voix", _voices, _("how many voices it had"), Kind.NUMBER),
        Column("choisi", _is_chosen, _("whether the count took it"), Kind.FLAG),
        Column("retire_le", "withdrawn_at", _("when it was withdrawn from the vote"), Kind.MOMENT),
    ),
)
def items(consultation: Consultation) -> Iterable[Item]:
    found = Item.objects.filter(vote__in=_counted(consultation).values("pk"))
    found = found.select_related("vote__tally", "proposal", "project").order_by("vote__number", "number")
    return found.defer("vote__tally__file", "vote__tally__receipts", "proposal__search")


@opens_elsewhere
def files(consultations: Sequence[Consultation]) -> Iterator[Elsewhere]:
    found = Vote.objects.filter(consultation__in=consultations, counted_at__isnull=False, tally__isnull=False)
    found = found.select_related("consultation", "tally").defer("tally__file", "tally__result", "tally__receipts")
    for vote in found.order_by("consultation", "number"):
        yield from _of_vote(vote)


def _of_vote(vote: Vote) -> Iterator[Elsewhere]:
    one, said = [vote.consultation.slug, vote.number], {"title": vote.title}

    def file(title: str, url: str, media_type: str) -> Elsewhere:
        return Elsewhere(vote.consultation_id, title % said, url, media_type, vote.counted_at)

    if vote.tally.is_published:
        is_csv = vote.method == Method.CHOICES
        url = reverse("vote_ballots", args=[*one, "csv" if is_csv else "pb"])
        yield file(
            gettext("Ballots without a name of the vote “%(title)s”"), url, "text/csv" if is_csv else "text/plain"
        )
    if vote.tally.shows_counts:
        steps = reverse("vote_steps", args=one)
        yield file(gettext("The count of the vote “%(title)s”, round by round"), steps, "text/csv")
    receipts = reverse("vote_receipts", args=one)
    yield file(gettext("Receipts of the vote “%(title)s”"), receipts, "text/plain")
