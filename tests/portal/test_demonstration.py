"""The demonstration city is what newcomers look at first: it says nothing twice in two ways."""

from django.db.models import F, Q

from consultations.moderation.models import Decision
from consultations.participation.enums import Stage
from consultations.participation.models import Proposal, ProposalVersion
from tenants.models import Municipality
from tests.support.demonstration import filled


def test_each_proposal_is_where_what_happened_to_it_says(in_saran: Municipality) -> None:
    filled(in_saran)
    assert Decision.objects.exists()
    assert not Decision.objects.filter(moderator__last_login=None).exists(), "whoever decided has come in"
    of_the_last = ProposalVersion.objects.filter(number=F("proposal__version"), proposal__version__gt=1)
    assert of_the_last.exists()
    assert not of_the_last.exclude(created_at=F("proposal__reworked_at")).exists(), "one date for one version"
    first = ProposalVersion.objects.filter(number=1)
    assert not first.exclude(created_at=F("proposal__submitted_at")).exists()
    together = Proposal.objects.exclude(merged_into=None)
    collective = {*together.values_list("pk", flat=True), *together.values_list("merged_into", flat=True)}
    of_projects = set(
        Proposal.objects.filter(
            Q(project_sources__isnull=False) | Q(merged_into__project_sources__isnull=False)
        ).values_list("pk", flat=True)
    )
    for proposal in Proposal.objects.order_by("pk"):
        if proposal.pk in of_projects:
            assert proposal.stage == Stage.PROJECT
        elif proposal.pk in collective:
            assert proposal.stage == Stage.COLLECTIVE
        elif proposal.version > 1:
            assert proposal.stage == Stage.REWORK
        else:
            assert proposal.stage == (Stage.ARGUMENTS if proposal.argument_count else Stage.IDEA)
