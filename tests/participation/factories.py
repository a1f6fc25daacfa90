from typing import Any

import factory
from django.utils import timezone

from consultations.cocreation.enums import Consent
from consultations.cocreation.models import MergeRequest, ReworkDraft
from consultations.cocreation.services.merging import answer_merge, form_collective, start_merge
from consultations.framing.models import Challenge
from consultations.participation.enums import AuthorshipRole, Stance
from consultations.participation.models import Argument, Authorship, Draft, Proposal, ProposalVersion, Reply
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


class VersionedProposalFactory(ProposalFactory):
    """With the row of its first version, as one that was submitted has."""

    class Meta:
        model = Proposal
        skip_postgeneration_save = True

    @factory.post_generation
    def first_version(proposal: Proposal, create: bool, extracted: object, **kwargs: object) -> None:
        texts = proposal.texts
        ProposalVersion.objects.create(proposal=proposal, number=proposal.version, **texts)


class AuthorshipFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Authorship

    proposal = factory.SubFactory(ProposalFactory)
    user = factory.SubFactory(UserFactory)
    role = AuthorshipRole.CO_AUTHOR


class ReworkDraftFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = ReworkDraft

    proposal = factory.SubFactory(VersionedProposalFactory)
    user = factory.SelfAttribute("proposal.author")
    base_version = factory.SelfAttribute("proposal.version")
    title = factory.SelfAttribute("proposal.title")
    solution = factory.SelfAttribute("proposal.solution")
    problem = factory.SelfAttribute("proposal.problem")
    benefit = factory.SelfAttribute("proposal.benefit")
    revision = 1


class ArgumentFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Argument

    proposal = factory.SubFactory(ProposalFactory)
    author = factory.SubFactory(UserFactory)
    stance = Stance.FOR
    text = factory.Sequence(lambda number: f"Chez nous il a fait trente-quatre degrés, {number} nuits de suite.")


class ReplyFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Reply

    argument = factory.SubFactory(ArgumentFactory)
    author = factory.SubFactory(UserFactory)
    text = factory.Sequence(lambda number: f"Nous avons compté {number} passages en une heure.")


COMMON_TEXT = {
    "title": "Des cours d’école fraîches pour tout le quartier",
    "solution": f"{SOLUTION} Les voisins tiennent les clés à tour de rôle.",
    "problem": PROBLEM,
    "benefit": BENEFIT,
}


def ask_to_merge(proposals: int = 3, **kwargs: Any) -> MergeRequest:
    """A request of the first one's author to bring some proposals together: the others are asked."""
    sources = kwargs.pop("sources", None) or ProposalFactory.create_batch(proposals)
    starter = kwargs.pop("starter", sources[0].author)
    text = {**COMMON_TEXT, "message": "Nous disons la même chose : disons-le ensemble.", **kwargs}
    return start_merge(proposals=sources, starter=starter, at=timezone.now(), **text)


def merge(proposals: int = 3, **kwargs: Any) -> MergeRequest:
    """A collective proposal to which the authors of all its sources agreed."""
    merge_request = ask_to_merge(proposals, **kwargs)
    for source in merge_request.sources.filter(consent=Consent.ASKED).select_related("proposal__author", "collective"):
        answer_merge(source=source, actor=source.proposal.author, agrees=True, revision=1, at=timezone.now())
    keys = list(merge_request.sources.values_list("pk", flat=True))
    form_collective(
        merge_request=merge_request, actor=merge_request.started_by, revision=1, source_ids=keys, at=timezone.now()
    )
    merge_request.refresh_from_db()
    return merge_request
