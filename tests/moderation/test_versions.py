"""What stands in an earlier version alone, or in what a version says of itself, is public: it is moderated like the rest."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from common.text import BLANK
from consultations.cocreation.models import MergeRequest
from consultations.cocreation.services.merging import undo_merge
from consultations.cocreation.services.rework import publish_version
from consultations.moderation.enums import Act, Kind
from consultations.moderation.models import Case, Evidence, Flag
from consultations.moderation.services.deciding import announce_decision
from consultations.moderation.services.reporting import report
from consultations.moderation.services.screening import screen
from consultations.participation.models import Argument, Proposal, ProposalVersion
from tenants.models import Municipality
from tests.moderation.conftest import CityClient
from tests.moderation.factories import decided, moderator, reported
from tests.moderation.test_screening import FREE, flagged, work
from tests.participation.factories import ArgumentFactory, ProposalFactory, VersionedProposalFactory, merge

pytestmark = pytest.mark.usefixtures("in_saran")

Visit = Callable[..., Client]
PHONE = "02 38 80 12 34"
NOTE = f"J’ai retiré le numéro de ma voisine, {PHONE}, qui ne voulait plus l’y voir."


def rewritten(first: str = f"Appelez ma voisine au {PHONE}, elle le dira le soir.", note: str = "") -> Proposal:
    """Its first version said more than the present one."""
    proposal: Proposal = VersionedProposalFactory(solution=f"{first} {FREE}")
    publish_version(
        proposal=proposal,
        by=proposal.author,
        texts={**proposal.texts, "solution": f"{FREE} {FREE}"},
        note=note or "Je suis plus bref.",
        base_version=1,
        at=timezone.now(),
    )
    return Proposal.objects.get(pk=proposal.pk)


def notes() -> list[str]:
    return list(ProposalVersion.objects.order_by("number").values_list("note", flat=True))


def test_the_filter_points_at_the_note_and_at_what_an_earlier_version_still_says() -> None:
    proposal = rewritten(note=NOTE)
    work()
    assert flagged() == [(Kind.PROPOSAL, proposal.pk, "PHONE")] * 2
    assert sorted(Flag.objects.values_list("part", flat=True)) == ["1.solution", "note"]


def test_the_moderator_reads_it_with_a_link_and_hides_it_everywhere(visit: Visit, in_saran: Municipality) -> None:
    proposal = rewritten(note=NOTE)
    work()
    case = Case.objects.get()
    desk = visit(in_saran, moderator(), stays=True)
    page = desk.get(f"/gestion/moderation/{case.pk}/")
    shown = page.content.decode()
    assert "Appelez ma voisine au" in shown
    assert "Ce qui change, dans les mots des auteurs" in shown
    assert f'href="{proposal.get_absolute_url()}versions/?lire=1#version-1"' in shown
    assert [each.words for each in page.context["file"].passages] == [PHONE, PHONE]
    assert "Numéro de téléphone, version 1" in " ".join(shown.split())
    decision = decided(case, Act.REDACT, passages=[PHONE, "Appelez ma voisine"])
    announce_decision(decision_id=decision.pk)
    first = ProposalVersion.objects.get(number=1)
    assert first.solution.startswith(f"{BLANK} au {BLANK}, elle")
    assert notes() == ["", NOTE.replace(PHONE, BLANK)]
    everywhere = f"{proposal.get_absolute_url()}versions/?lire=1"
    for address in (proposal.get_absolute_url(), everywhere):
        assert PHONE not in visit(in_saran, None, stays=True).get(address).content.decode()
    own = visit(in_saran, proposal.author, stays=True).get(f"/moderation/decisions/{decision.pk}/").content.decode()
    assert f'<mark class="passage">{PHONE}</mark>' in own
    assert "Version 1, la solution" in own
    desk = visit(in_saran, moderator(), stays=True)
    assert "Appelez ma voisine au" in desk.get(f"/gestion/moderation/{case.pk}/").content.decode()  # as it was
    decided(case, Act.RESTORE)
    assert notes() == ["", NOTE]
    assert ProposalVersion.objects.get(number=1).solution.startswith("Appelez ma voisine")


def test_a_note_can_be_hidden_whole_and_alone(visit: Visit, in_saran: Municipality) -> None:
    note = "Première ligne, sur Mme Lefort.\n\nSeconde ligne, sur elle aussi."
    proposal = rewritten(note=note)
    case = reported(proposal)
    desk = visit(in_saran, moderator(), stays=True)
    page = f"/gestion/moderation/{case.pk}/"
    assert "Tout ce que la version 2 dit d’elle-même" in desk.get(page).content.decode()
    sent = {"decision": Act.REDACT, "ground": "PERSONAL", "seen": "0", "passage": [note.replace("\n", "\r\n")]}
    assert desk.post(page, sent).status_code == 302
    assert notes() == ["", BLANK]
    assert Proposal.objects.get().solution == proposal.solution


def test_each_version_is_reported_from_where_it_stands(client: CityClient) -> None:
    proposal = rewritten(note=NOTE)
    link = f"/signaler/proposition/{proposal.pk}/?version="
    versions = client.get(f"{proposal.get_absolute_url()}versions/").content.decode()
    assert all(f'href="{link}{number}"' in versions for number in (1, 2))
    assert f'href="{link}2"' in client.get(proposal.get_absolute_url()).content.decode()  # its note
    assert '<input type="hidden" name="version" value="1">' in client.get(f"{link}1").content.decode()
    second = client.get(f"{link}1&raison=PERSONAL").content.decode()
    assert "Version 1\N{NO-BREAK SPACE}:" in second.partition("<textarea")[2].partition("</textarea>")[0]
    assert "Version" not in client.get(f"{link}2&raison=PERSONAL").content.decode().partition("<textarea")[2][:200]
    assert client.get(f"{link}abc&raison=PERSONAL").status_code == 200


def test_evidence_has_what_the_law_forbids_in_an_earlier_version() -> None:
    proposal = rewritten()
    decided(reported(proposal), Act.REDACT, ground="THREAT", passages=[PHONE])
    assert PHONE in Evidence.objects.get().content["texts"]["1.solution"]


def test_a_case_costs_the_same_with_two_versions_and_with_six(visit: Visit, in_saran: Municipality) -> None:
    from tests.participation.test_lists import queries

    desk: Any = visit(in_saran, moderator(), stays=True)

    def spent(proposal: Proposal) -> int:
        address = f"/gestion/moderation/{reported(proposal).pk}/"
        desk.get(address)
        return queries(desk, address)

    few, many = rewritten(), rewritten()
    for number in range(3, 7):
        texts = {**many.texts, "solution": f"{FREE} {number}"}
        ProposalVersion.objects.create(proposal=many, number=number, note=f"{FREE} {number}", **texts)
    Proposal.objects.filter(pk=many.pk).update(version=6)
    assert spent(few) == spent(many)


# ── What else is public ───────────────────────────────────────────────────────


def test_where_a_proposal_is_about_is_read_and_hidden_too() -> None:
    proposal = ProposalFactory(neighbourhood="Rue du connard Lefort")
    screen(kind=Kind.PROPOSAL, pk=proposal.pk, at=timezone.now())
    assert list(Flag.objects.values_list("part", "kind")) == [("place", "INSULT")]
    decided(reported(proposal), Act.REDACT, passages=["connard Lefort"])
    assert Proposal.objects.get().neighbourhood == f"Rue du {BLANK}"


def test_an_address_given_as_a_source_is_read_and_taken_out_whole() -> None:
    argument = ArgumentFactory(source_url="https://bit.ly/3xyz", source_title="")
    screen(kind=Kind.ARGUMENT, pk=argument.pk, at=timezone.now())
    assert list(Flag.objects.values_list("part", flat=True)) == ["address"]
    case = reported(argument)
    decided(case, Act.REDACT, passages=["bit.ly/3xyz"])
    assert Argument.objects.get().source_url == ""
    decided(case, Act.RESTORE)
    assert Argument.objects.get().source_url == "https://bit.ly/3xyz"


def test_why_a_collective_proposal_was_undone_is_reported_with_it_and_hidden() -> None:
    formed = merge(2)
    reason = "Mme Lefort, du douze, ne veut plus de nous."
    undo_merge(merge_request=formed, actor=formed.started_by, reason=reason, at=timezone.now())
    made = report(kind=Kind.PROPOSAL, pk=formed.proposal_id or 0, reason="PERSONAL", at=timezone.now())
    decided(Case.objects.get(pk=made.case_id), Act.REDACT, passages=["Mme Lefort"])
    assert MergeRequest.objects.get().ended_reason == reason.replace("Mme Lefort", BLANK)
