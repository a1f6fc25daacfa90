"""A service gives its opinion on the proposals on which it is asked, and sees nothing else."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.enums import Role
from accounts.models import User
from common.assigned import assigned_to, let_go
from common.meanwhile import ChangedMeanwhile
from consultations.framing.models import Consultation
from consultations.outcomes.enums import AnswerState, Stance
from consultations.outcomes.euros import AmountRefused
from consultations.outcomes.models import Answer, Opinion
from consultations.outcomes.selectors.council_tables import opinions_rows
from consultations.outcomes.services.opinions import ask_opinions, give_opinion, remind, take_back_request
from consultations.outcomes.services.refusals import (
    AskedAlready,
    DayPassed,
    NewVersion,
    NoLongerTheirs,
    NotAble,
    NotAnswerable,
    NothingPrepared,
    OpinionSettled,
    RemindedToday,
)
from consultations.participation.enums import Status
from consultations.participation.models import Proposal
from notifications.models import Notice
from tenants.models import Municipality
from tests.accounts.factories import UserFactory
from tests.outcomes.factories import AnswerFactory, OpinionFactory, published_answer, tell
from tests.participation.factories import ProposalFactory
from tests.support.pages import error_codes, says

ASK = "/gestion/consultations/territoires-resilients/reponses/demander-un-avis/"
WORDS = "Le réseau d’eau passe sous la place. L’hiver, il faut couper."


@pytest.fixture
def consultation(in_saran: Municipality) -> Consultation:
    return Consultation.objects.get()


@pytest.fixture
def service(in_saran: Municipality) -> User:
    return UserFactory(role=Role.SERVICE, public_name="Paul Tessier", function="Espaces verts")  # type: ignore[return-value]


def facilitator() -> User:
    return UserFactory(role=Role.FACILITATOR)  # type: ignore[return-value]


def ask(consultation: Consultation, service: User, *proposals: Proposal, **kwargs: Any) -> list[Opinion]:
    said: dict[str, Any] = {"question": "Combien cela coûte ?", "actor": facilitator(), "at": timezone.now(), **kwargs}
    return ask_opinions(
        consultation=consultation, proposals=[each.pk for each in proposals], service_id=service.pk, **said
    )


def give(opinion: Opinion, **kwargs: Any) -> Opinion:
    said: dict[str, Any] = {"stance": Stance.CONDITIONAL, "words": WORDS, "cost": 4200, "revision": opinion.revision}
    actor = kwargs.pop("actor", opinion.service)
    return give_opinion(opinion=opinion, actor=actor, at=timezone.now(), **{**said, **kwargs})


# ── Asking ───────────────────────────────────────────────────────────────────


def test_a_service_is_asked_about_several_and_told_once(consultation: Consultation, service: User) -> None:
    proposals = ProposalFactory.create_batch(3)
    assert len(ask(consultation, service, *proposals[:2])) == 2
    assert len(ask(consultation, service, *proposals)) == 1
    with pytest.raises(AskedAlready):
        ask(consultation, service, *proposals)
    assert Opinion.objects.first().service_name == "Espaces verts"  # type: ignore[union-attr]
    tell()
    notice = Notice.objects.get()
    assert (notice.user, notice.type, notice.count) == (service, "OPINION_ASKED", 3)


def test_who_cannot_be_asked_and_what_cannot_be_answered_is_refused(consultation: Consultation, service: User) -> None:
    proposal = ProposalFactory()
    with pytest.raises(NotAble):
        ask(consultation, UserFactory(role=Role.MODERATOR), proposal)
    with pytest.raises(NoLongerTheirs):
        ask(consultation, service, proposal, actor=service)
    with pytest.raises(DayPassed):
        ask(consultation, service, proposal, due_on=timezone.localdate() - timedelta(days=1))
    with pytest.raises(NotAnswerable):
        ask(consultation, service, ProposalFactory(status=Status.HIDDEN))


@pytest.mark.parametrize("make", [published_answer, lambda: AnswerFactory(to_sign=True)])
def test_nobody_is_asked_about_what_is_answered_as_long_as_no_correction_is_begun(
    consultation: Consultation,
    service: User,
    visit: Callable[..., Client],
    in_saran: Municipality,
    make: Callable[[], Answer],
) -> None:
    answer, other = make(), ProposalFactory()
    with pytest.raises(NothingPrepared):
        ask(consultation, service, answer.proposal)
    assert [each.answer.proposal_id for each in ask(consultation, service, answer.proposal, other)] == [other.pk]
    client, sent = visit(in_saran, facilitator(), stays=True), {"choix": answer.proposal_id, "service": service.pk}
    assert says(client.post(ASK, sent, follow=True), NothingPrepared)
    assert ASK not in client.get(ASK.replace("demander-un-avis", str(answer.proposal_id))).content.decode()
    Answer.objects.filter(pk=answer.pk).update(state=AnswerState.WRITING)
    assert ask(consultation, service, answer.proposal)


def test_a_reminder_once_a_day_and_a_request_taken_back(consultation: Consultation, service: User) -> None:
    opinion = OpinionFactory(service=service, asked_at=timezone.now() - timedelta(days=3))
    who: dict[str, Any] = {"consultation": consultation, "opinion": opinion, "actor": facilitator()}
    remind(at=timezone.now(), **who)
    with pytest.raises(RemindedToday):
        remind(at=timezone.now() + timedelta(hours=20), **who)
    take_back_request(at=timezone.now(), **who)
    with pytest.raises(OpinionSettled):
        remind(at=timezone.now() + timedelta(days=2), **who)
    assert assigned_to(service) == []


def test_once_the_answer_is_given_to_be_signed_nobody_is_reminded(
    consultation: Consultation, service: User, visit: Callable[..., Client], in_saran: Municipality
) -> None:
    opinion = OpinionFactory(service=service, asked_at=timezone.now() - timedelta(days=3), answer__to_sign=True)
    who: dict[str, Any] = {"consultation": consultation, "opinion": opinion, "actor": facilitator()}
    for late in (remind, take_back_request):
        with pytest.raises(OpinionSettled):
            late(at=timezone.now(), **who)
    desk = visit(in_saran, facilitator(), stays=True)
    answers = ASK.removesuffix("demander-un-avis/")
    page = desk.get(f"{answers}{opinion.answer.proposal_id}/").content.decode()
    assert "L’équipe n’attend plus cet avis" in page
    assert "Relancer" not in page


# ── Giving ───────────────────────────────────────────────────────────────────


def test_an_opinion_is_given_and_whoever_writes_is_told(consultation: Consultation, service: User) -> None:
    writer = facilitator()
    opinion = OpinionFactory(service=service, answer__writer=writer, asked_by=writer)
    assert give(opinion).cost == 4200
    tell()
    assert [(each.user, each.type) for each in Notice.objects.all()] == [(writer, "OPINION_GIVEN")]
    with pytest.raises(ChangedMeanwhile):
        give(opinion, words="Tout autre chose, dans un autre onglet.", revision=0)
    Answer.objects.update(state=AnswerState.TO_SIGN)
    with pytest.raises(OpinionSettled):
        give(opinion, words="Tout autre chose, trop tard.", revision=1)


def test_an_opinion_is_on_the_version_that_was_read_and_is_asked_for_anew_on_the_next(
    consultation: Consultation, service: User, visit: Callable[..., Client], in_saran: Municipality
) -> None:
    (opinion,) = ask(consultation, service, ProposalFactory())
    first, proposal = give(opinion, seen=1), opinion.answer.proposal
    assert first.proposal_version == 1
    with pytest.raises(AskedAlready):
        ask(consultation, service, proposal)
    Proposal.objects.filter(pk=proposal.pk).update(version=2)
    assert [each[2] for each in opinions_rows(consultation)] == ["Espaces verts, sur la version 1"]
    client = visit(in_saran, facilitator(), stays=True)
    page = client.get(ASK.replace("demander-un-avis", str(proposal.pk))).content.decode()
    assert "(sur la version 1)" in page
    (again,) = ask(consultation, service, proposal)
    assert again.pk != first.pk
    first.refresh_from_db()
    assert first.taken_back_at
    with pytest.raises(NewVersion):
        give(again, seen=1)
    assert give(again, seen=2).proposal_version == 2


def test_nobody_else_gives_it(consultation: Consultation, service: User) -> None:
    opinion = OpinionFactory(service=service)
    for person in (UserFactory(role=Role.SERVICE), facilitator()):
        with pytest.raises(NoLongerTheirs):
            give(opinion, actor=person)
    User.objects.filter(pk=service.pk).update(role=Role.MODERATOR)
    with pytest.raises(NoLongerTheirs):
        give(opinion)
    assert not Opinion.objects.exclude(words="").exists()


def test_a_billion_is_too_much_for_the_service_too(consultation: Consultation, service: User) -> None:
    for cost in (-1, 1_000_000_001):
        with pytest.raises(AmountRefused):
            give(OpinionFactory(service=service), cost=cost)


def test_what_is_hidden_meanwhile_needs_no_opinion(consultation: Consultation, service: User) -> None:
    opinion = OpinionFactory(service=service)
    Proposal.objects.update(status=Status.HIDDEN)
    with pytest.raises(NotAnswerable):
        give(opinion)


def test_with_the_role_goes_what_it_was_asked(consultation: Consultation, service: User) -> None:
    OpinionFactory(service=service)
    AnswerFactory(writer=service)
    service.role = Role.MODERATOR
    service.save()
    let_go(service)
    assert Opinion.objects.get().taken_back_at
    assert not Answer.objects.exclude(writer=None).exists()


# ── On its page ──────────────────────────────────────────────────────────────


def test_a_service_sees_what_it_is_asked_and_nothing_of_drafts_and_other_opinions(
    consultation: Consultation, service: User, visit: Callable[..., Client], in_saran: Municipality
) -> None:
    opinion = OpinionFactory(service=service, answer__reasons="Un brouillon que personne ne lit.")
    other = OpinionFactory(answer=opinion.answer, words="Nous sommes contre.", stance="UNFAVOURABLE")
    client = visit(in_saran, service, stays=True)
    page = client.get(f"/gestion/avis/{opinion.pk}/").content.decode()
    assert opinion.question in page
    assert opinion.answer.proposal.solution in page
    assert "brouillon que personne" not in page
    assert "Nous sommes contre." not in page
    assert opinion.answer.proposal.title in client.get("/gestion/avis/").content.decode()
    assert opinion.answer.proposal.title in client.get("/gestion/").content.decode()
    looked = [f"/gestion/avis/{other.pk}/", ASK, f"{ASK.replace('demander-un-avis/', '')}"]
    looked += [f"{looked[-1]}{opinion.answer.proposal_id}/", f"{looked[-1]}signer/", "/gestion/contributions/"]
    assert [client.get(path).status_code for path in looked] == [404] * len(looked)


def test_a_service_gives_its_opinion_without_a_second_factor(
    consultation: Consultation, service: User, visit: Callable[..., Client], in_saran: Municipality
) -> None:
    page = f"/gestion/avis/{OpinionFactory(service=service).pk}/"
    client = visit(in_saran, service, stays=True, second_factor=False)
    assert client.get("/gestion/avis/").status_code == 200
    assert client.post(page, {"stance": "FAVOURABLE", "words": WORDS, "revision": "0"}).status_code == 302
    assert Opinion.objects.get().words == WORDS


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({}, "L’équipe n’attend plus votre avis."),
        ({"stance": "FAVOURABLE", "words": WORDS, "given_at": timezone.now()}, "Votre avis ne peut plus être changé."),
    ],
)
def test_once_the_answer_is_given_to_be_signed_a_service_reads_that_its_opinion_is_no_longer_awaited(
    service: User, visit: Callable[..., Client], in_saran: Municipality, given: dict[str, Any], said: str
) -> None:
    opinion = OpinionFactory(service=service, answer__to_sign=True, **given)
    page = visit(in_saran, service, stays=True).get(f"/gestion/avis/{opinion.pk}/").content.decode()
    assert said in page
    assert "préparé" not in page


@pytest.mark.parametrize("end", [{"taken_back_at": timezone.now()}, {"answer__proposal__status": Status.HIDDEN}])
def test_what_is_no_longer_asked_is_no_page(
    service: User, visit: Callable[..., Client], in_saran: Municipality, end: dict[str, Any]
) -> None:
    opinion = OpinionFactory(service=service, **end)
    client = visit(in_saran, service, stays=True)
    assert client.get(f"/gestion/avis/{opinion.pk}/").status_code == 404
    assert opinion.answer.proposal.title not in client.get("/gestion/avis/").content.decode()


def test_an_amount_that_cannot_be_is_said_at_its_field_and_the_words_stay(
    consultation: Consultation, service: User, visit: Callable[..., Client], in_saran: Municipality
) -> None:
    page = f"/gestion/avis/{OpinionFactory(service=service).pk}/"
    client = visit(in_saran, service, stays=True)
    sent = {"stance": "CONDITIONAL", "words": WORDS, "revision": "0"}
    for typed in ("12,50", "-4", "1000000001", "beaucoup"):
        refused = client.post(page, sent | {"cost": typed})
        assert error_codes(refused, "cost") == ["amount_refused"]
        assert WORDS in refused.content.decode()
    assert client.post(page, sent | {"cost": "4 200 €"}).status_code == 302
    assert Opinion.objects.get().cost == 4200
    assert client.post(page, sent | {"cost": "", "words": f"{WORDS} Ou pas."}).status_code == 409


def test_a_facilitator_asks_reminds_and_takes_back_on_the_pages_of_the_desk(
    consultation: Consultation, service: User, visit: Callable[..., Client], in_saran: Municipality
) -> None:
    proposals = ProposalFactory.create_batch(2)
    client = visit(in_saran, facilitator(), stays=True)
    sent = {"choix": [each.pk for each in proposals], "service": service.pk, "question": "Combien cela coûte ?"}
    assert client.get(ASK, {"choix": proposals[0].pk}).status_code == 200
    assert client.post(ASK, sent).status_code == 302
    opinion = Opinion.objects.all()[0]
    page = f"{ASK.replace('demander-un-avis', 'avis')}{opinion.pk}/"
    assert client.post(page, {"do": "take-back"}).status_code == 302
    assert client.post(page, {"do": "remind"}).status_code == 302
    assert client.post(page, {"do": "x"}).status_code == 404
    opinion.refresh_from_db()
    assert (bool(opinion.taken_back_at), opinion.reminded_at) == (True, None)


def test_a_service_known_by_its_address_alone_is_given_a_name_that_everybody_reads(
    visit: Callable[..., Client], in_saran: Municipality
) -> None:
    nameless = UserFactory(
        role=Role.SERVICE, public_name="", function="", email="voirie@saran.example", last_login=timezone.now()
    )
    client, proposal = visit(in_saran, facilitator(), stays=True), ProposalFactory()
    form = {"choix": str(proposal.pk), "service": str(nameless.pk), "question": "Combien cela coûte ?", "due_on": ""}
    for name, code in (("", "service_unnamed"), ("www.voirie.example", "function_refused")):
        assert error_codes(client.post(ASK, {**form, "service_name": name}), "service_name") == [code]
    assert client.post(ASK, {**form, "service_name": "Voirie"}).status_code == 302
    assert Opinion.objects.get().service_name == "Voirie"
    page = client.get(f"{ASK}?choix={ProposalFactory().pk}").content.decode()
    assert ">Voirie</option>" in page
    assert "voirie@saran.example" not in page
    assert "De quel service" not in page
