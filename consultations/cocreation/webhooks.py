"""What other sites are told of co-creation (webhooks.registry)."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from consultations.cocreation.events import collective_formed, version_published
from consultations.cocreation.models import MergeRequest
from consultations.participation.models import Proposal
from consultations.participation.webhooks import about_proposal, published_proposal
from webhooks.registry import Fact, kind, tells

VERSION = kind("proposal.version_published", _("A new version of a proposal is published"), order=50)
MERGED = kind("proposal.merged", _("Proposals are brought together in a collective proposal"), order=60)


@tells(VERSION, version_published)
def _version(proposal_id: int, version: int, **kwargs: Any) -> Fact:
    return about_proposal(published_proposal(proposal_id), version=version)


@tells(MERGED, collective_formed)
def _merged(collective_id: int, **kwargs: Any) -> Fact | None:
    found = MergeRequest.objects.values_list("proposal_id", flat=True).get(pk=collective_id)
    if found is None:
        return None
    sources = Proposal.objects.published().filter(merged_into=found).order_by("pk")
    return about_proposal(published_proposal(found), source_ids=list(sources.values_list("pk", flat=True)))
