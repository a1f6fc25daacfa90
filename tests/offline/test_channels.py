"""How contributions came is told wherever they are told by origin: lists, spreadsheets, figures, results, open data, API."""

import re
from collections import Counter
from pathlib import Path

from consultations.analysis.models import DayFigures
from consultations.analysis.services.day_figures import count_days
from consultations.framing.models import Consultation
from consultations.opendata.names import Names
from consultations.outcomes.selectors.participants import participants_of
from consultations.participation.api.serializers import ArgumentGiven, ProposalGiven
from consultations.participation.enums import OFFLINE, Channel, ContributionKind
from consultations.participation.models import Argument, Proposal
from consultations.participation.opendata import _channel
from consultations.participation.selectors.contributions import Sift, narrowed
from consultations.participation.selectors.given import given_arguments, given_proposals
from consultations.participation.selectors.sheet import sheet_rows
from tenants.models import Municipality
from tests.offline.factories import entered
from tests.participation.factories import ProposalFactory

ROOT = Path(__file__).parents[2]


def some() -> None:
    """Of each channel one proposal; and an argument by telephone."""
    ProposalFactory()
    ProposalFactory(author=None, imported_author="Ailleurs", import_ref="ailleurs-1")
    for channel in OFFLINE:
        entered(channel=channel, solution=f"Planter des arbres, dit par {channel.value}.")
    about = Proposal.objects.order_by("pk")[0].pk
    entered(kind="ARGUMENT", channel="PHONE", about=about, stance="FOR", solution="Mon voisin le dit aussi.")


def test_each_channel_is_told_wherever_contributions_are_told_by_it(in_saran: Municipality) -> None:
    some()
    assert {each.channel for each in Proposal.objects.all()} == set(Channel)
    count_days()
    days = Counter(DayFigures.objects.values_list("channel", flat=True))
    assert set(days) == set(Channel.values)
    assert sum(DayFigures.objects.filter(channel="PHONE").values_list("arguments", flat=True)) == 1
    for channel in Channel:
        assert narrowed(ContributionKind.PROPOSAL, Sift(channel=channel)).count() == 1
    labels = {str(each.label) for each in Channel}
    told = {cell for row in sheet_rows(Sift()) for cell in row if cell in labels}
    assert told == labels
    names = Names(b"key", consultation=1, url="https://saran.example")
    assert {_channel(each, names) for each in Proposal.objects.all()} == labels
    assert {ProposalGiven(each).data["channel"] for each in given_proposals()} == set(Channel.values)
    assert [ArgumentGiven(each).data["channel"] for each in given_arguments()] == ["PHONE"]
    assert Argument.objects.get().channel == Channel.PHONE


def test_persons_are_counted_by_the_channel_through_which_they_came(in_saran: Municipality) -> None:
    for number in range(6):
        ProposalFactory()
        entered(solution=f"Planter des arbres, feuille {number}.")  # without a name: a person of its own
    people = participants_of(Consultation.objects.get(is_current=True))
    assert people.total == 12
    assert {part.label: part.count for part in people.channels} == {
        str(Channel.SITE.label): 6,
        str(Channel.PAPER.label): 6,
    }


def test_nothing_decides_by_itself_how_a_contribution_came() -> None:
    """Whoever tells an origin asks `channel`, PEOPLE_IN_SQL or of_channel: two of them alone would leave out the others."""
    alone = re.compile(
        r"Channel\.(SITE|IMPORT)\b[^\n]*import_ref|import_ref[^\n]*Channel\.(SITE|IMPORT)\b|'IMPORT' ELSE 'SITE'|'SITE' ELSE 'IMPORT'"
    )
    found = [
        str(path.relative_to(ROOT))
        for path in (ROOT / "consultations").rglob("*.py")
        if "migrations" not in path.parts and path.name != "proposals.py" and alone.search(path.read_text())
    ]
    assert not found
