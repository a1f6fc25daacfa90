"""What everybody reads of what came of a consultation."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.enums import Capacity, Role
from accounts.listing import list_neighbourhoods
from accounts.models import User
from consultations.framing.enums import WRITING, PhaseKind
from consultations.framing.models import Consultation, Phase
from consultations.framing.selectors import every_consultation
from consultations.outcomes.enums import Decision, ProjectState
from consultations.outcomes.models import Project, ProjectSource, Takeaways
from consultations.outcomes.selectors.participants import participants_of
from consultations.outcomes.selectors.results import consultation_with_results, results_of
from consultations.participation.enums import Status
from consultations.participation.models import Argument, Proposal, Reaction
from tenants.models import Municipality
from tests.accounts.factories import UserFactory
from tests.outcomes.factories import AnswerVersionFactory, published_answer
from tests.participation.factories import ArgumentFactory, AuthorshipFactory, ProposalFactory, ReplyFactory

PAGE = "/resultats/"


def said(answer: Any) -> str:
    """The words of a page, as one reads them."""
    page = answer.content.decode()
    main = page[page.index("<main") : page.index("</main>")]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", main))


def over(consultation: Consultation) -> Consultation:
    """Closed ten days ago; answers were promised for yesterday."""
    now = timezone.now()
    for days, kind in ((-40, PhaseKind.PROPOSE), (-30, PhaseKind.REWORK), (-20, PhaseKind.PRIORITISE)):
        begins = now + timedelta(days=days)
        consultation.phases.filter(kind=kind).update(opens_at=begins, closes_at=begins + timedelta(days=10))
    consultation.phases.filter(kind=PhaseKind.ANSWER).update(
        opens_at=now - timedelta(days=10), closes_at=now - timedelta(days=1)
    )
    consultation.phases.filter(kind=PhaseKind.FOLLOW).update(opens_at=now - timedelta(days=1))
    return every_consultation().get(pk=consultation.pk)


@pytest.fixture
def consultation(in_saran: Municipality) -> Consultation:
    return over(Consultation.objects.get(is_current=True))


@pytest.fixture
def reader(saran: Municipality, consultation: Consultation, visit: Callable[..., Client]) -> Client:
    return visit(saran, stays=True)


def read(consultation: Consultation) -> Any:
    return results_of(consultation, at=timezone.now())


def project(*proposals: Proposal, state: str = ProjectState.DECIDED, published: bool = True) -> Project:
    number = Project.objects.count()
    found: Project = Project.objects.create(
        consultation=Consultation.objects.get(is_current=True),
        slug=f"projet-{number}",
        title=f"Projet {number}",
        summary="Ce que nous faisons.",
        state=state,
        published_at=timezone.now() if published else None,
    )
    for proposal in proposals:
        ProjectSource.objects.create(project=found, proposal=proposal)
    return found


def collective_of(number: int) -> Proposal:
    found: Proposal = ProposalFactory()  # type: ignore[assignment]
    ProposalFactory.create_batch(number, merged_into=found)
    return found


def react(proposal: Proposal, *users: User) -> None:
    Reaction.objects.bulk_create(Reaction(proposal=proposal, user=user, value="LIKE") for user in users)


# ── Which consultation ────────────────────────────────────────────────────────


def test_before_it_is_over_the_page_says_when_results_come(
    saran: Municipality, in_saran: Municipality, visit: Callable[..., Client]
) -> None:
    page = said(visit(saran, stays=True).get(PAGE))
    assert "Il n’y a pas encore de résultats" in page
    assert "La consultation est ouverte jusqu’au" in page


def test_the_results_are_those_of_the_one_put_forward_once_it_is_over_else_of_the_last_one(
    saran: Municipality, in_saran: Municipality
) -> None:
    now, current = timezone.now(), Consultation.objects.get(is_current=True)
    assert consultation_with_results(at=now) == current
    former = Consultation.objects.create(slug="hier", title="Hier", question="Et hier ?", opened_at=now)
    Phase.objects.create(
        consultation=former, kind=WRITING[0], opens_at=now - timedelta(days=9), closes_at=now - timedelta(days=2)
    )
    assert consultation_with_results(at=now) == former
    over(current)
    assert consultation_with_results(at=now) == current


def test_a_consultation_has_its_results_at_its_own_address_and_none_while_it_is_prepared(reader: Client) -> None:
    current = Consultation.objects.get(is_current=True)
    assert "consultation terminée" in said(reader.get(f"/consultations/{current.slug}/resultats/"))
    Consultation.objects.create(slug="demain", title="Demain", question="Et demain ?")
    assert reader.get("/consultations/demain/resultats/").status_code == 404


# ── Who took part ─────────────────────────────────────────────────────────────


def test_a_person_counts_once_whatever_they_did_and_the_team_does_not(consultation: Consultation) -> None:
    author, other = UserFactory(capacity=Capacity.RESIDENT), UserFactory(capacity=Capacity.RESIDENT)
    proposal = ProposalFactory(author=author)
    AuthorshipFactory(proposal=proposal, user=other)
    arguments = [ArgumentFactory(proposal=proposal) for _number in range(5)]
    ReplyFactory(argument=arguments[0], author=other)
    react(proposal, author, *(each.author for each in arguments), UserFactory(role=Role.FACILITATOR))
    ArgumentFactory(proposal=proposal, status=Status.HIDDEN)
    ProposalFactory(status=Status.HIDDEN)
    people = participants_of(consultation)
    assert (people.total, people.reacted, people.argued) == (7, None, None)  # one did not react, one did not argue
    assert people.proposed is None  # two did


def test_counts_are_told_from_five_persons_on(consultation: Consultation, reader: Client) -> None:
    proposals = [ProposalFactory(author__capacity=Capacity.RESIDENT) for _number in range(10)]
    react(proposals[0], *(UserFactory(capacity=Capacity.ASSOCIATION) for _number in range(7)))
    people = participants_of(consultation)
    assert (people.total, people.proposed, people.reacted, people.argued) == (17, 10, 7, 0)
    assert {part.label: part.count for part in people.capacities} == {"habite ici": 10, "association": 7}
    react(proposals[0], UserFactory(capacity=Capacity.COMPANY), UserFactory(capacity=Capacity.COMPANY))
    masked = {part.label: part.count for part in participants_of(consultation).capacities}
    assert masked == {
        "habite ici": 10,
        # two companies alone, in a whole that is known, would be counted
        **dict.fromkeys(("association", "entreprise", "jeune", "travaille ici", "non précisée")),
    }
    page = said(reader.get(PAGE))
    assert "19 personnes" in page
    assert "Entreprise nombre non publié" in page
    assert "Non publiés : les nombres de moins de 5 personnes" in page.replace("\u00a0", " ")


def test_of_fewer_than_five_nothing_is_told(consultation: Consultation, reader: Client) -> None:
    react(ProposalFactory(), UserFactory(capacity=Capacity.COMPANY))
    people = participants_of(consultation)
    assert (people.total, people.proposed, people.capacities) == (None, None, [])
    assert "Moins de 5 personnes ont pris part" in said(reader.get(PAGE))


def test_neighbourhoods_are_those_of_the_list(consultation: Consultation) -> None:
    list_neighbourhoods(actor=None, names=["Les Aydes", "Le Bourg"])
    for place, count in (("LES AYDES", 6), ("Le Bourg", 5), ("Ailleurs", 8)):
        for _number in range(count):
            ProposalFactory(author__neighbourhood=place)
    parts = {part.label: part.count for part in participants_of(consultation).neighbourhoods}
    assert parts == {"Les Aydes": 6, "Le Bourg": 5, "un autre, ou non précisé": 8}


def test_people_who_wrote_elsewhere_are_counted_by_name_and_channel(consultation: Consultation) -> None:
    for number in range(6):
        proposal = ProposalFactory(author=None, imported_author=f"Nom {number}", import_ref=f"ailleurs-{number}")
        Argument.objects.create(proposal=proposal, imported_author="Nom 0", text=f"Oui {number}", stance="FOR")
        ProposalFactory()
    people = participants_of(consultation)
    assert people.total == 12
    assert [part.count for part in people.channels] == [6, 6]


# ── What became of it ─────────────────────────────────────────────────────────


def test_the_staircase_counts_each_proposal_that_is_answered_once(consultation: Consultation, reader: Client) -> None:
    adopted = published_answer(decision=Decision.ADOPTED).proposal
    adapted = published_answer(decision=Decision.ADAPTED).proposal
    published_answer(decision=Decision.DECLINED)
    ProposalFactory()
    collective = collective_of(3)
    project(adopted, adapted, state=ProjectState.DONE)
    project(collective, state=ProjectState.ABANDONED)
    project(ProposalFactory(), published=False)
    results = read(consultation)
    assert [(stair.name, stair.count) for stair in results.stairs] == [
        ("WRITTEN", 6),
        ("ANSWERED", 3),
        ("ACCEPTED", 2),
        ("PROJECT", 2),
        ("DONE", 2),
    ]
    assert (results.proposals, results.gathered, results.project_count) == (9, 3, 1)
    page = said(reader.get(PAGE))
    assert "Vos 9 propositions, 1 projet. Il est réalisé." in page
    assert "3 autres propositions font partie de propositions collectives" in page
    for words in ("1 retenue avec adaptation", "1 non retenue", "Abandonné Projet 1", "et 1 abandonné"):
        assert words in page


def test_it_says_how_many_were_rewritten(consultation: Consultation, reader: Client) -> None:
    published_answer()
    assert read(consultation).reworked == 0
    for version in (2, 3):
        ProposalFactory(version=version)
    ProposalFactory(version=2, status=Status.HIDDEN)
    assert read(consultation).reworked == 2
    assert "2 propositions ont été réécrites après leur publication" in said(reader.get(PAGE))


def test_where_no_project_came_of_it_none_is_counted(consultation: Consultation, reader: Client) -> None:
    published_answer(proposal=ProposalFactory())
    ProposalFactory()
    assert "0 projet" not in said(reader.get(PAGE))
    project(Proposal.objects.first())
    assert "1 projet à partir de 1 proposition" in said(reader.get(PAGE))


def test_all_answered_is_one_step(consultation: Consultation) -> None:
    published_answer()
    assert [stair.name for stair in read(consultation).stairs][:2] == ["WRITTEN_ANSWERED", "ACCEPTED"]


def test_the_source_of_a_project_brings_its_collective_proposal_with_it(consultation: Consultation) -> None:
    collective = collective_of(2)
    project(Proposal.objects.filter(merged_into=collective).order_by("pk")[0])
    assert read(consultation).answered.from_projects == 1


def test_an_answer_is_late_if_the_first_one_was(consultation: Consultation) -> None:
    now = timezone.now()
    published_answer(signed_at=now)
    corrected = published_answer(signed_at=now - timedelta(days=5))
    corrected.current = AnswerVersionFactory(answer=corrected, number=2, decision=Decision.DECLINED, signed_at=now)  # type: ignore[assignment]
    corrected.save()
    results = read(consultation)
    assert (results.answered.late, results.lateness) == (1, "1 a été donnée en retard.")
    ProposalFactory()
    assert "Il en manque 1, alors que la date promise est passée." in read(consultation).lateness


def test_an_answer_that_is_hidden_counts_for_none(consultation: Consultation) -> None:
    answer = published_answer()
    assert answer.current is not None
    answer.current.is_hidden = True
    answer.current.save()
    assert read(consultation).answered.given == 0


@pytest.mark.parametrize(
    ("accepted", "declined", "words"),
    [
        (0, 0, "Personne n’a fait de proposition."),
        (1, 0, "Votre proposition, 1 retenue."),
        (2, 1, "Vos 3 propositions, 2 retenues."),
        (0, 2, "Vos 2 propositions, 2 réponses."),
    ],
)
def test_the_title_says_what_came_of_it(consultation: Consultation, accepted: int, declined: int, words: str) -> None:
    for _number in range(accepted):
        published_answer(decision=Decision.ADOPTED)
    for _number in range(declined):
        published_answer(decision=Decision.DECLINED)
    assert read(consultation).headline == words


def test_without_a_date_for_answers_proposals_are_counted_too(consultation: Consultation) -> None:
    consultation.phases.filter(kind=PhaseKind.ANSWER).delete()
    consultation.refresh_from_db()
    ProposalFactory()
    published_answer()
    answered = read(consultation).answered
    assert (answered.total, answered.given, answered.late) == (2, 1, 0)


def test_of_what_was_held_elsewhere_nobody_is_told_to_wait_for_answers(
    consultation: Consultation, reader: Client
) -> None:
    ProposalFactory(import_ref="p1")
    consultation.phases.filter(kind=PhaseKind.ANSWER).delete()
    Consultation.objects.filter(pk=consultation.pk).update(import_ref="elsewhere")
    consultation.refresh_from_db()
    assert read(consultation).headline == "Votre proposition."
    page = reader.get(PAGE).content.decode()
    assert "ses réponses ne sont pas sur ce site" in page
    assert "attend la sienne" not in page
    assert "Ce qu’est devenue" not in page
    assert read(consultation).stairs == []
    assert "aucune proposition" not in page


def test_what_the_city_retains_stands_first_and_is_no_markup(consultation: Consultation, reader: Client) -> None:
    Takeaways.objects.create(consultation=consultation, text="Nous retenons <b>l’ombre</b>.", updated_at=timezone.now())
    page = reader.get(PAGE).content.decode()
    assert "Nous retenons &lt;b&gt;l’ombre&lt;/b&gt;." in page
    assert page.index("Nous retenons") < page.index("Ce qui a été demandé")


def test_its_queries_do_not_grow_and_its_page_is_kept(
    consultation: Consultation, reader: Client, django_assert_max_num_queries: Any
) -> None:
    def fill() -> None:
        for _number in range(4):
            proposal = published_answer().proposal
            ReplyFactory(argument=ArgumentFactory(proposal=proposal))
            project(proposal)

    fill()
    with django_assert_max_num_queries(14):
        few = len(read(consultation).projects)
    fill()
    with django_assert_max_num_queries(14):
        assert len(read(consultation).projects) > few
    assert reader.get(PAGE).headers["X-Cache"] == "miss"
    assert reader.get(PAGE).headers["X-Cache"] == "hit"


def test_nothing_is_said_of_votes_or_themes(reader: Client) -> None:
    published_answer()
    assert not re.search(r"vote|groupe|thème|synthèse", said(reader.get(PAGE)), re.IGNORECASE)
