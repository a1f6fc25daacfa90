"""An answer of the city is told to whom it matters, once; a changed one again; many at once in one notice."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from consultations.framing.models import Consultation
from consultations.outcomes.events import answer_published
from consultations.outcomes.models import Answer, AnswerVersion
from consultations.outcomes.services.assigning import assign_answers
from consultations.outcomes.services.opinions import ask_opinions, give_opinion, remind, take_back_request
from consultations.outcomes.services.signing import send_back, sign_answers
from consultations.outcomes.services.writing import Text, write_answers
from consultations.participation.enums import Status
from consultations.participation.models import Follow, Proposal, Reaction
from notifications.models import Notice
from notifications.services.counting import recount_unread
from tenants.models import Municipality
from tests.accounts.factories import UserFactory
from tests.outcomes.factories import AnswerVersionFactory, published_answer
from tests.outcomes.factories import tell as run_outbox
from tests.participation.factories import ArgumentFactory, AuthorshipFactory, ProposalFactory, merge
from tests.participation.test_notices import announce, notified

NOW = timezone.now


def tell(answer: Answer) -> None:
    """As the worker does, and once more."""
    assert answer.current is not None
    announce(answer_published, version_id=answer.current.pk)


@pytest.fixture
def cast(in_saran: Municipality) -> dict[str, Any]:
    """A proposal of `author` with `helper`; `fan` reacted, `critic` argued, `reader` follows."""
    people = {name: UserFactory(public_name=name) for name in ("author", "helper", "fan", "critic", "reader")}
    proposal = ProposalFactory(author=people["author"])
    AuthorshipFactory(proposal=proposal, user=people["helper"])
    Reaction.objects.create(proposal=proposal, user=people["fan"], value="LIKE")
    Follow.objects.create(proposal=proposal, user=people["author"])
    Follow.objects.create(proposal=proposal, user=people["reader"])
    ArgumentFactory(proposal=proposal, author=people["critic"])
    return {**people, "proposal": proposal}


def test_an_answer_is_told_to_its_authors_and_to_whoever_took_part_or_follows_once(cast: dict[str, Any]) -> None:
    tell(published_answer(proposal=cast["proposal"]))
    assert notified("OWN_ANSWERED") == [cast["author"], cast["helper"]]
    assert notified("ANSWERED") == [cast["fan"], cast["critic"], cast["reader"]]
    assert {each.count for each in Notice.objects.all()} == {1}


def test_many_answers_at_once_are_one_notice_to_whoever_follows(
    cast: dict[str, Any], visit: Callable[..., Client], in_saran: Municipality
) -> None:
    for _each in range(3):
        answer = published_answer()
        Follow.objects.create(proposal=answer.proposal, user=cast["reader"])
        tell(answer)
    assert Notice.objects.get(user=cast["reader"]).count == 3
    page = visit(in_saran, cast["reader"], stays=True).get("/nouvelles/").content.decode()
    assert (
        "3 propositions que vous suivez, ou sur lesquelles vous avez donné votre avis, ont reçu leur réponse." in page
    )


def test_a_changed_answer_is_told_again_and_an_earlier_one_no_more(cast: dict[str, Any]) -> None:
    answer = published_answer(proposal=cast["proposal"])
    first, second = answer.current, AnswerVersionFactory(answer=answer, number=2)
    Answer.objects.update(current=second)
    assert first is not None
    announce(answer_published, version_id=first.pk)
    assert not Notice.objects.exists()
    announce(answer_published, version_id=second.pk)
    assert len(notified("ANSWER_CHANGED")) == 5


def test_those_of_the_sources_hear_of_the_answer_to_a_collective_proposal(in_saran: Municipality) -> None:
    merge_request = merge(2)
    source = merge_request.sources.order_by("pk")[0].proposal
    supporter = UserFactory()
    Reaction.objects.create(proposal=source, user=supporter, value="LIKE")
    tell(published_answer(proposal=merge_request.proposal))
    authors = {each.author_id for each in Proposal.objects.filter(merged_into=merge_request.proposal)}
    assert authors <= {each.pk for each in notified("OWN_ANSWERED")}
    assert notified("ANSWERED") == [supporter]
    assert Notice.objects.get(user=supporter).data["proposal"] == source.pk


def test_of_what_is_hidden_nobody_is_told_and_who_signed_never_is(
    cast: dict[str, Any], visit: Callable[..., Client], in_saran: Municipality
) -> None:
    answer = published_answer(proposal=cast["proposal"])
    AnswerVersion.objects.update(signed_by=cast["fan"])
    tell(answer)
    assert cast["fan"] not in notified("ANSWERED")
    AnswerVersion.objects.update(is_hidden=True)
    said = visit(in_saran, cast["author"], stays=True).get("/nouvelles/").content.decode()
    assert "une réponse que la modération a masquée depuis" in said
    Notice.objects.all().delete()
    tell(answer)
    AnswerVersion.objects.update(is_hidden=False)
    Proposal.objects.update(status=Status.HIDDEN)
    tell(answer)
    assert not Notice.objects.exists()


def test_its_words_lead_to_the_answer(
    cast: dict[str, Any], visit: Callable[..., Client], in_saran: Municipality
) -> None:
    tell(published_answer(proposal=cast["proposal"]))
    said = visit(in_saran, cast["author"], stays=True).get("/nouvelles/").content.decode()
    assert "a reçu sa réponse\xa0: retenue avec adaptation." in said
    notice = Notice.objects.get(user=cast["author"])
    response = visit(in_saran, cast["author"], stays=True).post(f"/nouvelles/{notice.pk}/")
    assert response["Location"].endswith("#reponse")


# ── Of the team: what is asked, until it is settled ──────────────────────────


def told_to(user: User, kind: str) -> list[int]:
    """For how many things each notice stands; and the bell counts as many as there are."""
    run_outbox()
    counts = list(Notice.objects.filter(user=user, type=kind).order_by("pk").values_list("count", flat=True))
    assert recount_unread() == 0
    return counts


def test_what_waits_for_a_signature_leaves_its_notice_once_it_does_not(in_saran: Municipality) -> None:
    consultation, at = Consultation.objects.get(), NOW()
    mayor = UserFactory(role="DECISION_MAKER", public_name="Hélène Vasseur", function="adjointe")
    writer = UserFactory(role="FACILITATOR")
    proposals = ProposalFactory.create_batch(4)
    by_writer: dict[str, Any] = {"consultation": consultation, "actor": writer, "at": at}
    keys = [each.pk for each in proposals]
    assign_answers(**by_writer, proposals=keys, writer_id=UserFactory(role="FACILITATOR").pk)
    assign_answers(**by_writer, proposals=keys, writer_id=UserFactory(role="FACILITATOR").pk)
    run_outbox()
    assert [each.count for each in Notice.objects.filter(type="ANSWER_ASSIGNED")] == [4]
    text = Text(decision="DECLINED", reasons="Le réseau d’eau n’y passe pas encore.")
    write_answers(**by_writer, texts=dict.fromkeys(keys, text), revisions={}, signer_id=mayor.pk)
    assert told_to(mayor, "ANSWER_TO_SIGN") == [4]
    assert not Notice.objects.filter(type="ANSWER_ASSIGNED").exists()
    signed, sent_back, rewritten, last = Answer.objects.order_by("proposal")
    by_mayor: dict[str, Any] = {"consultation": consultation, "actor": mayor, "at": at}
    sign_answers(**by_mayor, read={signed.pk: signed.revision})
    send_back(**by_mayor, answer=sent_back, revision=sent_back.revision, words="Dites aussi quand.")
    again = Text(decision="DECLINED", reasons="Le réseau d’eau n’y passe pas avant dix ans.")
    write_answers(**by_writer, texts={rewritten.proposal_id: again}, revisions={rewritten.proposal_id: 2})
    assert told_to(mayor, "ANSWER_TO_SIGN") == [1]
    assert Notice.objects.get(type="ANSWER_TO_SIGN").subjects == {"prepared_answer": last.pk}
    assert told_to(writer, "ANSWER_SENT_BACK") == [1]
    write_answers(
        **by_writer, texts={sent_back.proposal_id: again}, revisions={sent_back.proposal_id: 3}, signer_id=mayor.pk
    )
    assert told_to(writer, "ANSWER_SENT_BACK") == []
    assert sum(told_to(mayor, "ANSWER_TO_SIGN")) == 2
    waiting = Answer.objects.filter(state="TO_SIGN")
    sign_answers(**by_mayor, read=dict(waiting.values_list("pk", "revision")))
    assert told_to(mayor, "ANSWER_TO_SIGN") == []


def test_what_is_asked_of_a_service_leaves_its_notice_once_it_is_given_or_taken_back(in_saran: Municipality) -> None:
    consultation, at, writer = Consultation.objects.get(), NOW(), UserFactory(role="FACILITATOR")
    service = UserFactory(role="SERVICE", function="Espaces verts")
    by_writer: dict[str, Any] = {"consultation": consultation, "actor": writer, "at": at}
    keys = [each.pk for each in ProposalFactory.create_batch(3)]
    given, taken_back, last = ask_opinions(**by_writer, proposals=keys, service_id=service.pk, question="")
    assert told_to(service, "OPINION_ASKED") == [3]
    give_opinion(opinion=given, stance="FAVOURABLE", words="Oui, dès cet hiver.", actor=service, at=at, revision=0)
    take_back_request(**by_writer, opinion=taken_back)
    assert told_to(service, "OPINION_ASKED") == [1]
    remind(consultation=consultation, opinion=last, actor=writer, at=at + timedelta(days=2))
    assert told_to(service, "OPINION_ASKED") == [1, 1]  # of a reminder one hears, and for one proposal
    text = Text(decision="DECLINED", reasons="Le réseau d’eau n’y passe pas encore.")
    mayor = UserFactory(role="DECISION_MAKER", public_name="Hélène Vasseur", function="adjointe")
    write_answers(**by_writer, texts={last.answer.proposal_id: text}, revisions={}, signer_id=mayor.pk)
    assert told_to(service, "OPINION_ASKED") == []
