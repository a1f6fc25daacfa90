"""From a result to drafts of answers and to projects, by one press."""

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.enums import Role
from accounts.models import AuditEntry, User
from consultations.framing.models import Consultation
from consultations.framing.services.consultations import ConsultationArchived
from consultations.outcomes.enums import AnswerState, Decision
from consultations.outcomes.models import Answer, Project
from consultations.outcomes.services.project_refusals import AnswerFirst
from consultations.outcomes.services.projects import publish_project
from consultations.outcomes.services.refusals import NoLongerTheirs
from consultations.participation.enums import Status
from consultations.participation.models import Proposal
from consultations.voting.enums import Method
from consultations.voting.models import Vote
from consultations.voting.services.closing import close
from consultations.voting.services.outcome import Prepared, prepare_outcome
from consultations.voting.services.refusals import NotCounted
from tenants.models import Municipality
from tests.accounts.factories import UserFactory
from tests.outcomes.factories import AnswerFactory, AnswerVersionFactory, published_answer
from tests.outcomes.project_factories import project_from
from tests.participation.factories import ProposalFactory
from tests.voting.factories import a_vote, cast
from tests.voting.test_closing import over

NOW = timezone.now
pytestmark = pytest.mark.usefixtures("in_saran", "few_are_enough")


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


def prepare(vote: Vote, actor: User | None = None) -> Prepared:
    return prepare_outcome(vote=vote, actor=actor or staff(), at=NOW())


def test_what_was_chosen_has_its_draft_and_its_project_once() -> None:
    vote, (first, second, third) = counted()
    vote.items.filter(number=1).update(text="Douze bancs avec dossier.", neighbourhood="Le Bourg")
    actor = staff()
    assert prepare(vote, actor) == Prepared(answers=3, projects=2)
    answer = Answer.objects.get(proposal=first)
    assert (answer.decision, answer.state, answer.writer) == (Decision.ADOPTED, AnswerState.WRITING, actor)
    assert answer.reasons == (
        f"Le vote «\xa0{vote.title}\xa0» a retenu ce projet\xa0: 3\xa0personnes l’ont choisi, et il coûte 100\xa0€."
    )
    assert "200\xa0€" in Answer.objects.get(proposal=second).reasons
    missed = Answer.objects.get(proposal=third)
    assert missed.decision == Decision.DECLINED
    assert "il manquait 300\xa0€" in missed.reasons
    project = Project.objects.get(sources__proposal=first)
    assert (project.budget_planned, project.neighbourhood, project.published_at) == (100, "Le Bourg", None)
    assert project.summary == f"Douze bancs avec dossier.\n\nChoisi par le vote «\xa0{vote.title}\xa0»."
    revisions = list(Answer.objects.order_by("pk").values_list("revision", "updated_at"))
    assert prepare(vote) == Prepared()
    assert list(Answer.objects.order_by("pk").values_list("revision", "updated_at")) == revisions
    assert Project.objects.count() == 2
    assert AuditEntry.objects.filter(action="vote_answers_prepared").count() == 1


def test_its_project_is_published_after_its_answer() -> None:
    vote, (first, _second, _third) = counted()
    prepare(vote)
    project = Project.objects.get(sources__proposal=first)
    with pytest.raises(AnswerFirst):
        publish_project(project=project, by=staff(), at=NOW())
    answer = Answer.objects.get(proposal=first)
    answer.current = AnswerVersionFactory(answer=answer)
    answer.save()
    assert publish_project(project=project, by=staff(), at=NOW()).published_at is not None


def test_done_in_part_the_rest_is_done() -> None:
    """An answer of which somebody has written a word stays theirs, and so does a decision that is another one."""
    vote, (first, second, third) = counted()
    AnswerFactory(proposal=first, reasons="Nous regardons cela.")
    AnswerFactory(proposal=second, decision=Decision.STUDIED, reasons="À voir en mars.")
    assert prepare(vote) == Prepared(answers=1, projects=1, otherwise=("Un frigo partagé",))
    assert Answer.objects.get(proposal=first).reasons == "Nous regardons cela."
    assert [each.proposal_id for each in Project.objects.get().sources.all()] == [first.pk]
    Project.objects.all().delete()
    Answer.objects.filter(proposal=third).update(decision="", reasons="", writer=staff())
    assert prepare(vote) == Prepared(answers=1, projects=1, otherwise=("Un frigo partagé",))
    assert Answer.objects.get(proposal=third).writer_id


def test_a_project_that_grew_from_it_already_is_not_made_again() -> None:
    vote, (first, second, _third) = counted()
    for proposal in (first, second):
        published_answer(proposal=proposal)
    project_from(first, second)
    assert prepare(vote) == Prepared(answers=1, projects=0)


def test_what_is_hidden_withdrawn_or_left_the_vote_has_none() -> None:
    vote, (first, second, third) = counted()
    Proposal.objects.filter(pk=first.pk).update(status=Status.HIDDEN)
    vote.items.filter(proposal=second).update(proposal=None)
    vote.items.filter(proposal=third).update(withdrawn_at=NOW(), withdrawn_why="Le terrain est vendu.")
    assert prepare(vote) == Prepared()
    assert not Answer.objects.exists()


def test_voices_choose_as_many_as_were_set_and_say_how_far_the_others_missed() -> None:
    vote, (first, second, third) = counted(method=Method.CHOICES, seats=1)
    assert prepare(vote) == Prepared(answers=3, projects=1)
    answers = {each.proposal_id: each for each in Answer.objects.all()}
    assert [answers[each.pk].decision for each in (first, second, third)] == ["ADOPTED", "DECLINED", "DECLINED"]
    assert "au rang\xa01 sur\xa03" in answers[first.pk].reasons
    assert "3\xa0personnes lui ont donné une voix" in answers[first.pk].reasons
    assert "1 de moins que le dernier" in answers[second.pk].reasons


def test_a_vote_that_only_ranks_leaves_the_decision() -> None:
    vote, _proposals = counted(method=Method.CHOICES, seats=None)
    assert prepare(vote) == Prepared(answers=3, projects=0)
    assert {each.decision for each in Answer.objects.all()} == {""}


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
    assert "Les brouillons de 3\xa0réponses sont prêts. 2\xa0projets sont prêts." in answered.content.decode()
    again = client.post(f"{here}reponses/", follow=True)
    assert again.redirect_chain == [(here, 302)]
    assert "Rien à préparer" in again.content.decode()
    assert "autrement que par ce vote" not in again.content.decode()
    Answer.objects.update(decision=Decision.DECLINED)
    said = client.post(f"{here}reponses/", follow=True).content.decode().replace("\xa0", " ")
    assert "Décidées autrement que par ce vote" in said
    assert "« Des bancs à l’ombre », « Un frigo partagé »" in said


def test_before_the_count_the_desk_page_has_no_such_button(saran: Municipality, visit: Any) -> None:
    vote = a_vote()
    client: Client = visit(saran, staff(), stays=True)
    here = f"/gestion/consultations/{vote.consultation.slug}/votes/{vote.number}/"
    assert "reponses/" not in client.get(here).content.decode().split("<main", 1)[1]
    refused = client.post(f"{here}reponses/")
    assert refused.status_code == 409
    assert "Ce vote n’est pas encore compté" in refused.content.decode()
