"""Proposals close to what is being typed: the right ones, and only those that can be improved."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from consultations.framing.models import Challenge, Consultation
from consultations.participation.enums import Status
from consultations.participation.models import Proposal
from consultations.participation.selectors.similar import Similar, similar_proposals
from tenants.models import Municipality
from tests.accounts.factories import UserFactory
from tests.participation.factories import ProposalFactory
from tests.support.demonstration import filled

TYPED = "J’aimerais que les cours des écoles s’ouvrent le soir, pendant la canicule."


def propose(title: str, solution: str, **kwargs: Any) -> Proposal:
    return ProposalFactory(title=title, solution=solution, problem="", benefit="", **kwargs)


def similar(text: str, **kwargs: Any) -> list[Similar]:
    return similar_proposals(consultation=Consultation.objects.order_by("pk")[0], text=text, **kwargs)


def titles(text: str, **kwargs: Any) -> list[str]:
    return [each.proposal.title for each in similar(text, **kwargs)]


@pytest.fixture
def some_proposals(in_saran: Municipality) -> Proposal:
    """One of them about schoolyards, in other forms of the words."""
    propose("Des pistes cyclables vers la gare", "Peindre une piste large, à l’abri des voitures, jusqu’à la gare.")
    propose("Un marché de producteurs", "Installer dix étals le jeudi soir sur la place, avec les maraîchers.")
    propose("Une bibliothèque de jouets", "Prêter des jouets et des jeux, le samedi, dans la salle des fêtes.")
    return propose("Ouvrir la cour de l’école", "La cour reste ouverte jusqu’à 22 h, chaque soirée de canicule.")


def test_other_forms_of_the_same_words_are_found_and_shown(some_proposals: Proposal) -> None:
    found = similar(TYPED)
    assert [each.proposal for each in found] == [some_proposals]
    shared = [words for words, is_shared in found[0].line if is_shared]
    assert {"ouverte", "soirée", "canicule"} & set(shared)


def test_typing_mistakes_are_forgiven(some_proposals: Proposal) -> None:
    assert titles("Une pistte cyclabe vers la gare, vite") == ["Des pistes cyclables vers la gare"]


@pytest.mark.parametrize(
    "text", ["", "les des une", "cour", "Vacciner les chats du refuge contre le typhus", "🌳 🌳", "&|!:*'"]
)
def test_nothing_is_suggested_for_nothing_in_common(some_proposals: Proposal, text: str) -> None:
    assert titles(text) == []


# Of the 26 proposals of the demonstration, what each of these is close to.
OF_THE_DEMONSTRATION = {
    "Installer des arceaux à vélo devant la gare et la médiathèque, et un local fermé pour la nuit.": [],
    "Un abri à vélos sécurisé dans chaque quartier, avec une pompe et des outils.": [],
    "Organiser des repas de quartier une fois par mois pour se connaître.": [],
    "Un jardin partagé derrière la salle des fêtes, avec un composteur.": [],
    "Des logements d’urgence pour les femmes victimes de violences.": ["Deux logements vides prêtés pour une urgence"],
    "Peindre les toits en blanc pour garder les logements frais pendant la canicule.": [
        "Peindre en blanc les toits plats de la zone d’activités",
        "Un îlot frais à dix minutes à pied",
    ],
    "Un minibus pour conduire les personnes âgées au marché et chez le médecin.": [
        "Un minibus partagé pour les rendez-vous médicaux"
    ],
    "Plus de médecins : un centre de santé avec des médecins salariés par la commune.": [
        "Un centre de santé avec des médecins salariés"
    ],
}


def test_only_what_speaks_of_the_same_is_close(in_saran: Municipality) -> None:
    filled(in_saran)
    consultation = Consultation.objects.get(is_current=True)
    assert {
        text: [each.proposal.title for each in similar_proposals(consultation=consultation, text=text)]
        for text in OF_THE_DEMONSTRATION
    } == OF_THE_DEMONSTRATION


def test_hidden_withdrawn_merged_and_own_proposals_are_left_out(some_proposals: Proposal) -> None:
    whole, challenge = Proposal.objects.get(title="Un marché de producteurs"), some_proposals.challenge
    for changes in ({"status": Status.HIDDEN}, {"status": Status.WITHDRAWN}, {"merged_into": whole}):
        before = {name: getattr(some_proposals, name) for name in changes}
        Proposal.objects.filter(pk=some_proposals.pk).update(**changes)
        assert titles(TYPED) == []
        Proposal.objects.filter(pk=some_proposals.pk).update(**before)
    assert titles(TYPED, but_of=some_proposals.author) == []
    assert titles(TYPED, but_of=UserFactory()) == [some_proposals.title]
    elsewhere = Consultation.objects.create(slug="autre", title="Autre", question="Autre ?")
    Challenge.objects.filter(pk=challenge.pk).update(consultation=elsewhere)
    assert titles(TYPED) == []


def test_what_people_wrote_cannot_become_a_query_or_a_page(some_proposals: Proposal) -> None:
    text = "'); DROP TABLE participation_proposal; -- <script>cour</script> écoles ouvertes \\ canicule soir"
    assert titles(text) == [some_proposals.title]


def test_it_costs_the_same_queries_whatever_there_is(some_proposals: Proposal) -> None:
    counts = []
    for _round in range(2):
        with CaptureQueriesContext(connection) as captured:
            similar(TYPED, at_most=10)
        counts.append(len(captured))
        for number in range(8):
            propose(f"Ouvrir la cour, encore {number}", "Une cour d’école ouverte les soirs de canicule.")
    assert counts[0] == counts[1] <= 4  # one of them reads the consultation
