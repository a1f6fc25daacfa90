"""What becomes of what was given on paper, told on the page that its receipt opens."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from common.limits import consume
from consultations.framing.enums import ModeratedBy
from consultations.framing.models import Consultation
from consultations.offline import codes
from consultations.offline.limits import RECEIPTS_UNKNOWN, RECEIPTS_UNKNOWN_BY_RANGE
from consultations.offline.models import Entry
from consultations.offline.resident import receipts
from consultations.offline.services import own
from consultations.participation.enums import Status
from consultations.participation.models import Argument, Authorship, Proposal
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


def test_too_many_receipts_are_told_when_to_try_again_and_nothing_else(resident: Client) -> None:
    """Nothing would have been recorded, and a receipt is no text to copy."""
    for _unused in range(30):
        resident.post("/recu/", {"code": "2222 2222"})
    answer = resident.post("/recu/", {"code": "2222 2222"})
    page = answer.content.decode()
    assert answer.status_code == 429
    assert "Réessayez dans" in page
    for wrong in ("Rien n’a été enregistré", "Votre texte", "2222"):
        assert wrong not in page


WORDS = {"title": "Des arbres rue de la gare", "solution": "Planter des tilleuls tout le long de la rue de la gare."}


def attached(**given: object) -> tuple[str, User]:
    """A sheet without problem or benefit; whoever attached it to their account."""
    made, user = entered(**given), UserFactory()
    own.bind(entry=made.entry, user=user, at=timezone.now())
    return made.code, user


def test_attached_it_is_corrected_and_erased_as_before_by_whoever_has_the_account(
    visit: Callable[..., Client], in_saran: Municipality
) -> None:
    code, user = attached()
    theirs = visit(in_saran, user, stays=True)
    page = opened(theirs, code)
    for said in ("Elle est rattachée à votre compte", "/recu/corriger/", "/recu/effacer/"):
        assert said in page
    assert "/recu/rattacher/" not in page
    Proposal.objects.update(submitted_at=timezone.now() - timedelta(hours=1))
    assert theirs.post("/recu/corriger/", WORDS).headers["Location"] == "/recu/suivi/"
    proposal = Proposal.objects.get()
    assert (proposal.solution, proposal.author, proposal.version) == (WORDS["solution"], user, 2)
    assert proposal.versions.get(number=2).made_by == user
    assert theirs.post("/recu/effacer/").headers["Location"] == "/recu/"
    assert not Proposal.objects.exists()
    assert Entry.objects.get().state == "ERASED"


def test_attached_nobody_else_corrects_or_erases_it_by_its_receipt(
    visit: Callable[..., Client], in_saran: Municipality
) -> None:
    code, _user = attached()
    for other in (None, UserFactory()):
        client = visit(in_saran, other, stays=True) if other else visit(in_saran, stays=True)
        page = opened(client, code)
        assert "/recu/corriger/" not in page
        assert "/recu/effacer/" not in page
        assert ("/connexion/?next=/recu/suivi/" in page) is (other is None)
        assert client.post("/recu/corriger/", WORDS).status_code == 422
        client.post("/recu/effacer/")
    assert Proposal.objects.get().version == 1


def test_erased_where_others_have_answered_it_is_nobodys(visit: Callable[..., Client], in_saran: Municipality) -> None:
    code, user = attached()
    Argument.objects.create(proposal=Proposal.objects.get(), author=UserFactory(), stance="FOR", text="Bonne idée.")
    theirs = visit(in_saran, user, stays=True)
    opened(theirs, code)
    theirs.post("/recu/effacer/")
    proposal = Proposal.objects.get()
    assert (proposal.status, proposal.author, proposal.solution) == (Status.REMOVED, None, "")


def test_what_several_wrote_is_not_erased_by_one(visit: Callable[..., Client], in_saran: Municipality) -> None:
    code, user = attached()
    Authorship.objects.create(proposal=Proposal.objects.get(), user=UserFactory(), role="CO_AUTHOR")
    theirs = visit(in_saran, user, stays=True)
    opened(theirs, code)
    assert theirs.post("/recu/effacer/").headers["Location"] == "/recu/suivi/"
    assert Proposal.objects.get().status == Status.PUBLISHED


def test_its_author_is_asked_for_no_more_than_the_sheet_had(
    visit: Callable[..., Client], in_saran: Municipality
) -> None:
    _code, user = attached(problem="Il fait trop chaud en été, on ne marche plus.")
    proposal, theirs = Proposal.objects.get(), visit(in_saran, user, stays=True)
    address = f"{proposal.get_absolute_url()}corriger/"
    problem = {"problem": "Il fait trop chaud en été, personne n’y marche plus."}
    assert theirs.post(address, WORDS).status_code == 422
    assert theirs.post(address, WORDS | problem | {"benefit": ""}).status_code == 302
    proposal.refresh_from_db()
    assert (proposal.solution, proposal.problem, proposal.benefit) == (WORDS["solution"], problem["problem"], "")
