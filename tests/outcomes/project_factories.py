from datetime import timedelta
from typing import Any

import factory
from django.utils import timezone

from consultations.framing.models import Consultation
from consultations.outcomes.enums import Decision
from consultations.outcomes.models import Milestone, Project, ProjectNews, ProjectSource
from consultations.participation.models import Picture, Proposal
from tests.outcomes.factories import published_answer

SUMMARY = "Un square avec des arbres, de l’eau et des bancs, entre le rond-point et l’école."


class ProjectFactory(factory.django.DjangoModelFactory):
    """Published, and decided on; out of nothing: `project_from` says of what."""

    class Meta:
        model = Project

    class Params:
        prepared = factory.Trait(published_at=None, last_said_at=None)

    consultation = factory.LazyFunction(lambda: Consultation.objects.get(is_current=True))
    slug = factory.Sequence(lambda number: f"un-square-au-frais-{number}")
    title = factory.Sequence(lambda number: f"Un square au frais, numéro {number}")
    summary = SUMMARY
    published_at = factory.LazyFunction(timezone.now)
    last_said_at = factory.SelfAttribute("published_at")


class MilestoneFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Milestone

    project = factory.SubFactory(ProjectFactory)
    title = factory.Sequence(lambda number: f"Plantations, {number}")
    planned_on = factory.LazyFunction(lambda: timezone.localdate() + timedelta(days=30))


class ProjectNewsFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = ProjectNews

    project = factory.SubFactory(ProjectFactory)
    title = factory.Sequence(lambda number: f"On plantera en novembre, {number}")
    text = "Des arbres plantés l’été meurent une fois sur trois."
    published_at = factory.LazyFunction(timezone.now)


def accepted(**kwargs: Any) -> Proposal:
    """A proposal with an answer that everybody reads: accepted."""
    proposal: Proposal = published_answer(decision=Decision.ADOPTED, **kwargs).proposal
    return proposal


def project_from(*proposals: Proposal, **kwargs: Any) -> Project:
    project: Project = ProjectFactory(**kwargs)  # type: ignore[assignment]
    for proposal in proposals or (accepted(),):
        ProjectSource.objects.create(project=project, proposal=proposal)
    return project


def a_picture(digest: str = "f" * 20) -> Picture:
    return Picture.objects.create(content=b"JPEG", digest=digest, width=40, height=30)
