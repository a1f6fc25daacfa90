"""From a result to drafts of answers, by one press."""

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.enums import Role
from accounts.models import AuditEntry, User
from consultations.framing.models import Consultation
from consultations.framing.services.consultations import ConsultationArchived
from consultations.outcomes.enums import AnswerState, Decision
from consultations.outcomes.models import Answer
from consultations.outcomes.services.refusals import NoLongerTheirs
from consultations.participation.enums import Status
from consultations.participation.models import Proposal
from consultations.voting.enums import Method
from consultations.voting.models import Vote
from consultations.voting.services.closing import close
from consultations.voting.services.outcome import prepare_answers
from consultations.voting.services.refusals import NotCounted
from tenants.models import Municipality
from tests.accounts.factories import UserFactory
from tests.outcomes.factories import AnswerFactory, published_answer
from tests.participation.factories import ProposalFactory
from tests.voting.factories import a_vote, cast
from tests.voting.test_closing import over

NOW = timezone.now
pytestmark = pytest.mark.usefixtures("in_saran")


def counted(**more: Any) -> tuple[Vote, list[Proposal]]:
    """Of three proposals the first two are chosen: they cost what there is."""
    vote = a_vote(costs=(100, 200, 300), **{"method": Method.BUDGET, "budget": 300, **more})
    proposals = ProposalFactory.create_batch(3)
    for number, proposal in enumerate(proposals, start=1):
        vote.items.filter(number=number).update(proposal=proposal)
    for numbers in ((1, 2), (1, 2), (1,), (3,)):
        cast(vote, *numbers)
    close(vote_id=over(vote).pk, at=NOW())
    return Vote.objects.select_related("consultation").get(pk=vote.pk), proposals


def staff(role: str = Role.FACILITATOR) -> User:
    return UserFactory(role=role)  # type: ignore[return-value]


def prepare(vote: Vote, actor: User | None = None) -> int:
    return prepare_answers(vote=vote, actor=actor or staff(), at=NOW())


def test_what_was_chosen_has_its_draft_once() -> None:
    vote, (first, second, third) = counted()
    actor = staff()
    assert prepare(vote, actor) == 2
    answer = Answer.objects.get(proposal=first)
    assert (answer.decision, answer.state, answer.writer) == (Decision.ADOPTED, AnswerState.WRITING, actor)
    assert answer.reasons == (
        f"Le vote «\xa0{vote.title}\xa0» a retenu ce projet\xa0: 3\xa0personnes l’ont choisi, et il coûte 100\xa0€."
    )
    assert "200\xa0€" in Answer.objects.get(proposal=second).reasons
    assert not Answer.objects.filter(proposal=third).exists()
    revisions = list(Answer.objects.order_by("pk").values_list("revision", "updated_at"))
    assert prepare(vote) == 0
    assert list(Answer.objects.order_by("pk").values_list("revision", "updated_at")) == revisions
    assert AuditEntry.objects.filter(action="vote_answers_prepared").count() == 1


def test_what_somebody_has_begun_stays_theirs() -> None:
    """A word of a draft, or an answer that is published; taken in hand without a word, it is written."""
    vote, (first, second, _third) = counted()
    AnswerFactory(proposal=first, reasons="Nous regardons cela.")
    published_answer(proposal=second)
    assert prepare(vote) == 0
    assert Answer.objects.get(proposal=first).reasons == "Nous regardons cela."
    assert not AuditEntry.objects.filter(action="vote_answers_prepared").exists()
    Answer.objects.filter(proposal=first).update(reasons="", writer=staff())
    assert prepare(vote) == 1
    assert Answer.objects.get(proposal=first).writer_id


def test_what_is_hidden_or_left_the_vote_has_none() -> None:
    vote, (first, second, _third) = counted()
    Proposal.objects.filter(pk=first.pk).update(status=Status.HIDDEN)
    vote.items.filter(proposal=second).update(proposal=None)
    assert prepare(vote) == 0
    assert not Answer.objects.exists()


def test_a_vote_by_voices_ranks_and_leaves_the_decision() -> None:
    vote, (first, second, third) = counted(method=Method.CHOICES)
    assert prepare(vote) == 3
    answers = {each.proposal_id: each for each in Answer.objects.all()}
    assert {each.decision for each in answers.values()} == {""}
    assert "au rang\xa01 sur\xa03" in answers[first.pk].reasons
    assert "3\xa0personnes lui ont donné une voix" in answers[first.pk].reasons
    assert "1\xa0personne lui a donné une voix" in answers[third.pk].reasons
    assert "au rang\xa02" in answers[second.pk].reasons


def test_nothing_is_prepared_before_the_count_nor_by_others() -> None:
    vote = a_vote()
    with pytest.raises(NotCounted):
        prepare(vote)
    vote, _proposals = counted()
    with pytest.raises(NoLongerTheirs):
        prepare(vote, staff(Role.OBSERVER))
    Consultation.objects.update(archived_at=NOW(), is_current=False)
    with pytest.raises(ConsultationArchived):
        prepare(vote)
    assert not Answer.objects.exists()


def test_the_desk_page_leads_from_the_result_to_the_answers(saran: Municipality, visit: Any) -> None:
    vote, _proposals = counted()
    client: Client = visit(saran, staff(), stays=True)
    here = f"/gestion/consultations/{vote.consultation.slug}/votes/{vote.number}/"
    assert f'action="{here}reponses/"' in client.get(here).content.decode()
    answered = client.post(f"{here}reponses/", follow=True)
    assert answered.redirect_chain == [(f"/gestion/consultations/{vote.consultation.slug}/reponses/", 302)]
    assert "Les brouillons de 2\xa0réponses sont prêts" in answered.content.decode()
    again = client.post(f"{here}reponses/", follow=True)
    assert again.redirect_chain == [(here, 302)]
    assert "Rien à préparer" in again.content.decode()


def test_before_the_count_the_desk_page_has_no_such_button(saran: Municipality, visit: Any) -> None:
    vote = a_vote()
    client: Client = visit(saran, staff(), stays=True)
    here = f"/gestion/consultations/{vote.consultation.slug}/votes/{vote.number}/"
    assert "reponses/" not in client.get(here).content.decode().split("<main", 1)[1]
    refused = client.post(f"{here}reponses/")
    assert refused.status_code == 409
    assert "Ce vote n’est pas encore compté" in refused.content.decode()
