"""What becomes of what was given on paper, told on the page that its receipt opens."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from common.limits import consume
from consultations.framing.enums import ModeratedBy
from consultations.framing.models import Consultation
from consultations.offline import codes
from consultations.offline.limits import RECEIPTS_UNKNOWN, RECEIPTS_UNKNOWN_BY_RANGE
from consultations.offline.resident import receipts
from consultations.participation.enums import Status
from consultations.participation.models import Argument, Proposal
from tenants.models import Municipality
from tests.accounts.factories import UserFactory
from tests.moderation.factories import decided, reported
from tests.offline.factories import entered
from tests.outcomes.factories import REASONS, published_answer
from tests.participation.factories import ProposalFactory, merge


@pytest.fixture
def resident(visit: Callable[..., Client], in_saran: Municipality) -> Client:
    return visit(in_saran, stays=True)


def opened(resident: Client, code: str) -> str:
    assert resident.post("/recu/", {"code": code}).status_code == 302
    return resident.get("/recu/suivi/").content.decode()


def test_the_answer_of_the_city_stands_there(resident: Client) -> None:
    made = entered()
    assert "Vasseur" not in opened(resident, made.code)
    published_answer(proposal=Proposal.objects.get(), reasons=REASONS)
    page = opened(resident, made.code)
    for said in (REASONS.split(". ")[0], "Hélène Vasseur", "Retenue avec adaptation"):
        assert said in page


def test_an_argument_has_what_its_authors_and_the_city_answer(resident: Client) -> None:
    proposal = ProposalFactory(title="Un four à pain au jardin")
    made = entered(kind="ARGUMENT", about=proposal.pk, stance="FOR", solution="Mon voisin le dit aussi.")
    page = opened(resident, made.code)
    assert "Un four à pain au jardin" in page
    assert "n’ont pas encore dit" in page
    Argument.objects.update(verdict="NOT_TAKEN", verdict_reason="Le jardin est trop petit.", verdict_at=timezone.now())
    published_answer(proposal=proposal)
    page = opened(resident, made.code)
    for said in ("Non repris", "Le jardin est trop petit.", "Hélène Vasseur"):
        assert said in page
    Argument.objects.update(verdict_hidden=True)
    Proposal.objects.update(status=Status.HIDDEN)
    page = opened(resident, made.code)
    for hidden in ("Le jardin est trop petit.", "Un four à pain au jardin", "Hélène Vasseur"):
        assert hidden not in page


def test_part_of_a_collective_one_it_leads_there(resident: Client) -> None:
    made = entered()
    collective = merge(2).proposal
    Proposal.objects.filter(pk=made.entry.proposal_id).update(merged_into=collective)
    assert collective.get_absolute_url() in opened(resident, made.code)


def test_what_moderation_has_hidden_says_by_which_rule(resident: Client) -> None:
    Consultation.objects.update(moderated_by=ModeratedBy.MODERATORS)
    made = entered()
    decision = decided(reported(Proposal.objects.get()))
    page = opened(resident, made.code)
    assert decision.reference in page
    assert "écrivez à la collectivité" in page


def test_what_a_receipt_has_opened_shuts_by_itself(resident: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    made = entered()
    monkeypatch.setattr(receipts, "_OPEN", timedelta(seconds=-1))
    resident.post("/recu/", {"code": made.code})
    assert resident.get("/recu/suivi/").headers["Location"] == "/recu/"
    assert resident.post("/recu/effacer/").headers["Location"] == "/recu/"
    assert Proposal.objects.exists()


def test_whose_name_will_stand_below_it_is_said_before(in_saran: Municipality, visit: Callable[..., Client]) -> None:
    made = entered()
    assert 'href="/connexion/?next=/recu/suivi/"' in opened(visit(in_saran, stays=True), made.code)
    page = opened(visit(in_saran, UserFactory(public_name="Ann Phone"), stays=True), made.code)
    assert "elle porte pour tout le monde votre nom public, Ann Phone" in page


def test_all_of_a_city_are_not_tried_out_from_many_networks(resident: Client, in_saran: Municipality) -> None:
    made, (rate,) = entered(), RECEIPTS_UNKNOWN.rates
    for _unused in range(rate.amount):
        consume(RECEIPTS_UNKNOWN, key=in_saran.schema_name)
    assert resident.post("/recu/", {"code": made.code}).status_code == 429


def test_one_range_of_addresses_uses_up_its_own_tries_and_not_those_of_a_city(
    visit: Callable[..., Client], in_saran: Municipality
) -> None:
    """Whoever has a range of IPv6 has 65,536 networks: each may try thirty times, and all of them no more than one may."""
    made, (rate,) = entered(), RECEIPTS_UNKNOWN_BY_RANGE.rates
    networks = range(-(-rate.amount // 30))
    answers = [
        visit(in_saran, stays=True, REMOTE_ADDR=f"2001:db8:1:{number}::{host:x}").post("/recu/", {"code": codes.draw()})
        for number in networks
        for host in range(30)
    ]
    assert [each.status_code for each in answers].count(404) == rate.amount
    assert answers[-1].status_code == 429
    same = visit(in_saran, stays=True, REMOTE_ADDR="2001:db8:1:ffff::1")
    assert same.post("/recu/", {"code": made.code}).status_code == 429
    other = visit(in_saran, stays=True, REMOTE_ADDR="2001:db8:2::1")
    assert other.post("/recu/", {"code": made.code}).status_code == 302


def test_of_one_network_all_addresses_are_counted_as_one(visit: Callable[..., Client], in_saran: Municipality) -> None:
    def tried(host: int) -> int:
        client = visit(in_saran, stays=True, REMOTE_ADDR=f"2001:db8:1:1::{host:x}")
        return client.post("/recu/", {"code": "2222"}).status_code

    answers = [tried(host) for host in range(31)]
    assert answers == [422] * 30 + [429]
