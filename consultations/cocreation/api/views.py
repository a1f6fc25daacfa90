"""The versions of a proposal, and what changed from one to another."""

from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.request import Request

from consultations.cocreation.selectors.versions import version_difference
from consultations.participation.models import ProposalVersion
from consultations.participation.rules import PARTS
from consultations.participation.selectors.given import given_proposals
from rest.fields import Given, Taken
from rest.views import ApiView, lists, reads

TAG = _("Proposals")


class VersionGiven(Given):
    number = serializers.IntegerField()
    title = serializers.CharField()
    solution = serializers.CharField()
    problem = serializers.CharField()
    benefit = serializers.CharField()
    note = serializers.CharField(help_text=_("What changed, in the authors’ words."))
    created_at = serializers.DateTimeField()


class PieceGiven(Given):
    kind = serializers.ChoiceField([("same", "same"), ("added", "added"), ("removed", "removed")])
    text = serializers.CharField()


class PartChanged(Given):
    part = serializers.ChoiceField([(name, name) for name in PARTS])
    pieces = PieceGiven(many=True)


class DifferenceGiven(Given):
    before = serializers.IntegerField()
    after = serializers.IntegerField()
    changes = PartChanged(many=True, help_text=_("Of the parts that are not the same."))


class TwoVersions(Taken):
    before = serializers.IntegerField(min_value=1, max_value=1_000_000)
    after = serializers.IntegerField(min_value=1, max_value=1_000_000)


class Versions(ApiView):
    tag = TAG

    @lists("list_versions", _("The versions of a proposal, the newest first"), gives=VersionGiven)
    def get(self, request: Request, pk: int) -> QuerySet[ProposalVersion]:
        return get_object_or_404(given_proposals(), pk=pk).versions.all()


class Difference(ApiView):
    tag = TAG

    @reads("read_difference", _("What changed from one version to another"), gives=DifferenceGiven, filters=TwoVersions)
    def get(self, request: Request, pk: int, before: int, after: int) -> dict[str, Any]:
        proposal = get_object_or_404(given_proposals(), pk=pk)
        found = {each.number: each for each in proposal.versions.filter(number__in=[before, after])}
        if before not in found or after not in found:
            raise Http404
        changes = version_difference(found[before], found[after])
        parts = [{"part": part, "pieces": pieces} for part, pieces in changes]
        return {"before": before, "after": after, "changes": parts}
