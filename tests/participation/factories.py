import factory

from consultations.framing.models import Challenge
from consultations.participation.enums import Stance
from consultations.participation.models import Argument, Draft, Proposal
from tests.accounts.factories import UserFactory

SOLUTION = "Ouvrir la cour de l’école le soir quand il fait trop chaud, avec des parents volontaires."
PROBLEM = "Les logements du haut deviennent invivables en juillet, et les bancs sont au soleil."
BENEFIT = "Les voisins se retrouvent au frais, et personne ne reste seul chez soi."


def any_challenge() -> Challenge:
    return Challenge.objects.order_by("position", "pk")[0]


class DraftFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Draft

    challenge = factory.LazyFunction(any_challenge)
    title = "Des cours d’école ouvertes le soir"
    solution = SOLUTION
    problem = PROBLEM
    benefit = BENEFIT


class ProposalFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Proposal

    challenge = factory.LazyFunction(any_challenge)
    author = factory.SubFactory(UserFactory)
    title = factory.Sequence(lambda number: f"Une idée fraîche, numéro {number}")
    solution = SOLUTION
    problem = PROBLEM
    benefit = BENEFIT


class ArgumentFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Argument

    proposal = factory.SubFactory(ProposalFactory)
    author = factory.SubFactory(UserFactory)
    stance = Stance.FOR
    text = factory.Sequence(lambda number: f"Chez nous il a fait trente-quatre degrés, {number} nuits de suite.")
